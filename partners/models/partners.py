"""Organisations of the network, in a tree of free depth under the brand owner."""

from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dnm.accounts.history import tracked
from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, SameNetworkKey
from dnm.scoping.fields import CubeField
from dnm.scoping.models import ScopedModel, TreeNode, level_indexes
from dnm.scoping.querysets import ScopedQuerySet
from dnm.scoping.triggers import LevelTrigger, PathTrigger, SubtreeTrigger
from dnm.workflow.triggers import StateGuard
from partners.models.territories import LATITUDE, LONGITUDE
from partners.permissions import PartnerCapability
from partners.permissions.comments import OWN as OWN_COMMENTS
from partners.permissions.content import OWN as OWN_CONTENT
from partners.permissions.files import OWN as OWN_FILES
from partners.roles import ROLE_LABELS, hold_permission
from partners.states import PARTNER_FLOW, TONES, PartnerState

DERIVED = ["path", "position", *(f"{tree}_{n}" for tree in ("partner", "territory") for n in range(1, 9))]

FACTS = pgtrigger.Trigger(
    name="d_facts",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("latitude", "longitude", "product_line_ids"),
    func="""
        NEW.position := CASE WHEN NEW.latitude IS NULL OR NEW.longitude IS NULL THEN NULL ELSE cube(ARRAY[
            cos(radians(NEW.latitude)) * cos(radians(NEW.longitude)),
            cos(radians(NEW.latitude)) * sin(radians(NEW.longitude)),
            sin(radians(NEW.latitude))]) END;
        IF (SELECT count(*) FROM partners_productline
            WHERE network_id = NEW.network_id AND id = ANY (NEW.product_line_ids)) <>
            cardinality(NEW.product_line_ids)
        THEN
            RAISE EXCEPTION 'a product line is not of this network, or named twice'
                USING ERRCODE = 'foreign_key_violation';
        END IF;
        RETURN NEW;
    """,
)
"""Keeps `position` (unit vector on the sphere) and refuses foreign product lines."""


class PartnerKind(models.TextChoices):
    """What a partner is. How deep it stands in the tree is another matter, and its tier a third."""

    BRAND_OWNER = "brand_owner", _("Brand owner")
    DISTRIBUTOR = "distributor", _("Distributor")
    DEALER = "dealer", _("Dealer")
    SUB_DEALER = "sub_dealer", _("Sub-dealer")
    RETAILER = "retailer", _("Retailer")
    SERVICE_CENTRE = "service_centre", _("Service centre")
    BRANCH = "branch", _("Branch")


class PartnerQuerySet(ScopedQuerySet["Partner"]):
    """Partners of the current network."""

    def live(self) -> "PartnerQuerySet":
        return self.filter(state=PartnerState.LIVE)


@tracked(name="PartnerEvent", exclude=DERIVED)
class Partner(TreeNode, ScopedModel):
    """An organisation of the network. The root is the brand owner itself, which is never routed to.

    `latitude` and `longitude` in degrees (WGS 84); without them a partner is never "nearest". `capacity` is
    how many open leads it takes at a time, null for no limit. `product_line_ids` are the lines it sells.
    """

    scope_anchors: ClassVar[dict[str, str]] = {"partner": "self", "territory": "territory"}
    scope_line_term: ClassVar[str | None] = "product_line_ids__overlap"
    scope_own_column: ClassVar[str] = "id"
    scope_own: ClassVar[frozenset[str]] = frozenset(map(str, OWN_FILES | OWN_COMMENTS | OWN_CONTENT))
    workflow = PARTNER_FLOW
    view_capability = PartnerCapability.VIEW

    code = models.CharField(_("code"), max_length=40)
    trade_name = models.CharField(_("trade name"), max_length=150, db_collation="C")
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=PartnerKind.choices)
    state = models.CharField(
        _("state"), max_length=12, choices=PartnerState.choices, default=PartnerState.PROSPECT
    )
    state_changed_at = models.DateTimeField(_("since"), null=True, blank=True, editable=False)
    territory = SameNetworkKey("partners.Territory", related_name="partners", verbose_name=_("territory"))
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    address = models.CharField(_("address"), max_length=250, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    position = CubeField(null=True)
    product_line_ids = ArrayField(models.IntegerField(), default=list, blank=True)
    capacity = models.PositiveIntegerField(_("open leads at a time"), null=True, blank=True)
    calendar = SameNetworkKey(
        "partners.BusinessCalendar",
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business calendar"),
    )
    created_at = models.DateTimeField(_("created"))

    objects: Any = PartnerQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        permissions = [(hold_permission(role), f"Holds {role}") for role in ROLE_LABELS]
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["parent"], name="partners_partner_parent_fk"),
            SameNetwork(fields=["territory"], name="partners_partner_territory_fk"),
            SameNetwork(fields=["calendar"], name="partners_partner_calendar_fk"),
            models.UniqueConstraint(fields=["network", "code"], name="partners_partner_code"),
            models.UniqueConstraint(
                fields=["network"], condition=Q(kind="brand_owner"), name="partners_partner_one_brand_owner"
            ),
            models.CheckConstraint(
                condition=Q(kind="brand_owner", parent=None)
                | (~Q(kind="brand_owner") & Q(parent__isnull=False)),
                name="partners_partner_root_is_brand_owner",
            ),
            models.CheckConstraint(
                condition=(LATITUDE & LONGITUDE) | Q(latitude=None, longitude=None),
                name="partners_partner_place",
            ),
        ]
        indexes = [
            *level_indexes("partners_partner_name", "trade_name", "id"),
            models.Index(fields=["network", "parent"], name="partners_partner_parent"),
            GistIndex(
                fields=["network", "position"], condition=Q(state="live"), name="partners_partner_near"
            ),
            GinIndex(fields=["trade_name"], opclasses=["gin_trgm_ops"], name="partners_partner_trgm"),
        ]
        triggers = [
            PathTrigger(),
            LevelTrigger(anchors={"partner": "self", "territory": "territory"}),
            StateGuard(PARTNER_FLOW),
            FACTS,
            SubtreeTrigger(tree="partner"),
        ]

    def __str__(self) -> str:
        return self.trade_name

    def get_absolute_url(self) -> str:
        return reverse("partners:detail", args=[self.uid])

    @property
    def state_tone(self) -> str:
        return TONES[PartnerState(self.state)]
