"""Applications as the network's people see them: the list, the board by stage, and one application."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from dnm.accounts.middleware import require_network
from dnm.scoping.authority import may
from dnm.scoping.errors import Invalid
from dnm.scoping.masks import hidden_fields
from dnm.web.timeline import lines_about
from dnm.web.views.base import ActorView
from dnm.web.views.details import ScopedDetailView
from dnm.web.views.forms import VerbFormView
from dnm.web.views.lists import Empty, Order, ScopedListView
from partners.domain.onboarding.answering import score_of
from partners.domain.onboarding.applying import BY_HAND, is_entered, receive_application
from partners.domain.onboarding.checklist import items_of
from partners.domain.onboarding.deciding import (
    is_below_mark,
    next_state,
    obstacles_of,
    stage_of,
    stages_of,
)
from partners.domain.onboarding.links import live_link
from partners.domain.onboarding.papers import with_papers
from partners.domain.onboarding.queries import board, decisions_of, due_at, lines_named
from partners.domain.onboarding.tracks import open_tracks
from partners.filters.onboarding import ApplicationFilters
from partners.forms.onboarding import PaperForm
from partners.models import Application, Partner
from partners.permissions import PartnerCapability
from partners.permissions.onboarding import OnboardingCapability
from partners.roles import ROLE_LABELS, Role
from partners.states.onboarding import ApplicationState
from partners.tables.onboarding import ApplicationTable
from partners.views.onboarding.verbs import buttons_for

A = ApplicationState
CRUMBS = [(_("Applications"), "/applications/")]


class ApplicationListView(ScopedListView):
    """Applications of the reader's territories."""

    model = Application
    capability = OnboardingCapability.VIEW
    table_class = ApplicationTable
    filterset_class = ApplicationFilters
    quick = "state"
    is_live = True
    title = _("Applications")
    file_name = "applications"
    orders: ClassVar[Mapping[str, Order]] = {
        "newest": Order(_("Newest first"), ("-created_at", "-id")),
        "oldest": Order(_("Oldest first"), ("created_at", "id")),
    }
    empty = Empty(
        _("No applications yet"),
        _("They come from the public application page. Put a track into force to open it."),
    )
    template_name = "partners/applications/list.html"

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("territory")

    def extra_context(self) -> Mapping[str, Any]:
        return {"may_add": may(self.actor, OnboardingCapability.ADD)}


class NewApplicationView(VerbFormView):
    """An application that came on paper, at a fair or by telephone: from then on it is one like any other."""

    capability = OnboardingCapability.ADD
    title = _("New application")
    submit = _("Take the application in")
    done = _("The application is in. The applicant gets the personal link by mail.")
    template_name = "partners/applications/new.html"

    @cached_property
    def kinds(self) -> list[tuple[str, Any]]:
        return [(track.kind, track.get_kind_display()) for track in open_tracks()]

    def get_form(self) -> Any:
        return PaperForm(**self.form_arguments(), actor=self.actor, kinds=self.kinds)

    def get_context_data(self) -> dict[str, Any]:
        url = reverse("partners:applications")
        return {"crumbs": CRUMBS, "cancel": url, "is_closed": not self.kinds}

    def perform(self, values: dict[str, Any]) -> str:
        number = values.pop("external_id").strip()
        if is_entered(number):
            raise Invalid(fields={"external_id": _("This paper was entered before.")})
        row = receive_application(
            **values,
            source=BY_HAND,
            external_id=number,
            network=require_network(self.request),
            actor=self.actor,
            at=self.at,
        )
        is_seen = may(self.actor, OnboardingCapability.VIEW, row)
        return row.get_absolute_url() if is_seen else reverse("partners:applications")


class BoardView(ActorView):
    """The open applications by stage, the longest waiting on top."""

    capability = OnboardingCapability.VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        kind = request.GET.get("kind", "")
        lanes = board(self.actor, kind=kind)
        context = {
            "title": _("Applications by stage"),
            "crumbs": CRUMBS,
            "lanes": lanes,
            "total": sum(lane.count for lane in lanes),
            "kinds": _kinds(kind),
        }
        return render(request, "partners/applications/board.html", context)


class ApplicationDetailView(ScopedDetailView):
    """One application: who, where it stands, what is open, the score with its parts, what was decided."""

    model = Application
    capability = OnboardingCapability.VIEW
    template_name = "partners/applications/detail.html"

    def with_related(self, rows: Any) -> Any:
        in_sight = Partner.objects.visible_to(self.actor, PartnerCapability.VIEW)
        seen = [Prefetch(name, queryset=in_sight) for name in ("parent", "partner")]
        return rows.select_related("territory", "track").prefetch_related("track__stages", *seen)

    def get_context_data(self, record: Application) -> dict[str, Any]:
        stages = stages_of(record)
        stage = stage_of(record, stages)
        items = items_of(record)
        onward = next_state(record, stages)
        can_settle = may(self.actor, OnboardingCapability.DECIDE, record) and bool(stage)
        return {
            "crumbs": CRUMBS,
            "buttons": buttons_for(record, self.actor),
            "stage": stage,
            "deciders": [ROLE_LABELS[Role(role)] for role in stage.deciders] if stage else [],
            "due": due_at(record, stage),
            "next": A(onward).label if onward else "",
            "obstacles": obstacles_of(record, items),
            "is_masked": bool(hidden_fields(self.actor, record)),
            "lines_wanted": lines_named(record.product_line_ids),
            "score": score_of(record) if record.answered_at else None,
            "is_below_mark": is_below_mark(record),
            "items": with_papers(items, record, self.actor),
            "can_settle": can_settle,
            "link": live_link(record, self.at),
            "decisions": decisions_of(record),
            "lines": lines_about(record, everything=True, request=self.request),
        }


def _kinds(chosen: str) -> list[tuple[Any, str, bool]]:
    url = reverse("partners:application-board")
    kinds = [("", _("All")), *ApplicationFilters.base_filters["kind"].extra["choices"]]
    return [(label, f"{url}?kind={kind}" if kind else url, kind == chosen) for kind, label in kinds]
