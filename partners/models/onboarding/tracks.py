"""How the network takes on partners of a kind: stages, questions and checklist, by version."""

from decimal import Decimal
from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, SameNetworkKey
from dnm.scoping.querysets import NetworkWideQuerySet
from dnm.workflow.triggers import StateGuard
from partners.models.partners import PartnerKind
from partners.states.onboarding import STAGE_CHOICES, TRACK_FLOW, TRACK_TONES, TrackState

PARTS_STAND = pgtrigger.Trigger(
    name="e_parts_stand",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("parent", "bigint")],
    func="""
        parent := CASE WHEN TG_OP = 'DELETE' THEN OLD.track_id ELSE NEW.track_id END;
        IF current_user = 'dnm_app' AND NOT EXISTS (
            SELECT 1 FROM partners_track WHERE id = parent AND state = 'draft')
        THEN
            RAISE EXCEPTION 'track % is not a draft: what was in force does not change', parent
                USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """,
)
"""Applications keep the version under which they began, so a published version stands for ever."""


class Track(NetworkModel):
    """A version of how partners of a kind are taken on. One is in force for each kind, one may be a draft.

    `pass_mark` is the score in percent below which going on takes a reason. `asks_at_once` sends the
    questionnaire without waiting for a person. Personal links live for `link_days`.
    """

    workflow = TRACK_FLOW
    view_capability: ClassVar[str] = "partners.view_track"

    kind = models.CharField(
        _("for"),
        max_length=16,
        choices=[choice for choice in PartnerKind.choices if choice[0] != PartnerKind.BRAND_OWNER],
    )
    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=TrackState.choices, default=TrackState.DRAFT)
    state_changed_at = models.DateTimeField(_("since"))
    intro = models.TextField(_("what applicants read first"), blank=True, max_length=2000)
    pass_mark = models.PositiveSmallIntegerField(_("pass mark"), default=0, help_text=_("In percent."))
    asks_at_once = models.BooleanField(_("questionnaire at once"), default=False)
    link_days = models.PositiveSmallIntegerField(_("days that a personal link lives"), default=60)
    created_at = models.DateTimeField(_("created"))

    objects: Any = NetworkWideQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("track")
        verbose_name_plural = _("tracks")
        constraints = [
            *NetworkModel.Meta.constraints,
            models.UniqueConstraint(fields=["network", "kind", "version"], name="partners_track_version"),
            models.UniqueConstraint(
                fields=["network", "kind"], condition=Q(state="published"), name="partners_track_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["network", "kind"], condition=Q(state="draft"), name="partners_track_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(pass_mark__lte=100, link_days__gte=1, link_days__lte=366),
                name="partners_track_sane",
            ),
        ]
        triggers = [StateGuard(TRACK_FLOW)]

    def __str__(self) -> str:
        return _("%(kind)s, version %(version)s") % {  # type: ignore[no-any-return]
            "kind": self.get_kind_display(),
            "version": self.version,
        }

    @property
    def state_tone(self) -> str:
        return TRACK_TONES.get(TrackState(self.state), "neutral")


class TrackPart(NetworkModel):
    """A piece of a track (abstract). Changes only while the track is a draft."""

    track = SameNetworkKey(
        "partners.Track", on_delete=models.CASCADE, related_name="%(class)ss", verbose_name=_("track")
    )

    objects: Any = NetworkWideQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        abstract = True


class Stage(TrackPart):
    """A stage that applications of the track pass. `deciders` are the roles that may lead on from it.

    `days` is how long it should take; an application that stays longer is late.
    """

    state = models.CharField(_("stage"), max_length=16, choices=STAGE_CHOICES)
    deciders = ArrayField(models.CharField(max_length=40), verbose_name=_("who decides"))
    days = models.PositiveSmallIntegerField(_("days it should take"), default=7)
    told = models.TextField(
        _("what the applicant reads"),
        blank=True,
        max_length=1000,
        help_text=_("On the personal page and in the mail, while the application stands here."),
    )

    class Meta(NetworkModel.Meta):
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["track"], name="partners_stage_track_fk"),
            models.UniqueConstraint(fields=["network", "track", "state"], name="partners_stage_once"),
            models.CheckConstraint(
                condition=Q(deciders__len__gte=1, days__gte=1), name="partners_stage_decided_by_somebody"
            ),
        ]
        triggers = [PARTS_STAND]

    def __str__(self) -> str:
        return str(self.get_state_display())


class QuestionKind(models.TextChoices):
    """How a question is answered, and so how it is weighed."""

    CHOICE = "choice", _("One of several")
    NUMBER = "number", _("Number")
    YES_NO = "yes_no", _("Yes or no")
    TEXT = "text", _("Text")


class Question(TrackPart):
    """One question. `weight` is its share of the score; texts are read, not weighed.

    Of a choice, `options` are [{"label": "Own building", "worth": 100}, …], worth in percent of the weight.
    Of a number, `nothing_at` and `full_at` are the values worth nothing and everything, straight between
    them (the first may be the larger one). Yes is worth everything, or no where `wants_no`.
    """

    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("question"), max_length=250)
    hint = models.CharField(_("hint"), max_length=250, blank=True)
    kind = models.CharField(_("answered by"), max_length=8, choices=QuestionKind.choices)
    weight = models.PositiveSmallIntegerField(_("weight"), default=0)
    is_required = models.BooleanField(_("must be answered"), default=True)
    options = models.JSONField(_("answers to choose from"), default=list, blank=True)
    nothing_at = models.DecimalField(
        _("worth nothing at"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    full_at = models.DecimalField(
        _("worth everything at"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    wants_no = models.BooleanField(_("no is the good answer"), default=False)

    class Meta(NetworkModel.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["track"], name="partners_question_track_fk"),
            models.CheckConstraint(
                condition=~Q(kind="text") | Q(weight=0), name="partners_question_text_is_not_weighed"
            ),
            models.CheckConstraint(
                condition=~Q(kind="number")
                | Q(weight=0)
                | (Q(nothing_at__isnull=False, full_at__isnull=False) & ~Q(nothing_at=models.F("full_at"))),
                name="partners_question_number_has_a_scale",
            ),
        ]
        indexes = [models.Index(fields=["network", "track", "position"], name="partners_question_order")]
        triggers = [PARTS_STAND]

    def __str__(self) -> str:
        return self.text

    def share_of(self, value: Any) -> Decimal:
        """What an answer is worth, from 0 to 1."""
        if value in (None, ""):
            return Decimal(0)
        if self.kind == QuestionKind.CHOICE:
            worth = {option["label"]: option["worth"] for option in self.options}
            return Decimal(worth.get(value, 0)) / 100
        if self.kind == QuestionKind.YES_NO:
            return Decimal(int(bool(value) != self.wants_no))
        if self.kind == QuestionKind.NUMBER and self.full_at is not None and self.nothing_at is not None:
            share = (Decimal(str(value)) - self.nothing_at) / (self.full_at - self.nothing_at)
            return min(max(share, Decimal(0)), Decimal(1))
        return Decimal(0)


class ItemKind(models.TextChoices):
    """A task is ticked by a person, a document is handed in."""

    TASK = "task", _("Task")
    DOCUMENT = "document", _("Document")


class ChecklistTemplate(TrackPart):
    """A line of the track's checklist: due before the application leaves `due_in`."""

    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("what"), max_length=150)
    kind = models.CharField(_("kind"), max_length=8, choices=ItemKind.choices, default=ItemKind.TASK)
    due_in = models.CharField(_("before the end of"), max_length=16, choices=STAGE_CHOICES)
    document_code = models.CharField(
        _("document type"), max_length=40, blank=True, help_text=_("Code of the document type, if any.")
    )

    class Meta(NetworkModel.Meta):
        verbose_name = _("checklist line")
        verbose_name_plural = _("checklist lines")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["track"], name="partners_checklisttemplate_track_fk"),
            models.UniqueConstraint(
                fields=["network", "track", "name"], name="partners_checklisttemplate_once"
            ),
        ]
        triggers = [PARTS_STAND]

    def __str__(self) -> str:
        return self.name
