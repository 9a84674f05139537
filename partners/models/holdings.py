"""Who belongs to which partner, and who holds which role where.

A holding is django-guardian's object permission `hold_<role>` on a node, with the membership, and the
territory, product lines and dates that narrow it. One row a grant, whatever lies below the node.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from dnm.accounts.history import tracked
from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, NetworkQuerySet, SameNetworkKey
from partners.roles import ROLE_LABELS


class Affiliation(NetworkModel):
    """The partner that a membership belongs to: the organisation on the person's card. It grants nothing."""

    membership = SameNetworkKey("accounts.Membership", on_delete=models.CASCADE, related_name="affiliations")
    partner = SameNetworkKey("partners.Partner", related_name="affiliations")

    class Meta(NetworkModel.Meta):
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["membership"], name="partners_affiliation_membership_fk"),
            SameNetwork(fields=["partner"], name="partners_affiliation_partner_fk"),
            models.UniqueConstraint(fields=["network", "membership"], name="partners_affiliation_one"),
        ]

    def __str__(self) -> str:
        return f"{self.membership} · {self.partner}"


class Holding(NetworkModel, UserObjectPermissionBase):
    """A role held at a node by a membership (abstract).

    `within_territory` narrows it to a part of the geography, `product_line_ids` to some lines (null: all),
    `valid_from` and `valid_to` (both inclusive, in the network's time zone) to a time.
    """

    membership = SameNetworkKey("accounts.Membership", on_delete=models.CASCADE, related_name="%(class)ss")
    within_territory = SameNetworkKey(
        "partners.Territory", null=True, blank=True, related_name="+", verbose_name=_("within territory")
    )
    product_line_ids = ArrayField(models.IntegerField(), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects: Any = NetworkQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        abstract = True

    def __str__(self) -> str:
        """Reads membership, permission and node: select them with the row."""
        return f"{self.membership} · {ROLE_LABELS[self.role]} · {self.content_object}"  # type: ignore[index, attr-defined]

    @property
    def role(self) -> str:
        """The role that the guardian permission stands for."""
        return self.permission.codename.removeprefix("hold_")


@tracked(name="PartnerHoldingEvent")
class PartnerHolding(Holding):
    """A role held at a partner and everything below it."""

    content_object = SameNetworkKey("partners.Partner", on_delete=models.CASCADE, related_name="holdings")

    class Meta(NetworkModel.Meta):
        verbose_name = _("role at a partner")
        verbose_name_plural = _("roles at partners")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["membership"], name="partners_partnerholding_membership_fk"),
            SameNetwork(fields=["content_object"], name="partners_partnerholding_node_fk"),
            SameNetwork(fields=["within_territory"], name="partners_partnerholding_within_fk"),
            models.UniqueConstraint(
                fields=["network", "membership", "permission", "content_object"],
                name="partners_partnerholding_once",
            ),
        ]
        indexes = [models.Index(fields=["network", "content_object"], name="partners_partnerholding_node")]


@tracked(name="TerritoryHoldingEvent")
class TerritoryHolding(Holding):
    """A role held at a territory and everything below it."""

    content_object = SameNetworkKey("partners.Territory", on_delete=models.CASCADE, related_name="holdings")

    class Meta(NetworkModel.Meta):
        verbose_name = _("role at a territory")
        verbose_name_plural = _("roles at territories")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["membership"], name="partners_territoryholding_membership_fk"),
            SameNetwork(fields=["content_object"], name="partners_territoryholding_node_fk"),
            SameNetwork(fields=["within_territory"], name="partners_territoryholding_within_fk"),
            models.UniqueConstraint(
                fields=["network", "membership", "permission", "content_object"],
                name="partners_territoryholding_once",
            ),
        ]
        indexes = [models.Index(fields=["network", "content_object"], name="partners_terrholding_node")]
