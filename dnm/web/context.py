"""What the frame of every page needs, found out only when a template asks for it."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor, Viewing
from dnm.accounts.models import Network, User
from dnm.accounts.policies import policy_of
from dnm.accounts.requests import PortalRequest
from dnm.notifications.inbox import position_at, unread_count
from dnm.scoping.authority import may_everywhere
from dnm.scoping.permissions import OversightCapability
from dnm.web.identity import Identity, identity_of
from dnm.web.login.identities import providers_here
from dnm.web.memberships import OtherNetwork, other_networks
from dnm.web.navigation import Entry, navigation_for

SCHEME_COOKIE = "dnm_scheme"
SCHEMES = {"system": "light dark", "light": "light", "dark": "dark"}


class Shell:
    """The frame of one request's page. Nothing here queries before it is asked; an error page asks for
    little.
    """

    def __init__(self, request: PortalRequest) -> None:
        self.request = request

    @property
    def network(self) -> Network | None:
        return getattr(self.request, "network", None)

    @property
    def actor(self) -> Actor | None:
        return getattr(self.request, "actor", None)

    @property
    def title(self) -> str:
        """What the portal calls itself."""
        return self.network.title if self.network else _("Dealer network portal")

    @property
    def letter(self) -> str:
        return self.title[:1].upper()

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def direction(self) -> str:
        return "rtl" if get_language_bidi() else "ltr"

    @cached_property
    def scheme(self) -> str:
        """light, dark or system: the person's choice, before login the last one made in this browser."""
        user: User | None = getattr(self.request, "_cached_user", None)
        chosen = getattr(user, "colour_scheme", None) or self.request.COOKIES.get(SCHEME_COOKIE, "")
        return chosen if chosen in SCHEMES else "system"

    @property
    def colour_schemes(self) -> str:
        """The same in the words of the `color-scheme` meta element."""
        return SCHEMES[self.scheme]

    @property
    def theme_url(self) -> str:
        """The network's stylesheet; the colour in the address makes it cacheable for ever."""
        return f"{reverse('theme')}?accent={self.network.accent[1:]}" if self.network else ""

    @property
    def icon_url(self) -> str:
        return f"{reverse('icon')}?v={self.network.accent[1:]}{self.letter}" if self.network else ""

    @property
    def viewing(self) -> Viewing | None:
        """That the portal is seen through another member's eyes: the banner."""
        return self.actor.viewing_as if self.actor else None

    @property
    def viewing_minutes(self) -> int:
        """Minutes left of it, begun ones counted."""
        left = (self.viewing.until - timezone.now()).total_seconds() if self.viewing else 0
        return max(0, -int(-left // 60))

    @property
    def why_url(self) -> str:
        """Where those who may ask learn why this page is not for the member whose eyes are used."""
        asks = self.viewing.viewer if self.viewing else self.actor
        if asks is None or self.actor is None or self.actor.membership is None:
            return ""
        if not may_everywhere(asks, OversightCapability.EXPLAIN):
            return ""
        asked = {"member": str(self.actor.membership.uid), "link": self.request.path}
        return f"{reverse('partners:why')}?{urlencode(asked)}"

    @cached_property
    def identity(self) -> Identity:
        return identity_of(self.actor) if self.actor else Identity()

    @cached_property
    def navigation(self) -> list[Entry]:
        if self.actor is None:
            return []
        counted = getattr(self.request, "counted", {})
        return navigation_for(self.actor, path=self.request.path, at=timezone.now(), counted=counted)

    @cached_property
    def unread(self) -> int:
        return unread_count(self.actor) if self.actor else 0

    @property
    def live(self) -> str:
        """Where the page listens for news: those that come after it was written."""
        return f"/events/?after={position_at(timezone.now())}"

    @cached_property
    def other_networks(self) -> list[OtherNetwork]:
        return other_networks(self.request) if self.actor else []

    @cached_property
    def login_methods(self) -> list[str]:
        """The ways in that the network allows; on the operators' host all that need no network."""
        return (
            list(policy_of(self.network).allowed_methods) if self.network else ["password", "code", "passkey"]
        )

    @cached_property
    def identity_providers(self) -> list[Any]:
        return list(providers_here(self.request)) if self.network else []

    @property
    def is_demo(self) -> bool:
        return bool(settings.DNM_DEMO)


def shell(request: PortalRequest) -> dict[str, Any]:
    """Context processor: `shell` in every template, one object a request."""
    made = getattr(request, "_dnm_shell", None)
    if made is None:
        made = Shell(request)
        request.__dict__["_dnm_shell"] = made
    return {"shell": made}
