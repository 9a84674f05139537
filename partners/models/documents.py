"""Compliance: the kinds of documents that a network asks for, and each partner's own."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dnm.accounts.history import tracked
from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, SameNetworkKey
from dnm.scoping.fields import LtreeField
from dnm.scoping.masks import Mask
from dnm.scoping.models import ScopedModel, level_indexes
from dnm.scoping.querysets import ReferenceQuerySet, ScopedQuerySet
from dnm.scoping.triggers import LevelTrigger
from dnm.workflow.duties import different
from dnm.workflow.triggers import StateGuard
from partners.permissions.comments import OWN as OWN_COMMENTS
from partners.permissions.documents import OWN, DocumentCapability
from partners.states.documents import DOCUMENT_FLOW, IN_FORCE, TO_BRING, TONES, DocumentState, Gate

FOR_EVER = date(9999, 12, 31)
"""The last day of what does not expire."""
REMINDER_DAYS = (60, 30, 7, 1)
UNTRACKED = [
    "state",
    "state_changed_at",
    "due_on",
    "reminded",
    *(f"{tree}_{n}" for tree in ("partner", "territory") for n in range(1, 9)),
]


def reminder_days() -> list[int]:
    return list(REMINDER_DAYS)


@tracked(name="DocumentTypeEvent")
class DocumentType(NetworkModel):
    """A kind of document: of whom it is asked, how long it holds, and what stops without it.

    `kinds` are kinds of partners and `countries` ISO 3166-1 codes; empty means all. `gates` close on the day
    after the deadline or the last day of the last verified copy, and open with the next verification.
    `reminder_days` are days before that day. `days_to_provide` is what a partner has when it is first asked.
    """

    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    hint = models.CharField(_("what it is, and where one gets it"), max_length=250, blank=True)
    kinds = ArrayField(
        models.CharField(max_length=16), verbose_name=_("kinds of partners"), default=list, blank=True
    )
    countries = ArrayField(
        models.CharField(max_length=2), verbose_name=_("countries"), default=list, blank=True
    )
    gates = ArrayField(
        models.CharField(max_length=12, choices=Gate.choices),
        verbose_name=_("blocks"),
        default=list,
        blank=True,
    )
    has_expiry = models.BooleanField(_("expires"), default=True)
    reminder_days = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("reminders, days before"), default=reminder_days
    )
    days_to_provide = models.PositiveSmallIntegerField(_("days to bring it"), default=30)
    is_required = models.BooleanField(_("required"), default=True)
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(_("created"))

    objects: Any = ReferenceQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("document type")
        verbose_name_plural = _("document types")
        ordering = ["name"]
        constraints = [
            *NetworkModel.Meta.constraints,
            models.UniqueConstraint(fields=["network", "code"], name="partners_documenttype_code"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def gate_words(self) -> str:
        return ", ".join(str(Gate(gate).label) for gate in self.gates)


class DocumentQuerySet(ScopedQuerySet["Document"]):
    """Documents of the current network."""

    def wanted(self) -> "DocumentQuerySet":
        """Those that are asked of their partner at present."""
        return self.filter(is_wanted=True)

    def closing(self, today: date) -> "DocumentQuerySet":
        """Those for want of which some gate is closed on this day."""
        required = self.wanted().filter(type__is_required=True, required_from__lt=today)
        return required.exclude(type__gates=[]).exclude(covered_until__gte=today)

    def to_bring(self, until: date) -> "DocumentQuerySet":
        """Those with which the partner has something to do, and that are due by then."""
        return self.wanted().filter(state__in=sorted(TO_BRING), due_on__lte=until)

    def to_verify(self) -> "DocumentQuerySet":
        return self.wanted().filter(state=DocumentState.UPLOADED)


@tracked(name="DocumentEvent", exclude=UNTRACKED)
class Document(ScopedModel):
    """What one partner owes, has brought, or has had verified of one kind.

    `number`, `issued_on`, `expires_on` and `file` are those of the newest copy; earlier files stay with the
    row. `covered_until` is the last day that a verified copy covers, whatever has been uploaded since: a new
    copy that waits, or is rejected, takes nothing away. `required_from` is the deadline, `due_on` the day on
    which somebody has to have acted next. `is_wanted` is off while the type asks it of such a partner no
    more.
    """

    scope_own: ClassVar[frozenset[str]] = frozenset(map(str, OWN | OWN_COMMENTS))
    masks = (Mask(("number",), DocumentCapability.VIEW_CONTENT),)
    workflow = DOCUMENT_FLOW
    view_capability = DocumentCapability.VIEW

    type = SameNetworkKey("partners.DocumentType", related_name="documents", verbose_name=_("document"))
    partner = SameNetworkKey("partners.Partner", related_name="documents", verbose_name=_("partner"))
    territory = SameNetworkKey("partners.Territory", related_name="+", verbose_name=_("territory"))
    recorded_path = LtreeField(null=True)
    state = models.CharField(
        _("state"), max_length=10, choices=DocumentState.choices, default=DocumentState.MISSING
    )
    state_changed_at = models.DateTimeField(_("since"))
    number = models.CharField(_("number"), max_length=80, blank=True)
    issued_on = models.DateField(_("issued"), null=True, blank=True)
    expires_on = models.DateField(_("expires"), null=True, blank=True)
    file = SameNetworkKey("partners.StoredFile", null=True, related_name="+", db_index=False)
    uploaded_by = SameNetworkKey("accounts.Membership", null=True, related_name="+", db_index=False)
    uploaded_at = models.DateTimeField(_("uploaded"), null=True)
    decided_by = SameNetworkKey("accounts.Membership", null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(_("decided"), null=True)
    reason = models.CharField(_("reason"), max_length=250, blank=True)
    required_from = models.DateField(_("needed by"))
    covered_until = models.DateField(_("covered until"), null=True)
    due_on = models.DateField(_("due"))
    reminded = ArrayField(models.PositiveSmallIntegerField(), default=list)
    is_wanted = models.BooleanField(_("asked for"), default=True)
    created_at = models.DateTimeField(_("asked for"))

    objects: Any = DocumentQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["type"], name="partners_document_type_fk"),
            SameNetwork(fields=["partner"], name="partners_document_partner_fk"),
            SameNetwork(fields=["territory"], name="partners_document_territory_fk"),
            SameNetwork(fields=["file"], name="partners_document_file_fk"),
            SameNetwork(fields=["uploaded_by"], name="partners_document_uploader_fk"),
            SameNetwork(fields=["decided_by"], name="partners_document_decider_fk"),
            models.UniqueConstraint(fields=["network", "partner", "type"], name="partners_document_once"),
            different("uploaded_by", "decided_by", name="partners_document_two_people"),
            models.CheckConstraint(
                condition=Q(state=DocumentState.MISSING) | Q(file__isnull=False),
                name="partners_document_has_file",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(IN_FORCE))
                | Q(decided_by__isnull=False, covered_until__isnull=False),
                name="partners_document_in_force",
            ),
        ]
        indexes = [
            *level_indexes("partners_document_due", "due_on", "id"),
            models.Index(
                fields=["network", "due_on"], condition=Q(is_wanted=True), name="partners_document_clock"
            ),
        ]
        triggers = [
            LevelTrigger(anchors={"partner": "partner", "territory": "territory"}),
            StateGuard(DOCUMENT_FLOW),
        ]

    def __str__(self) -> str:
        """Reads `type`: select it with the row."""
        return self.type.name

    def get_absolute_url(self) -> str:
        return reverse("partners:document", args=[self.uid])

    @property
    def state_tone(self) -> str:
        return TONES[DocumentState(self.state)]

    @property
    def is_in_force(self) -> bool:
        return self.state in IN_FORCE

    @property
    def due_day(self) -> date | None:
        """The day to show; None for what never comes due."""
        return None if self.due_on == FOR_EVER else self.due_on
