"""Tracks in the network's administration: drafting a version, its parts, putting it into force."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.web.admin.columns import Column, link, linked, masked
from dnm.web.admin.forms import ActorForm, LinesField, RowChoice
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sections import Section
from dnm.web.admin.sites import network_site
from dnm.web.admin.verbs import RowVerb, by_flow
from partners.domain.onboarding.tracks import (
    draft_track,
    publish_track,
    put_line,
    put_question,
    put_stage,
    remove_part,
    update_track,
)
from partners.models import Application, ChecklistTemplate, Question, Stage, Track
from partners.permissions import PartnerCapability
from partners.permissions.onboarding import DECIDERS, OnboardingCapability
from partners.roles import ROLE_LABELS
from partners.states.onboarding import TRACK_FLOW, TrackState

ONBOARDING = Section("onboarding", _("Onboarding"), 30)
MANAGE = OnboardingCapability.MANAGE_TRACK
VIEW = OnboardingCapability.VIEW_TRACK
QUESTION_FIELDS = (
    "position", "text", "hint", "kind", "weight", "is_required", "options", "nothing_at", "full_at",
    "wants_no",
)  # fmt: skip
LINE_FIELDS = ("position", "name", "kind", "due_in", "document_code")


def drafts(actor: Actor) -> Any:
    """Versions that may still be changed."""
    return Track.objects.visible_to(actor, MANAGE).filter(state=TrackState.DRAFT).order_by("kind")


class NewTrackForm(ActorForm):
    """For whom."""

    class Meta:
        model = Track
        fields = ["kind"]


class TrackForm(ActorForm):
    """The head of a draft."""

    class Meta:
        model = Track
        fields = ["intro", "pass_mark", "asks_at_once", "link_days"]


def _parts(track: Track, actor: Actor, model: Any) -> str:
    rows = model.objects.visible_to(actor, VIEW).filter(track=track)
    order = "position" if model is not Stage else "pk"
    return "\n".join(str(row) for row in rows.order_by(order))


@admin.register(Track, site=network_site)
class TrackAdmin(ScopedModelAdmin):
    """Versions of tracks. What was in force never changes: the next draft copies it."""

    section = ONBOARDING
    view_capability = VIEW
    add_capability = MANAGE
    change_capability = MANAGE
    is_network_wide = True
    add_form = NewTrackForm
    change_form = TrackForm
    ordering = ("kind", "-version", "-id")
    list_display = ("kind", "version", "state", "pass_mark", "asks_at_once", "state_changed_at")
    list_filter = ("state", "kind")
    facts = (
        "kind",
        "version",
        "state",
        "state_changed_at",
        "intro",
        "pass_mark",
        "asks_at_once",
        "link_days",
        Column("stages", _("stages"), lambda row, actor: _parts(row, actor, Stage)),
        Column("questions", _("questions"), lambda row, actor: _parts(row, actor, Question)),
        Column("lines", _("checklist"), lambda row, actor: _parts(row, actor, ChecklistTemplate)),
    )
    verbs: ClassVar[tuple[RowVerb, ...]] = (
        RowVerb(
            name="publish",
            label=TRACK_FLOW["publish"].label,
            capability=MANAGE,
            perform=lambda row, values, actor, at: publish_track(track=row, actor=actor, at=at),
            offered=by_flow("publish"),
        ),
    )

    def may_change(self, actor: Actor, row: Any) -> bool:
        return row.state == TrackState.DRAFT and super().may_change(actor, row)

    def perform_add(self, request: Any, form: ActorForm) -> Track:
        return draft_track(**form.cleaned_data, actor=request.actor, at=timezone.now())

    def perform_change(self, request: Any, row: Track, form: ActorForm) -> Track:
        return update_track(track=row, changes=form.changes(), actor=request.actor, at=timezone.now())


class _PartForm(ActorForm):
    """A part of a draft."""

    track = RowChoice(drafts, label=_("Track"))

    def values(self) -> dict[str, Any]:
        """Without the track, which the verb takes by itself."""
        return {name: value for name, value in self.cleaned_data.items() if name != "track"}


class StageForm(_PartForm):
    """A stage, and who decides it."""

    deciders = forms.MultipleChoiceField(
        label=_("Who decides"),
        choices=[(str(role), label) for role, label in ROLE_LABELS.items() if role in DECIDERS],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Stage
        fields = ["track", "state", "deciders", "days", "told"]


class OptionsField(LinesField):
    """Answers to choose from, one a line: the answer, a bar, and what it is worth in percent."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return "\n".join(f"{one['label']} | {one['worth']}" for one in value)
        return super().prepare_value(value)

    def clean(self, value: Any) -> Any:
        options = []
        for line in super().clean(value):
            label, bar, worth = line.rpartition("|")
            if not bar or not label.strip() or not worth.strip().isdecimal() or int(worth) > 100:
                raise forms.ValidationError(_("Write answers like: Own building | 100"))
            options.append({"label": label.strip()[:120], "worth": int(worth)})
        return options

    def has_changed(self, initial: Any, data: Any) -> bool:
        return True


class QuestionForm(_PartForm):
    """A question, and what its answers are worth."""

    options = OptionsField(
        label=_("Answers to choose from"),
        required=False,
        help_text=_("One a line, with what it is worth in percent: Own building | 100"),
    )
    field_order = ("track", *QUESTION_FIELDS)

    class Meta:
        model = Question
        fields = ["track", *(name for name in QUESTION_FIELDS if name != "options")]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["options"] = self.instance.options


class LineForm(_PartForm):
    """A line of the checklist."""

    class Meta:
        model = ChecklistTemplate
        fields = ["track", *LINE_FIELDS]


def _remove(row: Any, values: Mapping[str, Any], actor: Actor, at: datetime) -> None:
    remove_part(part=row, actor=actor, at=at)


class _PartAdmin(ScopedModelAdmin):
    """Parts of tracks: of drafts they are changed and removed, of others they are read."""

    section = ONBOARDING
    view_capability = VIEW
    add_capability = MANAGE
    change_capability = MANAGE
    is_network_wide = True
    has_history = False
    related = ("track",)
    verbs: ClassVar[tuple[RowVerb, ...]] = (
        RowVerb(
            name="remove",
            label=_("Remove"),
            capability=MANAGE,
            perform=_remove,
            offered=lambda row, actor: "" if row.track.state == TrackState.DRAFT else None,
            is_grave=True,
        ),
    )

    def may_change(self, actor: Actor, row: Any) -> bool:
        return row.track.state == TrackState.DRAFT and super().may_change(actor, row)


def _track(row: Any, actor: Actor) -> Any:
    return link(row.track, row.track)


@admin.register(Stage, site=network_site)
class StageAdmin(_PartAdmin):
    """Which stages a track has, who decides them, how long they should take."""

    menu_name = _("Stages of tracks")
    add_form = change_form = StageForm
    ordering = ("track_id", "id")
    list_display = ("state", Column("track", _("track"), _track), "days")
    facts = (Column("track", _("track"), _track), "state", "days", "told")

    def perform_add(self, request: Any, form: Any) -> Stage:
        values = form.values()
        return put_stage(track=form.cleaned_data["track"], **values, actor=request.actor, at=timezone.now())

    def perform_change(self, request: Any, row: Stage, form: Any) -> Stage:
        values, now = form.values(), timezone.now()
        return put_stage(track=row.track, stage=row, **values, actor=request.actor, at=now)


@admin.register(Question, site=network_site)
class QuestionAdmin(_PartAdmin):
    """The questionnaires."""

    menu_name = _("Questions of tracks")
    add_form = change_form = QuestionForm
    ordering = ("track_id", "position", "id")
    list_display = ("text", Column("track", _("track"), _track), "position", "kind", "weight")
    facts = (
        Column("track", _("track"), _track),
        "position",
        "text",
        "hint",
        "kind",
        "weight",
        "is_required",
        Column("options", _("answers to choose from"), lambda row, actor: _options(row)),
        "nothing_at",
        "full_at",
        "wants_no",
    )

    def perform_add(self, request: Any, form: Any) -> Question:
        track, values = form.cleaned_data["track"], form.values()
        return put_question(track=track, values=values, actor=request.actor, at=timezone.now())

    def perform_change(self, request: Any, row: Question, form: Any) -> Question:
        values, now = form.values(), timezone.now()
        return put_question(track=row.track, question=row, values=values, actor=request.actor, at=now)


def _options(question: Question) -> str:
    return "\n".join(f"{one['label']} | {one['worth']}" for one in question.options)


@admin.register(ChecklistTemplate, site=network_site)
class ChecklistTemplateAdmin(_PartAdmin):
    """What must be done, and by which stage."""

    menu_name = _("Checklists of tracks")
    add_form = change_form = LineForm
    ordering = ("track_id", "position", "id")
    list_display = ("name", Column("track", _("track"), _track), "position", "kind", "due_in")
    facts = (Column("track", _("track"), _track), *LINE_FIELDS)

    def perform_add(self, request: Any, form: Any) -> ChecklistTemplate:
        track, values = form.cleaned_data["track"], form.values()
        return put_line(track=track, values=values, actor=request.actor, at=timezone.now())

    def perform_change(self, request: Any, row: ChecklistTemplate, form: Any) -> ChecklistTemplate:
        values, now = form.values(), timezone.now()
        return put_line(track=row.track, line=row, values=values, actor=request.actor, at=now)


@admin.register(Application, site=network_site)
class ApplicationAdmin(ScopedModelAdmin):
    """Applications in sight, to be read. They are decided in the portal."""

    section = ONBOARDING
    view_capability = OnboardingCapability.VIEW
    ordering = ("-created_at", "-id")
    related = ("territory", "track")
    list_display = (
        "organisation",
        "kind",
        "state",
        Column("contact_name", _("contact"), masked("contact_name")),
        Column("territory", _("territory"), lambda row, actor: row.territory),
        "score",
        "created_at",
    )
    list_filter = ("state", "kind")
    search_fields = ("organisation", "=postal_code")
    search_help_text = _("Part of the name, or the whole postal code.")
    facts = (
        "organisation",
        "kind",
        "state",
        "state_changed_at",
        Column("track", _("track"), lambda row, actor: row.track),
        Column("contact_name", _("contact"), masked("contact_name")),
        Column("phone", _("phone"), masked("phone")),
        Column("email", _("e-mail"), masked("email")),
        Column("address", _("address"), masked("address")),
        Column("message", _("message"), masked("message")),
        "postal_code",
        "place",
        Column("territory", _("territory"), lambda row, actor: row.territory),
        Column("partner", _("became"), lambda row, actor: linked(row.partner, actor, PartnerCapability.VIEW)),
        "score",
        "answered_at",
        "closing_reason",
        "source",
        "suspicion",
        "consent",
        "consent_version",
        "created_at",
        "live_at",
    )
