"""Tiers that are earned by criteria, what they give, and where each partner stands."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy.constraints import AppendOnly, SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, NetworkQuerySet, SameNetworkKey
from dnm.scoping.models import ScopedModel, level_indexes
from dnm.scoping.querysets import ReferenceQuerySet, ScopedQuerySet
from dnm.scoping.triggers import LevelTrigger
from partners.permissions.tiers import TierCapability
from partners.states.tiers import OUTCOME_TONES, Match, Operator, Outcome, entitlement_named

MONTHS = [(1, _("every month")), (3, _("every quarter")), (6, _("every half-year")), (12, _("every year"))]


class Tier(NetworkModel):
    """A level of the network's ladder, for some kinds of partners. Not the depth in the tree.

    `rank` 1 is the lowest. `match` says whether all criteria must hold or any; a tier without criteria is
    everybody's. Reviews fall on the first day of every `review_months` months of the year; who does not earn
    the tier any more has `grace_days` before it is lost.
    """

    view_capability: ClassVar[str] = TierCapability.VIEW_LADDER

    rank = models.PositiveSmallIntegerField(_("rank"), help_text=_("1 is the lowest."))
    name = models.CharField(_("name"), max_length=40)
    kinds = ArrayField(models.CharField(max_length=16), verbose_name=_("for"))
    match = models.CharField(_("criteria"), max_length=3, choices=Match.choices, default=Match.ALL)
    review_months = models.PositiveSmallIntegerField(_("reviewed"), choices=MONTHS, default=3)
    grace_days = models.PositiveSmallIntegerField(_("days of grace"), default=90)

    objects: Any = ReferenceQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        constraints = [
            *NetworkModel.Meta.constraints,
            models.UniqueConstraint(fields=["network", "rank"], name="partners_tier_rank"),
            models.UniqueConstraint(fields=["network", "name"], name="partners_tier_name"),
            models.CheckConstraint(
                condition=Q(
                    rank__gte=1, review_months__in=[1, 3, 6, 12], grace_days__lte=366, kinds__len__gte=1
                ),
                name="partners_tier_sane",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TierCriterion(NetworkModel):
    """A figure that must be reached: a metric over the last days, held against a value.

    Of a share the value is in percent. Who has too little for a rate does not meet a criterion over one.
    """

    tier = SameNetworkKey(
        "partners.Tier", on_delete=models.CASCADE, related_name="criteria", verbose_name=_("tier")
    )
    metric = models.CharField(_("figure"), max_length=60)
    operator = models.CharField(_("must be"), max_length=3, choices=Operator.choices)
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=2)
    window_days = models.PositiveSmallIntegerField(_("over the last days"), default=90)

    objects: Any = ReferenceQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["tier"], name="partners_tiercriterion_tier_fk"),
            models.UniqueConstraint(
                fields=["network", "tier", "metric", "operator", "window_days"],
                name="partners_tiercriterion_once",
            ),
            models.CheckConstraint(
                condition=Q(window_days__gte=1, window_days__lte=1096, value__gte=0),
                name="partners_tiercriterion_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.get_operator_display()} {self.value.normalize():f}"

    @property
    def is_at_least(self) -> bool:
        return self.operator == Operator.AT_LEAST


class TierBenefit(NetworkModel):
    """What a tier gives, by the name under which other apps ask for it."""

    tier = SameNetworkKey(
        "partners.Tier", on_delete=models.CASCADE, related_name="benefits", verbose_name=_("tier")
    )
    entitlement = models.CharField(_("benefit"), max_length=40)
    value = models.DecimalField(_("value"), max_digits=10, decimal_places=2)

    objects: Any = ReferenceQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("benefit")
        verbose_name_plural = _("benefits")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["tier"], name="partners_tierbenefit_tier_fk"),
            models.UniqueConstraint(
                fields=["network", "tier", "entitlement"], name="partners_tierbenefit_once"
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="partners_tierbenefit_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.value.normalize():f}"

    @property
    def label(self) -> Any:
        """What the benefit is called by the app that declared it."""
        known = entitlement_named(self.entitlement)
        return known.label if known else self.entitlement


class TierStanding(ScopedModel):
    """Where a partner stands: the tier it holds, the one that it has earned by now, and when that counts.

    `tier` is what the last review left; an override stands before it until the end of `override_until`.
    `earned` and `projection` are last night's. `is_in_grace` means that the next review may demote.
    """

    scope_own: ClassVar[frozenset[str]] = frozenset({TierCapability.VIEW})
    view_capability: ClassVar[str] = TierCapability.VIEW

    partner = SameNetworkKey("partners.Partner", related_name="+", verbose_name=_("partner"))
    territory = SameNetworkKey("partners.Territory", related_name="+", verbose_name=_("territory"))
    tier = SameNetworkKey("partners.Tier", null=True, related_name="+", verbose_name=_("tier"))
    since = models.DateTimeField(_("since"))
    earned = SameNetworkKey("partners.Tier", null=True, related_name="+", verbose_name=_("earned by now"))
    is_in_grace = models.BooleanField(_("in grace"), default=False)
    review_on = models.DateField(_("next review"))
    override_tier = SameNetworkKey(
        "partners.Tier", null=True, related_name="+", verbose_name=_("set by hand")
    )
    override_until = models.DateField(_("until"), null=True)
    override_reason = models.CharField(_("why"), max_length=250, blank=True)
    projection = models.JSONField(_("projection"), default=dict)
    projected_at = models.DateTimeField(_("as of"), null=True)

    objects: Any = ScopedQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["partner"], name="partners_tierstanding_partner_fk"),
            SameNetwork(fields=["territory"], name="partners_tierstanding_territory_fk"),
            SameNetwork(fields=["tier"], name="partners_tierstanding_tier_fk"),
            SameNetwork(fields=["earned"], name="partners_tierstanding_earned_fk"),
            SameNetwork(fields=["override_tier"], name="partners_tierstanding_override_tier_fk"),
            models.UniqueConstraint(fields=["network", "partner"], name="partners_tierstanding_once"),
            models.CheckConstraint(
                condition=Q(override_tier=None, override_until=None, override_reason="")
                | (Q(override_tier__isnull=False, override_until__isnull=False) & ~Q(override_reason="")),
                name="partners_tierstanding_override_has_reason_and_end",
            ),
            models.CheckConstraint(
                condition=Q(is_in_grace=False) | Q(tier__isnull=False),
                name="partners_tierstanding_grace_is_for_a_tier",
            ),
        ]
        indexes = [
            *level_indexes("partners_tierstanding_new", "-since", "-id"),
            models.Index(fields=["network", "review_on"], name="partners_tierstanding_due"),
        ]
        triggers = [LevelTrigger(anchors={"partner": "partner", "territory": "territory"})]

    def __str__(self) -> str:
        """Reads the partner: select it with the row."""
        return str(self.partner)

    def get_absolute_url(self) -> str:
        return f"{reverse('partners:detail', args=[self.partner.uid])}?tab=tier"

    @property
    def now_held(self) -> Any:
        """The tier that counts now. An override that is over is taken away by the night's work."""
        return self.override_tier or self.tier


class TierReview(NetworkModel):
    """Something that happened to a partner's tier. Append-only: what counted at any moment is read from here.

    `after` is the tier held from then on; `override_tier` stands before it until `override_until`.
    """

    partner = SameNetworkKey("partners.Partner", related_name="+", verbose_name=_("partner"))
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices)
    before = SameNetworkKey("partners.Tier", null=True, related_name="+", verbose_name=_("before"))
    after = SameNetworkKey("partners.Tier", null=True, related_name="+", verbose_name=_("after"))
    override_tier = SameNetworkKey(
        "partners.Tier", null=True, related_name="+", verbose_name=_("set by hand")
    )
    override_until = models.DateTimeField(_("until"), null=True)
    reason = models.CharField(_("why"), max_length=250, blank=True)
    decided_by = SameNetworkKey("accounts.Membership", null=True, related_name="+", verbose_name=_("by"))
    decided_at = models.DateTimeField(_("at"))

    objects: Any = NetworkQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("tier review")
        verbose_name_plural = _("tier reviews")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["partner"], name="partners_tierreview_partner_fk"),
            SameNetwork(fields=["before"], name="partners_tierreview_before_fk"),
            SameNetwork(fields=["after"], name="partners_tierreview_after_fk"),
            SameNetwork(fields=["override_tier"], name="partners_tierreview_override_tier_fk"),
            SameNetwork(fields=["decided_by"], name="partners_tierreview_decided_by_fk"),
            AppendOnly(name="partners_tierreview_append_only"),
        ]
        indexes = [
            models.Index(fields=["network", "partner", "-decided_at", "-id"], name="partners_tierreview_of")
        ]

    def __str__(self) -> str:
        return str(self.get_outcome_display())

    @property
    def state_tone(self) -> str:
        return OUTCOME_TONES.get(Outcome(self.outcome), "neutral")

    def held_at(self, at: datetime) -> Any:
        """The tier that counted at a moment, of which this is the newest row before it."""
        if self.override_tier_id is not None and self.override_until is not None and at < self.override_until:
            return self.override_tier
        return self.after
