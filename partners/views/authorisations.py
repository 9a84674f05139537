"""Authorisations: the list, the tab on the partner, giving one and ending it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import authorise, may
from dnm.web.tabs import Tab, register_tab
from dnm.web.views.details import ScopedObjectView
from dnm.web.views.forms import VerbFormView
from dnm.web.views.lists import Empty, Order, ScopedListView
from partners.domain.authorisations import (
    authorisations_of,
    authorise_partner,
    end_authorisation,
    today_in,
)
from partners.filters.authorisations import AuthorisationFilters
from partners.forms.authorisations import AuthoriseForm, EndForm
from partners.models import Authorisation, Partner
from partners.permissions import PartnerCapability
from partners.tables.authorisations import AuthorisationTable

CRUMBS = [(_("Partners"), "/partners/")]
SHOWN = 100


def register() -> None:
    """Called when the app starts."""
    register_tab(
        Partner,
        Tab(
            key="authorisations",
            label=_("Authorisations"),
            capability=PartnerCapability.VIEW,
            template="partners/organisation/authorisations.html",
            context=authorisations_tab,
            order=30,
        ),
    )


def authorisations_tab(partner: Partner, actor: Actor) -> Mapping[str, Any]:
    """What the partner may do, the newest first; a supplier out of sight stays unnamed."""
    today = today_in(actor.network_id, timezone.now())
    rows = list(authorisations_of(partner, actor)[:SHOWN])
    named = {
        row.supplier_id for row in rows if row.supplier and may(actor, PartnerCapability.VIEW, row.supplier)
    }
    return {
        "authorisations": [
            {
                "row": row,
                "supplier": row.supplier if row.supplier_id in named else None,
                "is_other": row.supplier_id is not None and row.supplier_id not in named,
                "tone": _tone(row, today),
                "when": _when(row, today),
                "can_end": row.valid_to is None or row.valid_to >= today,
            }
            for row in rows
        ],
        "can_authorise": partner.parent_id is not None and may(actor, PartnerCapability.AUTHORISE, partner),
    }


def _tone(row: Authorisation, today: Any) -> str:
    if row.valid_to is not None and row.valid_to < today:
        return "neutral"
    return "info" if row.valid_from > today else "good"


def _when(row: Authorisation, today: Any) -> Any:
    if row.valid_to is not None and row.valid_to < today:
        return _("over")
    return _("coming") if row.valid_from > today else _("running")


class AuthorisationListView(ScopedListView):
    """Authorisations of partners in sight."""

    model = Authorisation
    capability = PartnerCapability.VIEW
    table_class = AuthorisationTable
    filterset_class = AuthorisationFilters
    orders: ClassVar[Mapping[str, Order]] = {
        "newest": Order(_("Newest first"), ("-valid_from", "-id")),
        "oldest": Order(_("Oldest first"), ("valid_from", "id")),
    }
    quick = "time"
    title = _("Authorisations")
    file_name = "authorisations"
    empty = Empty(
        _("No authorisations yet"), _("They are given on a partner's page, or brought in from a spreadsheet.")
    )

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner", "product_line", "territory")


class AuthoriseView(VerbFormView, ScopedObjectView):
    """Authorise a partner."""

    model = Partner
    capability = PartnerCapability.AUTHORISE
    form_class = AuthoriseForm
    title = _("Authorise")
    submit = _("Authorise")
    done = _("The partner is authorised.")

    @cached_property
    def record(self) -> Partner:
        found = self.get_object()
        if found.parent_id is None:
            raise Http404
        return found  # type: ignore[no-any-return]

    def form_arguments(self) -> dict[str, Any]:
        _known = self.record
        return {
            **super().form_arguments(),
            "actor": self.actor,
            "initial": {"valid_from": today_in(self.actor.network_id, self.at)},
        }

    def get_context_data(self) -> dict[str, Any]:
        url = self.record.get_absolute_url()
        return {"crumbs": [*CRUMBS, (self.record.trade_name, url)], "cancel": f"{url}?tab=authorisations"}

    def perform(self, values: dict[str, Any]) -> str:
        authorise_partner(partner=self.record, **values, actor=self.actor, at=self.at)
        return f"{self.record.get_absolute_url()}?tab=authorisations"


class EndAuthorisationView(VerbFormView, ScopedObjectView):
    """Give an authorisation its last day."""

    model = Authorisation
    capability = PartnerCapability.VIEW
    form_class = EndForm
    title = _("End the authorisation")
    submit = _("End it")

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner", "product_line", "territory")

    @cached_property
    def record(self) -> Authorisation:
        found = self.get_object()
        authorise(self.actor, PartnerCapability.AUTHORISE, found.partner)
        return found  # type: ignore[no-any-return]

    def form_arguments(self) -> dict[str, Any]:
        _known = self.record
        return {**super().form_arguments(), "initial": {"valid_to": today_in(self.actor.network_id, self.at)}}

    def get_context_data(self) -> dict[str, Any]:
        partner = self.record.partner
        url = partner.get_absolute_url()
        return {
            "crumbs": [*CRUMBS, (partner.trade_name, url), (str(self.record), "")],
            "cancel": f"{url}?tab=authorisations",
        }

    def perform(self, values: dict[str, Any]) -> str:
        end_authorisation(authorisation=self.record, **values, actor=self.actor, at=self.at)
        return f"{self.record.partner.get_absolute_url()}?tab=authorisations"
