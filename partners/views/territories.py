"""The geography: list and detail."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from dnm.web.views.details import ScopedDetailView
from dnm.web.views.lists import Empty, Order, ScopedListView
from partners.domain.queries import postal_areas_of
from partners.filters import TerritoryFilters
from partners.models import Partner, Territory
from partners.permissions import PartnerCapability
from partners.tables import TerritoryTable

CRUMBS = [(_("Territories"), "/territories/")]
SHOWN = 60


class TerritoryListView(ScopedListView):
    """The network's geography, which every member may read."""

    model = Territory
    capability = PartnerCapability.VIEW_TERRITORY
    table_class = TerritoryTable
    filterset_class = TerritoryFilters
    orders: ClassVar[Mapping[str, Order]] = {"name": Order(_("By name"), ("name", "id"))}
    title = _("Territories")
    file_name = "territories"
    empty = Empty(_("No territories yet"), _("An administrator brings them in."))

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("parent")


class TerritoryDetailView(ScopedDetailView):
    """One territory: what it lies in, what lies in it, its postal areas, the partners in sight."""

    model = Territory
    capability = PartnerCapability.VIEW_TERRITORY
    template_name = "partners/territory.html"

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("parent")

    def get_context_data(self, record: Any) -> dict[str, Any]:
        partners = (
            Partner.objects.visible_to(self.actor, PartnerCapability.VIEW)
            .filter(**{f"territory_{record.level}": record.pk})
            .select_related("territory")
            .order_by("trade_name")
        )
        return {
            "title": record.name,
            "crumbs": CRUMBS,
            "facts": [(_("Code"), record.code), (_("Kind"), record.kind)],
            "children": self.get_queryset().filter(parent=record).order_by("name")[:SHOWN],
            "areas": postal_areas_of(record)[:SHOWN],
            "partners": partners[:SHOWN],
        }
