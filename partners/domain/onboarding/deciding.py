"""Leading an application through its track: onward, on hold, out; each decision kept with its decider."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from dnm.workflow.flows import advance
from partners.domain.onboarding.checklist import items_of
from partners.events.onboarding import ApplicationMoved
from partners.models import Application, ChecklistItem, Decision, Stage
from partners.models.onboarding import ItemState
from partners.permissions.onboarding import OnboardingCapability
from partners.states.onboarding import ENDED, ONWARD, STAGES, ApplicationState

LONGEST = 500


def stages_of(application: Application) -> list[Stage]:
    """The stages of the version under which the application began, in order."""
    order = {str(state): place for place, state in enumerate(STAGES)}
    stages: list[Stage] = list(application.track.stages.all())  # type: ignore[attr-defined]
    return sorted(stages, key=lambda stage: order[stage.state])


def standing_of(application: Application) -> str:
    """The stage at which it stands, on hold or not; "" when it has ended."""
    if application.state in ENDED:
        return ""
    return application.held_from or application.state


def stage_of(application: Application, stages: list[Stage] | None = None) -> Stage | None:
    """The stage as the track describes it."""
    standing = standing_of(application)
    found = stages_of(application) if stages is None else stages
    return next((stage for stage in found if stage.state == standing), None)


def next_state(application: Application, stages: list[Stage] | None = None) -> str:
    """Where the track leads from here: the next stage, or live; "" when it leads nowhere from here."""
    if application.state not in STAGES:
        return ""
    found = [stage.state for stage in (stages_of(application) if stages is None else stages)]
    place = STAGES.index(application.state)  # type: ignore[arg-type]
    later = (str(state) for state in STAGES[place + 1 :] if state in found)
    return next(later, str(ApplicationState.LIVE))


def decides(application: Application, actor: Actor, stage: Stage | None = None) -> bool:
    """Whether the actor holds, over this application, one of the roles that the stage names as deciders."""
    stage = stage or stage_of(application)
    if stage is None:
        return False
    narrowed = replace(actor, grants=tuple(one for one in actor.grants if one.role in stage.deciders))
    branches = Application.scope_branches(narrowed, OnboardingCapability.DECIDE)
    return any(branch.matches(application) for branch in branches)


def obstacles(application: Application) -> list[str]:
    """What stands in the way of the next stage, in sentences."""
    return obstacles_of(application, items_of(application))


def obstacles_of(application: Application, items: list[ChecklistItem]) -> list[str]:
    """The same, with the checklist at hand."""
    told = []
    if application.state == ApplicationState.QUESTIONNAIRE and application.answered_at is None:
        told.append(_("The questionnaire is not answered yet."))
    if application.state in STAGES:
        due = STAGES[: STAGES.index(application.state) + 1]  # type: ignore[arg-type]
        waiting = [item for item in items if item.progress == ItemState.OPEN and item.due_in in due]
        told += [_("Still open: %(item)s.") % {"item": item.name} for item in waiting]
    return told


def is_below_mark(application: Application) -> bool:
    """Whether the score is below the track's pass mark."""
    return application.score is not None and application.score < application.track.pass_mark


@transaction.atomic
def move_on(
    *, application: Application, to: str, actor: Actor, at: datetime, reason: str = "", told: str = ""
) -> Application:
    """Lead the application on to the stage `to`, the next of its track. `told` is for the applicant.

    With a score below the pass mark the step out of the questionnaire needs a reason. Raises `NotAllowed`
    for who is no decider of the stage, `Conflict` when it is not the next one or something is open.
    """
    application = locked(application)
    check_decides(application, actor)
    if to == ApplicationState.LIVE or to != next_state(application):
        raise Conflict(_("This is not the next stage of its track."), code="not-next")
    check_nothing_open(application)
    if application.state == ApplicationState.QUESTIONNAIRE and is_below_mark(application):
        check_reason(reason)
    return step(application, ONWARD[ApplicationState(to)], actor, at, reason=reason, told=told)


@transaction.atomic
def hold_application(
    *, application: Application, reason: str, actor: Actor, at: datetime, told: str = ""
) -> Application:
    """Put it aside, and why."""
    application = locked(application)
    check_decides(application, actor)
    check_reason(reason)
    changes = {"held_from": application.state}
    return step(application, "hold", actor, at, reason=reason, told=told, changes=changes)


@transaction.atomic
def resume_application(
    *, application: Application, actor: Actor, at: datetime, reason: str = ""
) -> Application:
    """Take it up again where it was put aside."""
    application = locked(application)
    check_decides(application, actor)
    if application.state != ApplicationState.ON_HOLD:
        raise Conflict(_("This application is not on hold."), code="state-changed")
    name = f"resume_{application.held_from}"
    return step(application, name, actor, at, reason=reason, changes={"held_from": ""})


@transaction.atomic
def reject_application(
    *, application: Application, reason: str, actor: Actor, at: datetime, told: str = ""
) -> Application:
    """Say no, and why. The reason stays inside; `told` is what the applicant reads."""
    application = locked(application)
    check_decides(application, actor)
    check_reason(reason)
    changes = {"closing_reason": reason.strip()[:LONGEST], "held_from": ""}
    return step(application, "reject", actor, at, reason=reason, told=told, changes=changes)


@transaction.atomic
def withdraw_application(*, application: Application, reason: str, actor: Actor, at: datetime) -> Application:
    """The applicant does not want to any more: by the personal link, or as somebody was told."""
    application = locked(application)
    if not actor.is_system:
        check_decides(application, actor)
    check_reason(reason)
    changes = {"closing_reason": reason.strip()[:LONGEST], "held_from": ""}
    return step(application, "withdraw", actor, at, reason=reason, changes=changes)


def locked(application: Application) -> Application:
    """The application as it is now, for the length of the verb."""
    rows = Application.objects.select_for_update(of=("self",)).select_related("track", "territory")
    return rows.get(pk=application.pk)  # type: ignore[no-any-return]


def check_decides(application: Application, actor: Actor) -> None:
    """Raise unless the actor decides the stage at which the application stands."""
    if application.state in ENDED:
        raise Conflict(_("This application has ended."), code="ended")
    if not decides(application, actor):
        raise NotAllowed(_("This stage is decided by other roles."))


def check_nothing_open(application: Application) -> None:
    """Raise while something stands in the way of the next stage."""
    told = obstacles(application)
    if told:
        raise Conflict(" ".join(told), code="not-ready")


def check_reason(reason: str) -> None:
    """Raise without one."""
    if not reason.strip():
        raise Invalid(fields={"reason": _("Give a reason.")})


def step(
    application: Application,
    name: str,
    actor: Actor,
    at: datetime,
    *,
    reason: str = "",
    told: str = "",
    changes: dict[str, Any] | None = None,
) -> Application:
    """Take a transition and keep the decision."""
    before = application.state
    reason = reason.strip()[:LONGEST]
    event = ApplicationMoved(transition=name)
    advance(application, name, actor=actor, at=at, event=event, reason=reason, changes=changes)
    Decision.objects.create(
        network_id=application.network_id,
        application=application,
        transition=name,
        from_state=before,
        to_state=application.state,
        reason=reason,
        told=told.strip()[:LONGEST],
        score=application.score,
        decider=actor.membership,
        decider_name=actor.name,
        decided_at=at,
    )
    return application


def decisions_told(application: Application) -> list[Decision]:
    """What the applicant was told with decisions, newest first. The reasons are not for the applicant."""
    told = Decision.objects.filter(application=application).exclude(told="")
    return list(told.order_by("-pk").only("told", "decided_at", "to_state", "network_id"))
