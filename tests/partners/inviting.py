"""Inviting as the world does it: the verb, the mail, and the link that stands in it."""

import re
from typing import Any

from django.core import mail
from django.test import Client
from django.utils import timezone

from dnm.accounts.tenancy import network_context
from partners.domain.invitation_mails import send_invitations
from partners.domain.invitations import invite_person
from partners.models import Invitation
from partners.roles import Role
from tests.world import Net

LINK = re.compile(r"/invitation/([\w-]{40,})/")


def invite(net: Net, by: str = "owner_a", to: str = "dealer_a", **values: Any) -> Invitation:
    """An invitation by a member (or the system), not yet mailed."""
    at = values.pop("at", timezone.now())
    facts = {"email": "new@person.example", "name": "New Person", "role": Role.SALES, **values}
    with network_context(net.network):
        actor = net.system if by == "system" else net.actor(by, at)
        return invite_person(**facts, partner=net.partners[to], actor=actor, at=at)


def mailed(net: Net, invitation: Invitation) -> str:
    """Send what is due and return the secret from the last mail to the invited address."""
    send_invitations(net.network.pk, timezone.now())
    letters = [one for one in mail.outbox if invitation.email in one.to[0]]
    found = LINK.search(str(letters[-1].body))
    assert found is not None
    return found[1]


def link_of(net: Net, **values: Any) -> str:
    """The path that a freshly invited person opens."""
    return f"/invitation/{mailed(net, invite(net, **values))}/"


def fresh(net: Net, invitation: Invitation) -> Invitation:
    """The row as it is now."""
    with network_context(net.network):
        return Invitation.objects.select_related("accepted_by").get(pk=invitation.pk)  # type: ignore[no-any-return]


def ask(client: Client, net: Net, path: str, data: dict[str, Any] | None = None) -> Any:
    """A page of the network's host; a POST when there are data."""
    call = client.get if data is None else client.post
    return call(path, data or {}, headers={"host": net.host})
