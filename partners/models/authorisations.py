"""Authorisations: who may do what, for which product line, where, and from when to when."""

from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DecimalRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.accounts.history import tracked
from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, NetworkQuerySet, SameNetworkKey
from partners.models.partners import Partner
from partners.permissions import PartnerCapability

AREA = pgtrigger.Trigger(
    name="b_area",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("territory_id"),
    declare=[("label", "text"), ("place", "text"), ("node_path", "ltree"), ("width", "numeric")],
    func="""
        place := '0.';
        width := 1;
        IF NEW.territory_id IS NOT NULL THEN
            SELECT path INTO node_path FROM partners_territory
            WHERE id = NEW.territory_id AND network_id = NEW.network_id FOR SHARE;
            FOREACH label IN ARRAY string_to_array(node_path::text, '.') LOOP
                place := place || lpad(label, 12, '0');
            END LOOP;
            width := ('0.' || repeat('0', 12 * nlevel(node_path) - 1) || '1')::numeric;
        END IF;
        NEW.area := numrange((place || '0')::numeric, (place || '0')::numeric + width);
        RETURN NEW;
    """,
)
"""A territory as a stretch of the numbers from 0 to 1: the ids of its path, twelve digits each, behind the
point.

Stretches of two territories overlap exactly when one lies in the other, so an exclusion constraint can tell;
without a territory it is all of them.
"""


class Activity(models.TextChoices):
    """What a partner is authorised to do."""

    SELL = "sell", _("Sell")
    SERVICE = "service", _("Service")
    PARTS = "parts", _("Parts")


class DateRange(Func):
    """From the first to the last day, both included; no last day is for good."""

    function = "daterange"
    template = "%(function)s(%(expressions)s)"


class AuthorisationQuerySet(NetworkQuerySet["Authorisation"]):
    """Authorisations of the current network."""

    def visible_to(self, actor: Actor, capability: str) -> "AuthorisationQuerySet":
        """Those of partners in sight. Whoever is only named as the supplier is a rival of those above."""
        return self.filter(partner__in=Partner.objects.visible_to(actor, capability).values("pk"))

    def live_on(self, day: Any) -> "AuthorisationQuerySet":
        """Those that are valid on a day."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


@tracked(name="AuthorisationEvent", exclude=["area"])
class Authorisation(NetworkModel):
    """A partner may do an activity for a product line in a territory and everything in it (null: everywhere).

    `valid_from` and `valid_to` are days of the network's time zone, both included. `is_exclusive`: nobody but
    this partner and its downstream. `supplier` is the partner from whom it buys this line there; null is its
    parent in the tree. `area` is the territory as the exclusion constraint reads it, written by a trigger.
    """

    view_capability: ClassVar[str] = PartnerCapability.VIEW

    partner = SameNetworkKey("partners.Partner", related_name="authorisations", verbose_name=_("partner"))
    product_line = SameNetworkKey(
        "partners.ProductLine", related_name="authorisations", verbose_name=_("product line")
    )
    territory = SameNetworkKey(
        "partners.Territory",
        null=True,
        blank=True,
        related_name="authorisations",
        verbose_name=_("territory"),
    )
    activity = models.CharField(_("activity"), max_length=8, choices=Activity.choices)
    is_exclusive = models.BooleanField(_("exclusive"), default=False)
    supplier = SameNetworkKey(
        "partners.Partner", null=True, blank=True, related_name="supplies", verbose_name=_("buys it from")
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    area = DecimalRangeField(null=True, editable=False)

    objects: Any = AuthorisationQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("authorisation")
        verbose_name_plural = _("authorisations")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["partner"], name="partners_authorisation_partner_fk"),
            SameNetwork(fields=["product_line"], name="partners_authorisation_line_fk"),
            SameNetwork(fields=["territory"], name="partners_authorisation_territory_fk"),
            SameNetwork(fields=["supplier"], name="partners_authorisation_supplier_fk"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="partners_authorisation_days",
            ),
            models.CheckConstraint(
                condition=Q(supplier=None) | ~Q(supplier=F("partner")),
                name="partners_authorisation_not_its_own_supplier",
            ),
            ExclusionConstraint(
                name="partners_authorisation_exclusive",
                expressions=[
                    ("network", RangeOperators.EQUAL),
                    ("product_line", RangeOperators.EQUAL),
                    ("activity", RangeOperators.EQUAL),
                    ("area", RangeOperators.OVERLAPS),
                    (
                        DateRange("valid_from", "valid_to", RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(is_exclusive=True),
            ),
            ExclusionConstraint(
                name="partners_authorisation_once",
                expressions=[
                    ("network", RangeOperators.EQUAL),
                    ("partner", RangeOperators.EQUAL),
                    ("product_line", RangeOperators.EQUAL),
                    ("activity", RangeOperators.EQUAL),
                    (Coalesce("territory", Value(0)), RangeOperators.EQUAL),
                    (
                        DateRange("valid_from", "valid_to", RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [
            models.Index(fields=["network", "partner", "activity"], name="partners_authorisation_of"),
            models.Index(
                fields=["network", "supplier"],
                condition=Q(supplier__isnull=False),
                name="partners_authorisation_by",
            ),
        ]
        triggers = [AREA]

    def get_absolute_url(self) -> str:
        """The tab on the partner's page."""
        return f"{reverse('partners:detail', args=[self.partner.uid])}?tab=authorisations"

    def __str__(self) -> str:
        """Reads the line and the territory: select them with the row."""
        where = str(self.territory) if self.territory_id else str(_("everywhere"))
        return f"{self.product_line} · {self.get_activity_display()} · {where}"
