"""The other networks that a person belongs to, for the switcher."""

from dataclasses import dataclass

from dnm.accounts.requests import PortalRequest
from dnm.web.login.handing_over import leads_on, others_of

SESSION_KEY = "other-networks"


@dataclass(frozen=True, slots=True)
class OtherNetwork:
    """Another portal of the same person, by the network's public id. Its policy decides whether it opens."""

    title: str
    uid: str


def other_networks(request: PortalRequest) -> list[OtherNetwork]:
    """Where else the person is an active member. Kept in the session: it opens nothing."""
    if not leads_on(request):
        return []
    if SESSION_KEY not in request.session:
        request.session[SESSION_KEY] = [[one.title, str(one.uid)] for one in others_of(request)]
    return [OtherNetwork(title, uid) for title, uid in request.session[SESSION_KEY]]
