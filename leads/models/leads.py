"""A prospect with a need."""

from typing import Any, ClassVar

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
from dnm.scoping.querysets import ScopedQuerySet
from dnm.scoping.triggers import LevelTrigger
from dnm.workflow.triggers import StateGuard
from leads.permissions import LeadCapability
from leads.states import LEAD_FLOW, LEAD_TONES, OWNED, QUEUED, DeskReason, LeadState
from partners.permissions.comments import OWN as OWN_COMMENTS

CONTACT_FIELDS = ("name", "phone", "email", "address")
SOURCES = [
    ("web_form", _("Web form")),
    ("api", _("API")),
    ("campaign", _("Campaign")),
    ("phone", _("Phone")),
    ("fair", _("Fair")),
    ("website", _("Website")),
    ("partner", _("Partner")),
]
UNTRACKED = [
    "state",
    "state_changed_at",
    "recorded_path",
    "accepted_at",
    "rerouted_at",
    "first_contact_at",
    "closed_at",
    *(f"{tree}_{n}" for tree in ("partner", "territory") for n in range(1, 9)),
]


@tracked(name="LeadEvent", exclude=UNTRACKED)
class Lead(ScopedModel):
    """A prospect with a need. Owned by one partner from acceptance on; before that it stands in a queue.

    Phone in E.164, e-mail in lower case. `territory` is that of the postal code, or the root where the code
    is unknown. `external_id` makes an intake idempotent within its source. `recorded_path` is the owner's
    path in the organisation when it accepted.
    """

    scope_line_term: ClassVar[str | None] = "product_line_id__in"
    scope_own: ClassVar[frozenset[str]] = frozenset(
        {LeadCapability.VIEW_CONTACT, LeadCapability.WORK, LeadCapability.RECYCLE} | OWN_COMMENTS
    )
    masks: ClassVar[tuple[Mask, ...]] = (Mask(CONTACT_FIELDS, LeadCapability.VIEW_CONTACT),)
    workflow = LEAD_FLOW
    view_capability = LeadCapability.VIEW

    partner = SameNetworkKey(
        "partners.Partner", null=True, blank=True, related_name="leads", verbose_name=_("partner")
    )
    territory = SameNetworkKey("partners.Territory", related_name="leads", verbose_name=_("territory"))
    product_line = SameNetworkKey(
        "partners.ProductLine", null=True, blank=True, related_name="leads", verbose_name=_("product line")
    )
    recorded_path = LtreeField(null=True)
    state = models.CharField(_("state"), max_length=10, choices=LeadState.choices, default=LeadState.NEW)
    state_changed_at = models.DateTimeField(_("since"))
    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("address"), max_length=250, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    message = models.TextField(_("message"), blank=True, max_length=4000)
    source = models.CharField(_("source"), max_length=40, default="api")
    external_id = models.CharField(_("id at the source"), max_length=120, blank=True)
    consent = models.BooleanField(_("consent"), default=False)
    consent_version = models.CharField(_("consent text version"), max_length=20, blank=True)
    suspicion = models.CharField(_("spam signal"), max_length=20, blank=True, default="", db_default="")
    duplicate_of = SameNetworkKey("self", null=True, blank=True, related_name="duplicates")
    desk_reason = models.CharField(
        _("why on the desk"), max_length=16, choices=DeskReason.choices, blank=True
    )
    lost_reason = models.CharField(_("why lost"), max_length=250, blank=True)
    competitor = models.CharField(_("competitor"), max_length=120, blank=True)
    proof_of_sale = models.CharField(_("order or serial"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("came in"))
    rerouted_at = models.DateTimeField(_("routed anew"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    first_contact_at = models.DateTimeField(_("first contact"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects: Any = ScopedQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["partner"], name="leads_lead_partner_fk"),
            SameNetwork(fields=["territory"], name="leads_lead_territory_fk"),
            SameNetwork(fields=["product_line"], name="leads_lead_product_line_fk"),
            SameNetwork(fields=["duplicate_of"], name="leads_lead_duplicate_of_fk"),
            models.UniqueConstraint(
                fields=["network", "source", "external_id"],
                condition=~Q(external_id=""),
                name="leads_lead_external_id",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(QUEUED), partner=None)
                | Q(state__in=sorted(OWNED), partner__isnull=False)
                | Q(state=LeadState.LOST),
                name="leads_lead_owner_or_queue",
            ),
            models.CheckConstraint(
                condition=~Q(state=LeadState.WON) | ~Q(proof_of_sale=""), name="leads_lead_won_needs_proof"
            ),
            models.CheckConstraint(
                condition=~Q(state=LeadState.LOST) | ~Q(lost_reason=""), name="leads_lead_lost_needs_reason"
            ),
        ]
        indexes = [
            *level_indexes("leads_lead_new", "-created_at", "-id"),
            models.Index(fields=["network", "-created_at", "-id"], name="leads_lead_newest"),
            models.Index(
                fields=["network", "phone", "-created_at"], condition=~Q(phone=""), name="leads_lead_phone"
            ),
            models.Index(
                fields=["network", "email", "-created_at"], condition=~Q(email=""), name="leads_lead_email"
            ),
            models.Index(
                fields=["network", "state", "state_changed_at"],
                condition=Q(state__in=["new", "routing", "waiting", "desk"]),
                name="leads_lead_queues",
            ),
        ]
        triggers = [
            LevelTrigger(anchors={"partner": "partner", "territory": "territory"}),
            StateGuard(LEAD_FLOW),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("leads:detail", args=[self.uid])

    @property
    def state_tone(self) -> str:
        return LEAD_TONES.get(LeadState(self.state), "neutral")

    @property
    def title(self) -> str:
        """What the lead is about, without contact data. Reads `product_line`: select it with the row."""
        line = str(self.product_line) if self.product_line else str(_("Enquiry"))
        where = self.place or self.postal_code
        return f"{line}, {where}" if where else line
