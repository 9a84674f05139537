"""Questions about applications that pages, API and home page ask alike. They change nothing."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may
from partners.domain.onboarding.deciding import decides, next_state, stage_of, stages_of
from partners.models import Application, Decision, ProductLine, Stage
from partners.permissions.onboarding import DECIDERS, OnboardingCapability
from partners.states.onboarding import OPEN, STAGES, ApplicationState

CARDS = 12


@dataclass(frozen=True, slots=True)
class Lane:
    """A stage of the board: how many stand there, and the ones that stand there longest."""

    state: ApplicationState
    count: int
    cards: list[Application]


def applications_seen_by(actor: Actor) -> Any:
    """Applications in sight."""
    return Application.objects.visible_to(actor, OnboardingCapability.VIEW)


def waiting_for(actor: Actor) -> Any:
    """Open applications whose present stage the actor decides and which wait for the network, not for the
    applicant; the longest waiting first. `stage_days` is how long the stage should take.
    """
    terms = Q(pk__in=[])
    for role in sorted({str(role) for role in DECIDERS} & set(actor.roles)):
        narrowed = replace(actor, grants=tuple(grant for grant in actor.grants if grant.role == role))
        place = Q(pk__in=[])
        for branch in Application.scope_branches(narrowed, OnboardingCapability.DECIDE):
            place |= branch.q
        stage = Stage.objects.filter(
            track_id=OuterRef("track_id"), state=OuterRef("state"), deciders__contains=[role]
        )
        terms |= place & Q(Exists(stage))
    unanswered = Q(state=ApplicationState.QUESTIONNAIRE, answered_at=None)
    rows = applications_seen_by(actor).filter(terms, state__in=OPEN).exclude(unanswered)
    days = Stage.objects.filter(track_id=OuterRef("track_id"), state=OuterRef("state")).values("days")
    rows = rows.annotate(stage_days=Subquery(days[:1]))
    return rows.select_related("track", "territory").order_by("state_changed_at", "pk")


def board(actor: Actor, *, kind: str = "") -> list[Lane]:
    """The open applications by stage; one query for all counts and one for each stage that has any."""
    rows = applications_seen_by(actor).filter(state__in=OPEN)
    if kind:
        rows = rows.filter(kind=kind)
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    shown: dict[str, list[Application]] = {}
    for state in STAGES:
        if counts.get(str(state)):
            cards = rows.filter(state=state).select_related("territory", "track")
            shown[str(state)] = list(cards.order_by("state_changed_at", "pk")[:CARDS])
    return [Lane(state, counts.get(str(state), 0), shown.get(str(state), [])) for state in STAGES]


def counts_by_state(actor: Actor) -> dict[str, int]:
    """How many applications in sight stand where."""
    return dict(applications_seen_by(actor).order_by().values_list("state").annotate(Count("pk")))


def due_at(application: Application, stage: Stage | None) -> datetime | None:
    """Until when the present stage should be over; None when nothing waits."""
    if stage is None or application.state not in OPEN:
        return None
    return application.state_changed_at + timedelta(days=stage.days)


def decisions_of(application: Application) -> list[Decision]:
    """What was decided, newest first."""
    return list(Decision.objects.filter(application=application).order_by("-pk"))


def find_applications(actor: Actor, words: str, limit: int) -> Any:
    """Applications in sight whose organisation contains what was typed."""
    rows = applications_seen_by(actor).filter(organisation__icontains=words)
    return rows.select_related("territory").order_by("-created_at", "-pk")[:limit]


def verbs_for(application: Application, actor: Actor) -> list[str]:
    """The names of what the actor may do with it now, the way onward last.

    What is open does not take a verb away; it is told when the verb is tried, and shown before.
    """
    stages = stages_of(application)
    found: list[str] = []
    is_decider = decides(application, actor, stage_of(application, stages))
    if may(actor, OnboardingCapability.VIEW_APPLICANT, application):
        found += ["link", "change"] if application.state in OPEN | {ApplicationState.ON_HOLD} else []
    if not is_decider:
        return found
    found += ["reject", "withdraw"]
    if application.state == ApplicationState.ON_HOLD:
        return [*found, "resume"]
    onward = next_state(application, stages)
    if onward == ApplicationState.LIVE:
        is_free = may(actor, OnboardingCapability.GO_LIVE, application)
        return [*found, "hold", *(["go-live"] if is_free else [])]
    return [*found, "hold", "move-on"]


def lines_on_offer() -> Any:
    """What an applicant may want to sell: the network's product lines, by name."""
    return ProductLine.objects.order_by("name")


def lines_named(line_ids: Any) -> Any:
    """The product lines with these keys, by name."""
    return ProductLine.objects.filter(pk__in=line_ids).order_by("name")
