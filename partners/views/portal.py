"""What partners put into the portal's frame: the sidebar, the search, the actions."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.imports.permissions import ImportCapability
from dnm.scoping.permissions import OversightCapability
from dnm.web.navigation import NavItem, register_navigation
from dnm.web.search import Action, Hit, Kind, register_action, register_search
from partners.domain.queries import partners_to_choose
from partners.permissions import PartnerCapability
from partners.permissions.changes import ChangeCapability
from partners.permissions.documents import DocumentCapability
from partners.permissions.onboarding import OnboardingCapability
from partners.permissions.tiers import TierCapability

NETWORK = NavItem(
    key="partners",
    label=_("Partners"),
    icon="building-store",
    url_name="partners:list",
    capability=PartnerCapability.VIEW,
    order=30,
    pages=(
        NavItem("partners", _("Partners"), "building-store", "partners:list", PartnerCapability.VIEW),
        NavItem(
            "territories", _("Territories"), "map-2", "partners:territories", PartnerCapability.VIEW_TERRITORY
        ),
        NavItem(
            "applications",
            _("Applications"),
            "user-plus",
            "partners:applications",
            OnboardingCapability.VIEW,
        ),
        NavItem("documents", _("Documents"), "certificate", "partners:documents", DocumentCapability.VIEW),
        NavItem("changes", _("Change requests"), "refresh", "partners:changes", ChangeCapability.VIEW),
        NavItem(
            "authorisations",
            _("Authorisations"),
            "license",
            "partners:authorisations",
            PartnerCapability.VIEW,
        ),
        NavItem("tiers", _("Tiers"), "medal", "partners:tiers", TierCapability.VIEW),
        NavItem("people", _("People"), "users", "partners:people", PartnerCapability.VIEW_PEOPLE),
        NavItem("audit", _("Audit"), "history", "partners:audit", OversightCapability.AUDIT),
        NavItem("imports", _("Imports"), "file-import", "imports:list", ImportCapability.USE),
    ),
)


def register() -> None:
    """Called when the app starts."""
    register_navigation(NETWORK)
    register_search(
        Kind(
            label=_("Partners"),
            icon="building-store",
            capability=PartnerCapability.VIEW,
            function=find_partners,
            more=lambda words: f"{reverse('partners:list')}?{urlencode({'q': words})}",
        )
    )
    register_action(
        Action(
            label=_("New partner"),
            icon="plus",
            capability=PartnerCapability.ADD,
            url=lambda: reverse("partners:new"),
        )
    )


def find_partners(actor: Actor, words: str, limit: int) -> Sequence[Hit]:
    """Partners by name, in sight."""
    return [
        Hit(
            title=partner.trade_name,
            url=partner.get_absolute_url(),
            detail=f"{partner.get_kind_display()} · {partner.territory}",
            badge=partner.get_state_display(),
        )
        for partner in partners_to_choose(actor, words, limit=limit)
    ]
