"""Changes that take two people, and the bank accounts that come of them."""

from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dnm.accounts.history import tracked
from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, SameNetworkKey
from dnm.scoping.masks import Mask
from dnm.scoping.models import ScopedModel, level_indexes
from dnm.scoping.querysets import ScopedQuerySet
from dnm.scoping.triggers import LevelTrigger
from dnm.workflow.duties import different
from dnm.workflow.triggers import StateGuard
from partners.models.territories import LATITUDE, LONGITUDE
from partners.permissions.changes import ChangeCapability
from partners.states.changes import CHANGE_FLOW, CHANGE_TONES, ChangeKind, ChangeState

COOLING_OFF = timedelta(days=7)
"""From the approval of a bank account to its effect: time in which the partner hears of it and can object."""
BANK_FIELDS = ("holder", "bank_name", "account_number", "routing_code")
LEVELS = [f"{tree}_{n}" for tree in ("partner", "territory") for n in range(1, 9)]
HELD_BACK = ["approved", "effective"]


class BankDetails(ScopedModel):
    """Where money goes (abstract). Shown to finance and to the partner's own owner, hidden from others."""

    scope_own: ClassVar[frozenset[str]] = frozenset({ChangeCapability.REQUEST, ChangeCapability.VIEW_BANK})
    masks: ClassVar[tuple[Mask, ...]] = (Mask(BANK_FIELDS, ChangeCapability.VIEW_BANK),)
    view_capability: ClassVar[str] = ChangeCapability.VIEW

    holder = models.CharField(_("account holder"), max_length=120, blank=True)
    bank_name = models.CharField(_("bank"), max_length=120, blank=True)
    account_number = models.CharField(_("account number or IBAN"), max_length=34, blank=True)
    routing_code = models.CharField(_("IFSC or BIC"), max_length=20, blank=True)

    objects: Any = ScopedQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        abstract = True


@tracked(name="ChangeRequestEvent", exclude=["state", "state_changed_at", *LEVELS])
class ChangeRequest(BankDetails):
    """A change of a partner that one person asks for and another approves; it takes effect on its day.

    Of the values only those of the kind are filled. `wanted_on` is the day that was asked for, `effective_at`
    the moment that the approval set: for a bank account never before the cooling-off is over.
    """

    workflow = CHANGE_FLOW

    partner = SameNetworkKey("partners.Partner", related_name="changes", verbose_name=_("partner"))
    territory = SameNetworkKey("partners.Territory", related_name="+", verbose_name=_("territory"))
    kind = models.CharField(_("what"), max_length=10, choices=ChangeKind.choices)
    state = models.CharField(
        _("state"), max_length=10, choices=ChangeState.choices, default=ChangeState.DRAFT
    )
    state_changed_at = models.DateTimeField(_("since"))
    reason = models.CharField(_("why"), max_length=250)
    wanted_on = models.DateField(_("from"), null=True, blank=True)
    effective_at = models.DateTimeField(_("takes effect"), null=True)
    requested_by = SameNetworkKey("accounts.Membership", related_name="+", verbose_name=_("asked by"))
    decided_by = SameNetworkKey("accounts.Membership", null=True, related_name="+", verbose_name=_("by"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    created_at = models.DateTimeField(_("asked"))
    address = models.CharField(_("address"), max_length=250, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    owner_name = models.CharField(_("new owner"), max_length=120, blank=True)
    new_territory = SameNetworkKey(
        "partners.Territory", null=True, blank=True, related_name="+", verbose_name=_("new territory")
    )
    before = models.JSONField(_("before"), default=dict)

    class Meta(NetworkModel.Meta):
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["partner"], name="partners_changerequest_partner_fk"),
            SameNetwork(fields=["territory"], name="partners_changerequest_territory_fk"),
            SameNetwork(fields=["requested_by"], name="partners_changerequest_requested_by_fk"),
            SameNetwork(fields=["decided_by"], name="partners_changerequest_decided_by_fk"),
            SameNetwork(fields=["new_territory"], name="partners_changerequest_new_territory_fk"),
            different("requested_by", "decided_by", name="partners_changerequest_two_people"),
            models.UniqueConstraint(
                fields=["network", "partner", "kind"],
                condition=Q(state__in=["draft", "submitted", "approved"]),
                name="partners_changerequest_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=HELD_BACK)
                | Q(decided_by__isnull=False, decided_at__isnull=False, effective_at__isnull=False),
                name="partners_changerequest_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(kind="bank", state__in=HELD_BACK)
                | Q(effective_at__gte=F("decided_at") + COOLING_OFF),
                name="partners_changerequest_cooling_off",
            ),
            models.CheckConstraint(
                condition=~Q(kind="bank") | ~Q(account_number=""), name="partners_changerequest_bank"
            ),
            models.CheckConstraint(
                condition=(LATITUDE & LONGITUDE) | Q(latitude=None, longitude=None),
                name="partners_changerequest_place",
            ),
        ]
        indexes = [
            *level_indexes("partners_changerequest_new", "-created_at", "-id"),
            models.Index(
                fields=["network", "effective_at"],
                condition=Q(state="approved"),
                name="partners_changerequest_due",
            ),
        ]
        triggers = [
            LevelTrigger(anchors={"partner": "partner", "territory": "territory"}),
            StateGuard(CHANGE_FLOW),
        ]

    def __str__(self) -> str:
        """Reads the partner: select it with the row."""
        return f"{self.get_kind_display()} · {self.partner}"

    def get_absolute_url(self) -> str:
        return reverse("partners:change", args=[self.uid])

    @property
    def state_tone(self) -> str:
        return CHANGE_TONES.get(ChangeState(self.state), "neutral")


@tracked(name="BankAccountEvent", exclude=LEVELS)
class BankAccount(BankDetails):
    """An account of a partner, and since when; `valid_to` is null for the one in effect.

    The only door is a change request that took effect.
    """

    partner = SameNetworkKey("partners.Partner", related_name="bank_accounts", verbose_name=_("partner"))
    territory = SameNetworkKey("partners.Territory", related_name="+", verbose_name=_("territory"))
    change = SameNetworkKey("partners.ChangeRequest", related_name="+", verbose_name=_("change request"))
    valid_from = models.DateTimeField(_("in effect from"))
    valid_to = models.DateTimeField(_("until"), null=True)

    class Meta(NetworkModel.Meta):
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["partner"], name="partners_bankaccount_partner_fk"),
            SameNetwork(fields=["territory"], name="partners_bankaccount_territory_fk"),
            SameNetwork(fields=["change"], name="partners_bankaccount_change_fk"),
            models.UniqueConstraint(
                fields=["network", "partner"], condition=Q(valid_to=None), name="partners_bankaccount_one"
            ),
            models.UniqueConstraint(fields=["network", "change"], name="partners_bankaccount_once"),
        ]
        indexes = [
            models.Index(fields=["network", "partner", "-valid_from"], name="partners_bankaccount_newest")
        ]
        triggers = [LevelTrigger(anchors={"partner": "partner", "territory": "territory"})]

    def __str__(self) -> str:
        return str(_("Bank account"))
