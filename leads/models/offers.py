"""One time-limited proposal of a lead to one partner. Every attempt is kept."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, SameNetworkKey
from dnm.scoping.fields import LtreeField
from dnm.scoping.models import ScopedModel, level_indexes
from dnm.scoping.querysets import ScopedQuerySet
from dnm.scoping.triggers import LevelTrigger
from dnm.workflow.triggers import StateGuard
from leads.permissions import OfferCapability
from leads.states import LIVE_OFFERS, OFFER_FLOW, OFFER_TONES, DeclineReason, OfferState


class Offer(ScopedModel):
    """A lead offered to a partner until `due_at`.

    Its own facts (line, place, distance in km, the message without contact data) are all that the partner
    sees before acceptance and after losing it. `step` counts the attempts of the lead, from 1. `why` are the
    grounds of the choice, [{"ground": "near", "km": 3.2}, …]; `leads.domain.explaining` puts them in words.
    """

    scope_line_term: ClassVar[str | None] = "product_line_id__in"
    scope_own: ClassVar[frozenset[str]] = frozenset({OfferCapability.ANSWER})
    workflow = OFFER_FLOW
    view_capability = OfferCapability.VIEW

    lead = SameNetworkKey("leads.Lead", related_name="offers", verbose_name=_("lead"))
    partner = SameNetworkKey("partners.Partner", related_name="offers", verbose_name=_("partner"))
    territory = SameNetworkKey("partners.Territory", related_name="offers", verbose_name=_("territory"))
    product_line = SameNetworkKey(
        "partners.ProductLine", null=True, related_name="offers", verbose_name=_("product line")
    )
    recorded_path = LtreeField(null=True)
    step = models.PositiveSmallIntegerField(_("attempt"))
    state = models.CharField(
        _("state"), max_length=10, choices=OfferState.choices, default=OfferState.PENDING
    )
    state_changed_at = models.DateTimeField(_("since"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    message = models.TextField(_("message"), blank=True)
    distance_km = models.FloatField(_("distance"), null=True)
    why = models.JSONField(_("why this partner"), default=list)
    created_at = models.DateTimeField(_("offered"))
    due_at = models.DateTimeField(_("due"))
    remind_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    decline_reason = models.CharField(_("reason"), max_length=16, choices=DeclineReason.choices, blank=True)
    decline_note = models.CharField(_("note"), max_length=250, blank=True)

    objects: Any = ScopedQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["lead"], name="leads_offer_lead_fk"),
            SameNetwork(fields=["partner"], name="leads_offer_partner_fk"),
            SameNetwork(fields=["territory"], name="leads_offer_territory_fk"),
            SameNetwork(fields=["product_line"], name="leads_offer_product_line_fk"),
            models.UniqueConstraint(fields=["network", "lead", "step"], name="leads_offer_step"),
            models.UniqueConstraint(
                fields=["network", "lead"],
                condition=Q(state__in=sorted(LIVE_OFFERS)),
                name="leads_offer_one_live",
            ),
            models.CheckConstraint(
                condition=~Q(state=OfferState.DECLINED) | ~Q(decline_reason=""),
                name="leads_offer_declined_needs_reason",
            ),
        ]
        indexes = [
            *level_indexes("leads_offer_new", "-created_at", "-id"),
            models.Index(fields=["network", "-created_at", "-id"], name="leads_offer_newest"),
            models.Index(
                fields=["network", "due_at"], condition=Q(state=OfferState.PENDING), name="leads_offer_due"
            ),
            models.Index(
                fields=["network", "remind_at"],
                condition=Q(state=OfferState.PENDING, remind_at__isnull=False),
                name="leads_offer_remind",
            ),
            models.Index(
                fields=["network", "partner", "due_at"],
                condition=Q(state__in=sorted(LIVE_OFFERS)),
                name="leads_offer_live",
            ),
        ]
        triggers = [
            LevelTrigger(anchors={"partner": "partner", "territory": "territory"}),
            StateGuard(OFFER_FLOW),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("leads:offer", args=[self.uid])

    @property
    def state_tone(self) -> str:
        return OFFER_TONES.get(OfferState(self.state), "neutral")

    @property
    def title(self) -> str:
        """What is offered. Reads `product_line`: select it with the row."""
        line = str(self.product_line) if self.product_line else str(_("Enquiry"))
        where = self.place or self.postal_code
        return f"{line}, {where}" if where else line

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_OFFERS
