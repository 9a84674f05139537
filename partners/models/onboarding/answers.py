"""What an applicant answered, and what must be done before it goes on."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dnm.accounts.history import tracked
from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, NetworkQuerySet, SameNetworkKey
from partners.models.onboarding.tracks import ItemKind
from partners.states.onboarding import STAGE_CHOICES


@tracked(name="AnswerEvent")
class Answer(NetworkModel):
    """An answer: a number (as text), true or false, the label of an option, or a text."""

    application = SameNetworkKey("partners.Application", related_name="answers", on_delete=models.CASCADE)
    question = SameNetworkKey("partners.Question", related_name="+")
    given = models.JSONField(_("answer"), null=True)

    objects: Any = NetworkQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["application"], name="partners_answer_application_fk"),
            SameNetwork(fields=["question"], name="partners_answer_question_fk"),
            models.UniqueConstraint(
                fields=["network", "application", "question"], name="partners_answer_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.given)


class ItemState(models.TextChoices):
    """A waived line has a reason."""

    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    WAIVED = "waived", _("Waived")


ITEM_TONES = {ItemState.DONE: "good", ItemState.WAIVED: "warn"}


@tracked(name="ChecklistItemEvent")
class ChecklistItem(NetworkModel):
    """A line of an application's checklist, copied from the track when the application began.

    `document_code` names the document type of a document, for whoever keeps documents.
    """

    application = SameNetworkKey("partners.Application", related_name="items", on_delete=models.CASCADE)
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("what"), max_length=150)
    kind = models.CharField(_("kind"), max_length=8, choices=ItemKind.choices, default=ItemKind.TASK)
    due_in = models.CharField(_("before the end of"), max_length=16, choices=STAGE_CHOICES)
    document_code = models.CharField(_("document type"), max_length=40, blank=True)
    progress = models.CharField(_("state"), max_length=6, choices=ItemState.choices, default=ItemState.OPEN)
    reason = models.CharField(_("why waived"), max_length=250, blank=True)
    settled_by = SameNetworkKey("accounts.Membership", null=True, related_name="+")
    settled_at = models.DateTimeField(_("at"), null=True)

    objects: Any = NetworkQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("checklist line")
        verbose_name_plural = _("checklist lines")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["application"], name="partners_checklistitem_application_fk"),
            SameNetwork(fields=["settled_by"], name="partners_checklistitem_settled_by_fk"),
            models.UniqueConstraint(
                fields=["network", "application", "name"], name="partners_checklistitem_once"
            ),
            models.CheckConstraint(
                condition=~Q(progress="waived") | ~Q(reason=""),
                name="partners_checklistitem_waived_needs_reason",
            ),
            models.CheckConstraint(
                condition=Q(progress="open", settled_at=None)
                | (~Q(progress="open") & Q(settled_at__isnull=False)),
                name="partners_checklistitem_settled_at",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tone(self) -> str:
        return ITEM_TONES.get(ItemState(self.progress), "neutral")
