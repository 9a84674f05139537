"""The geography tree and the postal areas that lie in it."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, SameNetworkKey
from dnm.scoping.models import ScopedModel, TreeNode
from dnm.scoping.querysets import ReferenceQuerySet
from dnm.scoping.triggers import KeepsPlace, LevelTrigger, PathTrigger
from partners.roles import ROLE_LABELS, hold_permission

LATITUDE = Q(latitude__range=(-90, 90))
LONGITUDE = Q(longitude__range=(-180, 180))


class Territory(TreeNode, ScopedModel):
    """A node of the geography: country → zone → state → district, as the network names its levels.

    `latitude` and `longitude` (degrees, WGS 84) are the centroid. Geography is shared knowledge: every member
    reads all of it. Whether one may manage a territory follows from its level columns. A territory keeps its
    place: where the division changes, new ones are entered and what lies in them is given to them.
    """

    scope_anchors: ClassVar[dict[str, str]] = {"territory": "self"}

    name = models.CharField(_("name"), max_length=120)
    code = models.CharField(_("code"), max_length=60)
    kind = models.CharField(_("kind"), max_length=40, help_text=_("The network's name for this level."))
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)

    objects: Any = ReferenceQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        permissions = [(hold_permission(role), f"Holds {role}") for role in ROLE_LABELS]
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["parent"], name="partners_territory_parent_fk"),
            models.UniqueConstraint(fields=["network", "code"], name="partners_territory_code"),
            models.CheckConstraint(
                condition=LATITUDE & LONGITUDE | Q(latitude=None), name="partners_territory_place"
            ),
        ]
        indexes = [
            models.Index(fields=["network", "parent"], name="partners_territory_parent"),
        ]
        triggers = [PathTrigger(), LevelTrigger(anchors={"territory": "self"}), KeepsPlace()]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partners:territory", args=[self.uid])


class PostalArea(NetworkModel):
    """A postal code with its place, and the territory that serves it.

    Coordinates in degrees (WGS 84); null when the source had none worth trusting.
    """

    territory = SameNetworkKey("partners.Territory", related_name="postal_areas")
    country = models.CharField(_("country"), max_length=2)
    code = models.CharField(_("postal code"), max_length=12)
    name = models.CharField(_("place"), max_length=120, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)

    objects: Any = ReferenceQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("postal area")
        verbose_name_plural = _("postal areas")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["territory"], name="partners_postalarea_territory_fk"),
            models.UniqueConstraint(fields=["network", "country", "code"], name="partners_postalarea_code"),
            models.CheckConstraint(
                condition=LATITUDE & LONGITUDE | Q(latitude=None), name="partners_postalarea_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()
