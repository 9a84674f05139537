"""How routing decides, what it decided and why, and how loaded each partner is."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy.constraints import AppendOnly, SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, NetworkQuerySet, SameNetworkKey
from dnm.scoping.querysets import ReferenceQuerySet
from leads.states import DeskReason


class RoutingPolicy(NetworkModel):
    """A version of the network's routing rules; the newest is in force, and decisions name theirs.

    `offer_minutes` run in the partner's business calendar. Beyond `radius_km` nobody is asked. After
    `max_offers` attempts the lead goes to the distributor and then to the desk. A lead waits for a free slot
    at most `max_wait_minutes` (by the wall clock).
    """

    version = models.PositiveIntegerField(_("version"))
    strategy = models.CharField(_("strategy"), max_length=20, default="nearest")
    offer_minutes = models.PositiveIntegerField(_("minutes to answer"), default=120)
    radius_km = models.PositiveIntegerField(_("radius in km"), default=100)
    max_offers = models.PositiveSmallIntegerField(_("attempts before the distributor"), default=4)
    max_wait_minutes = models.PositiveIntegerField(_("longest wait in minutes"), default=240)
    created_at = models.DateTimeField(_("created"), db_default=Now())

    objects: Any = ReferenceQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("routing policy")
        verbose_name_plural = _("routing policies")
        constraints = [
            *NetworkModel.Meta.constraints,
            models.UniqueConstraint(fields=["network", "version"], name="leads_routingpolicy_version"),
            models.CheckConstraint(
                condition=Q(offer_minutes__gte=1, radius_km__gte=1, max_offers__gte=1),
                name="leads_routingpolicy_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.strategy} v{self.version}"


class PartnerLoad(NetworkModel):
    """How many leads are open (offered or owned and not ended) with a partner: the only hot row of
    routing.
    """

    partner = SameNetworkKey("partners.Partner", related_name="loads")
    open = models.IntegerField(_("open leads"), default=0)

    class Meta(NetworkModel.Meta):
        verbose_name = _("partner load")
        verbose_name_plural = _("partner loads")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["partner"], name="leads_partnerload_partner_fk"),
            models.UniqueConstraint(fields=["network", "partner"], name="leads_partnerload_one"),
            models.CheckConstraint(condition=Q(open__gte=0), name="leads_partnerload_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id}: {self.open}"


class RoutingDecision(NetworkModel):
    """Why a lead went where it went. Append-only; shown to the network's people.

    `considered` lists candidates nearest first: partner uid and name, km, open leads, and the rule that ruled
    it out ("" for the chosen one). `outcome` is offered, waiting, desk or by_hand; `reason` is why the desk.
    """

    lead = SameNetworkKey("leads.Lead", related_name="decisions")
    policy = SameNetworkKey("leads.RoutingPolicy", related_name="+")
    partner = SameNetworkKey("partners.Partner", null=True, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=10)
    considered = models.JSONField(_("considered"), default=list)
    reason = models.CharField(_("why on the desk"), max_length=16, choices=DeskReason.choices, blank=True)
    decided_at = models.DateTimeField(_("decided"))

    objects: Any = NetworkQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("routing decision")
        verbose_name_plural = _("routing decisions")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["lead"], name="leads_routingdecision_lead_fk"),
            SameNetwork(fields=["policy"], name="leads_routingdecision_policy_fk"),
            SameNetwork(fields=["partner"], name="leads_routingdecision_partner_fk"),
            AppendOnly(name="leads_routingdecision_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.reason}".strip()
