"""The geography: list and detail."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _plain
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dnm.scoping.authority import may
from dnm.scoping.pages import COUNT_CAP
from dnm.web.formats import number
from dnm.web.views.base import ActorView
from dnm.web.views.details import ScopedDetailView, ScopedObjectView
from dnm.web.views.lists import Empty, Order, ScopedListView
from partners.domain.coverage import coverage
from partners.domain.maps import draw
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
    template_name = "partners/territories.html"

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("parent")

    def extra_context(self) -> Mapping[str, Any]:
        return {"can_check": may(self.actor, PartnerCapability.CHANGE)}


class CoverageView(ActorView):
    """Overlaps and gaps: postal areas and partners that do not fit the territories."""

    capability = PartnerCapability.CHANGE

    def get(self, request: HttpRequest) -> HttpResponse:
        findings = coverage(self.actor)
        wrong = sum(1 for finding in findings if finding.count)
        title = (
            ngettext("%(n)s kind of gap or overlap", "%(n)s kinds of gaps and overlaps", wrong) % {"n": wrong}
            if wrong
            else _plain("No gaps and no overlaps")
        )
        context = {"title": title, "crumbs": CRUMBS, "findings": findings, "cap": COUNT_CAP}
        return render(request, "partners/organisation/coverage.html", context)


class MapView(ScopedObjectView):
    """The parts of a territory as a drawing, with the live partners in sight as bubbles."""

    model = Territory
    capability = PartnerCapability.VIEW_TERRITORY

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        record = (
            self.get_object() if "uid" in self.kwargs else self.get_queryset().filter(parent=None).first()
        )
        if record is None:
            raise Http404
        drawing = draw(record, self.actor)
        best = next((region for region in drawing.regions if region.live), None)
        context = {
            "title": self._title(drawing.total, best),
            "crumbs": [*CRUMBS, *self._crumbs(record)],
            "record": record,
            "drawing": drawing,
        }
        return render(request, "partners/organisation/map.html", context)

    def _title(self, total: int, best: Any) -> str:
        if best is None:
            return _plain("No live partner in your sight here")
        return ngettext(
            "%(total)s live partner, in %(name)s",
            "%(total)s live partners, the most in %(name)s",
            total,
        ) % {"total": number(total), "name": best.territory.name}

    def _crumbs(self, record: Territory) -> list[tuple[str, str]]:
        above = self.get_queryset().filter(path__above=record.path).order_by("path")
        return [(one.name, reverse("partners:map-of", args=[one.uid])) for one in above]


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
