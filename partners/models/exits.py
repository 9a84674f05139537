"""A partner's exit, and what must be settled before it is closed."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dnm.accounts.history import tracked
from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, SameNetworkKey
from dnm.scoping.models import ScopedModel, level_indexes
from dnm.scoping.querysets import ScopedQuerySet
from dnm.scoping.triggers import LevelTrigger
from dnm.workflow.duties import different
from dnm.workflow.triggers import StateGuard
from partners.permissions.exits import ExitCapability
from partners.states.exits import SETTLEMENT_FLOW, SETTLEMENT_TONES, SettlementState, source_named

LEVELS = [f"{tree}_{n}" for tree in ("partner", "territory") for n in range(1, 9)]


class ExitSettlement(ScopedModel):
    """One exit of one partner, from its beginning to the closing; `closed_at` is null while it runs."""

    scope_own: ClassVar[frozenset[str]] = frozenset({ExitCapability.VIEW})
    view_capability: ClassVar[str] = ExitCapability.VIEW

    partner = SameNetworkKey("partners.Partner", related_name="exits", verbose_name=_("partner"))
    territory = SameNetworkKey("partners.Territory", related_name="+", verbose_name=_("territory"))
    reason = models.CharField(_("why"), max_length=250)
    begun_at = models.DateTimeField(_("begun"))
    begun_by = SameNetworkKey("accounts.Membership", null=True, related_name="+", verbose_name=_("by"))
    closed_at = models.DateTimeField(_("closed"), null=True)

    objects: Any = ScopedQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("exit")
        verbose_name_plural = _("exits")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["partner"], name="partners_exitsettlement_partner_fk"),
            SameNetwork(fields=["territory"], name="partners_exitsettlement_territory_fk"),
            SameNetwork(fields=["begun_by"], name="partners_exitsettlement_begun_by_fk"),
            models.UniqueConstraint(
                fields=["network", "partner"],
                condition=Q(closed_at=None),
                name="partners_exitsettlement_one_running",
            ),
        ]
        indexes = level_indexes("partners_exitsettlement_new", "-begun_at", "-id")
        triggers = [LevelTrigger(anchors={"partner": "partner", "territory": "territory"})]

    def __str__(self) -> str:
        """Reads the partner: select it with the row."""
        return str(_("Exit of {partner}")).format(partner=self.partner)


@tracked(name="SettlementItemEvent", exclude=["state", "state_changed_at", *LEVELS])
class SettlementItem(ScopedModel):
    """A line of an exit's checklist: settled by somebody's word, or waived by two people.

    `source` is the key under which an app registered the line; `note` is what the last step said.
    """

    scope_own: ClassVar[frozenset[str]] = frozenset({ExitCapability.VIEW})
    workflow = SETTLEMENT_FLOW
    view_capability: ClassVar[str] = ExitCapability.VIEW

    settlement = SameNetworkKey(
        "partners.ExitSettlement", related_name="items", on_delete=models.CASCADE, verbose_name=_("exit")
    )
    partner = SameNetworkKey("partners.Partner", related_name="+", verbose_name=_("partner"))
    territory = SameNetworkKey("partners.Territory", related_name="+", verbose_name=_("territory"))
    source = models.CharField(_("line"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"))
    state = models.CharField(
        _("state"), max_length=12, choices=SettlementState.choices, default=SettlementState.OPEN
    )
    state_changed_at = models.DateTimeField(_("since"))
    note = models.CharField(_("note"), max_length=250, blank=True)
    settled_by = SameNetworkKey(
        "accounts.Membership", null=True, related_name="+", verbose_name=_("settled by")
    )
    asked_by = SameNetworkKey(
        "accounts.Membership", null=True, related_name="+", verbose_name=_("waiver asked by")
    )
    waived_by = SameNetworkKey(
        "accounts.Membership", null=True, related_name="+", verbose_name=_("waived by")
    )

    objects: Any = ScopedQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("settlement line")
        verbose_name_plural = _("settlement lines")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["settlement"], name="partners_settlementitem_settlement_fk"),
            SameNetwork(fields=["partner"], name="partners_settlementitem_partner_fk"),
            SameNetwork(fields=["territory"], name="partners_settlementitem_territory_fk"),
            SameNetwork(fields=["settled_by"], name="partners_settlementitem_settled_by_fk"),
            SameNetwork(fields=["asked_by"], name="partners_settlementitem_asked_by_fk"),
            SameNetwork(fields=["waived_by"], name="partners_settlementitem_waived_by_fk"),
            different("asked_by", "waived_by", name="partners_settlementitem_two_people"),
            models.UniqueConstraint(
                fields=["network", "settlement", "source"], name="partners_settlementitem_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="waived")
                | (Q(asked_by__isnull=False, waived_by__isnull=False) & ~Q(note="")),
                name="partners_settlementitem_waived_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(state="settled") | Q(settled_by__isnull=False),
                name="partners_settlementitem_settled_by_somebody",
            ),
        ]
        indexes = level_indexes("partners_settlementitem_new", "-state_changed_at", "-id")
        triggers = [
            LevelTrigger(anchors={"partner": "partner", "territory": "territory"}),
            StateGuard(SETTLEMENT_FLOW),
        ]

    def __str__(self) -> str:
        return str(self.label)

    @property
    def label(self) -> Any:
        """What the line is called by the app that registered it."""
        source = source_named(self.source)
        return source.label if source else self.source

    @property
    def state_tone(self) -> str:
        return SETTLEMENT_TONES.get(SettlementState(self.state), "neutral")
