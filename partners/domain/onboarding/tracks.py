"""Tracks: drafting a version, its stages, questions and checklist, and putting it into force."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise_everywhere
from dnm.scoping.errors import Conflict, Invalid
from dnm.workflow.flows import advance
from partners.domain.onboarding.papers import check_code
from partners.events.onboarding import TrackChanged, TrackDrafted, TrackPublished
from partners.models import ChecklistTemplate, PartnerKind, Question, Stage, Track
from partners.models.onboarding import QuestionKind
from partners.permissions.onboarding import DECIDERS, OnboardingCapability
from partners.states.onboarding import ApplicationState, TrackState

Part = TypeVar("Part", Stage, Question, ChecklistTemplate)
MANAGE = OnboardingCapability.MANAGE_TRACK
HEAD = ("intro", "pass_mark", "asks_at_once", "link_days")
FIRST, LAST = ApplicationState.ENQUIRY, ApplicationState.READINESS


def track_in_force(kind: str) -> Track | None:
    """The version by which partners of this kind are taken on now."""
    return Track.objects.filter(kind=kind, state=TrackState.PUBLISHED).first()


def open_tracks() -> list[Track]:
    """Every track in force: what one may apply as, in the channel's own order."""
    order = list(PartnerKind.values)
    found = Track.objects.filter(state=TrackState.PUBLISHED)
    return sorted(found, key=lambda track: order.index(track.kind))


@transaction.atomic
def draft_track(*, kind: str, actor: Actor, at: datetime) -> Track:
    """Begin the next version for a kind of partner, as a copy of the one in force if there is one."""
    authorise_everywhere(actor, MANAGE, system=True)
    if kind not in PartnerKind.values or kind == PartnerKind.BRAND_OWNER:
        raise Invalid(fields={"kind": _("Choose what one applies as.")})
    if Track.objects.filter(kind=kind, state=TrackState.DRAFT).exists():
        raise Conflict(_("There is a draft already: change that one."), code="draft-exists")
    standing = track_in_force(kind)
    newest = Track.objects.filter(kind=kind).aggregate(newest=Max("version"))["newest"] or 0
    head = {name: getattr(standing, name) for name in HEAD} if standing else {}
    track = Track.objects.create(
        network_id=actor.network_id, kind=kind, version=newest + 1, state_changed_at=at, created_at=at, **head
    )
    if standing is not None:
        _copy_parts(standing, track)
    publish(TrackDrafted(applies_to=kind, version=track.version), subject=track, actor=actor, at=at)
    return track


@transaction.atomic
def update_track(*, track: Track, changes: Mapping[str, Any], actor: Actor, at: datetime) -> Track:
    """Change the head of a draft: introduction, pass mark, life of the links."""
    authorise_everywhere(actor, MANAGE, system=True)
    track = _draft(track)
    if changes.keys() - set(HEAD):
        raise Invalid(fields={name: _("This cannot be changed here.") for name in changes.keys() - set(HEAD)})
    _check_head(changes)
    for name, value in changes.items():
        setattr(track, name, value)
    track.save(update_fields=sorted(changes))
    publish(TrackChanged(part="head", verb="changed"), subject=track, actor=actor, at=at)
    return track


@transaction.atomic
def publish_track(*, track: Track, actor: Actor, at: datetime) -> Track:
    """Put a draft into force. New applications follow it; those under way keep the version they began under.

    Raises `Invalid` when the track leads nowhere or asks nothing that it weighs.
    """
    authorise_everywhere(actor, MANAGE, system=True)
    track = _draft(track)
    faults = faults_of(track)
    if faults:
        raise Conflict(" ".join(faults), code="track-incomplete")
    standing = Track.objects.filter(kind=track.kind, state=TrackState.PUBLISHED).select_for_update().first()
    event = TrackPublished(version=track.version)
    if standing is not None:
        advance(standing, "replace", actor=actor, at=at, event=event, authorised=True)
    advance(track, "publish", actor=actor, at=at, event=event, authorised=True)
    return track


def faults_of(track: Track) -> list[str]:
    """What keeps a draft from coming into force, in sentences."""
    stages = set(track.stages.values_list("state", flat=True))  # type: ignore[attr-defined]
    asks = track.questions.exists()  # type: ignore[attr-defined]
    told = []
    if FIRST not in stages or LAST not in stages:
        told.append(_("A track begins with the enquiry and ends with readiness."))
    if (ApplicationState.QUESTIONNAIRE in stages) != asks:
        told.append(_("A questionnaire needs questions, and questions a questionnaire."))
    due = set(track.checklisttemplates.values_list("due_in", flat=True))  # type: ignore[attr-defined]
    if due - stages:
        told.append(_("A line of the checklist is due in a stage that the track does not pass."))
    return told


@transaction.atomic
def put_stage(
    *,
    track: Track,
    state: str,
    deciders: Collection[str],
    days: int,
    actor: Actor,
    at: datetime,
    told: str = "",
    stage: Stage | None = None,
) -> Stage:
    """Add a stage to a draft, or change `stage`."""
    if not deciders or set(deciders) - {str(role) for role in DECIDERS}:
        raise Invalid(fields={"deciders": _("Choose who decides.")})
    if days < 1:
        raise Invalid(fields={"days": _("At least one day.")})
    values = {"state": state, "deciders": sorted(map(str, deciders)), "days": days, "told": told.strip()}
    return _put(track, stage or Stage(), values, actor, at)


@transaction.atomic
def put_question(
    *, track: Track, values: Mapping[str, Any], actor: Actor, at: datetime, question: Question | None = None
) -> Question:
    """Add a question to a draft, or change `question`. `values` are its columns."""
    _check_question(values)
    return _put(track, question or Question(), values, actor, at)


@transaction.atomic
def put_line(
    *,
    track: Track,
    values: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    line: ChecklistTemplate | None = None,
) -> ChecklistTemplate:
    """Add a line to the checklist of a draft, or change `line`. `values` are its columns.

    Raises `Invalid` where the code is of no document type.
    """
    code = str(values.get("document_code", ""))
    if line is None or code != line.document_code:
        check_code(code)
    return _put(track, line or ChecklistTemplate(), values, actor, at)


@transaction.atomic
def remove_part(*, part: Stage | Question | ChecklistTemplate, actor: Actor, at: datetime) -> None:
    """Take a stage, a question or a line out of a draft."""
    authorise_everywhere(actor, MANAGE, system=True)
    track = _draft(part.track)
    publish(TrackChanged(part=str(part), verb="removed"), subject=track, actor=actor, at=at)
    part.delete()


def _put(track: Track, part: Part, values: Mapping[str, Any], actor: Actor, at: datetime) -> Part:
    authorise_everywhere(actor, MANAGE, system=True)
    track = _draft(track)
    if part.pk and part.track_id != track.pk:
        raise Conflict(_("This belongs to another version."), code="other-track")
    part.track, part.network_id = track, actor.network_id
    for name, value in values.items():
        setattr(part, name, value)
    try:
        with transaction.atomic():
            part.save()
    except IntegrityError as error:
        raise Conflict(_("The track has this already, or the values do not fit."), code="part") from error
    publish(TrackChanged(part=str(part), verb="put"), subject=track, actor=actor, at=at)
    return part


def _draft(track: Track) -> Track:
    track = Track.objects.select_for_update().get(pk=track.pk)
    if track.state != TrackState.DRAFT:
        raise Conflict(_("What was in force does not change: draft the next version."), code="not-a-draft")
    return track


def _copy_parts(source: Track, target: Track) -> None:
    for rows in (source.stages, source.questions, source.checklisttemplates):  # type: ignore[attr-defined]
        for part in rows.order_by("pk"):
            values = {
                field.attname: getattr(part, field.attname)
                for field in part._meta.concrete_fields
                if field.name not in {"id", "uid", "track"}
            }
            type(part).objects.create(track=target, **values)


def _check_head(values: Mapping[str, Any]) -> None:
    faults = {}
    if not 0 <= values.get("pass_mark", 0) <= 100:
        faults["pass_mark"] = _("Between %(least)s and %(most)s.") % {"least": 0, "most": 100}
    if not 1 <= values.get("link_days", 1) <= 366:
        faults["link_days"] = _("Between %(least)s and %(most)s.") % {"least": 1, "most": 366}
    if faults:
        raise Invalid(fields=faults)


def _check_question(values: Mapping[str, Any]) -> None:
    kind, faults = values.get("kind"), {}
    if kind == QuestionKind.TEXT and values.get("weight"):
        faults["weight"] = _("A text is read, not weighed.")
    if kind == QuestionKind.CHOICE and len(values.get("options") or []) < 2:
        faults["options"] = _("Give at least two answers to choose from.")
    ends = (values.get("nothing_at"), values.get("full_at"))
    if kind == QuestionKind.NUMBER and values.get("weight") and (None in ends or ends[0] == ends[1]):
        faults["full_at"] = _("Say what is worth nothing and what everything.")
    if faults:
        raise Invalid(fields=faults)
