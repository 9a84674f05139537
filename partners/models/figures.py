"""The rollup of all metrics, by day, partner, territory and product line."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, SameNetworkKey
from dnm.metrics.models import Figure
from dnm.scoping.models import level_indexes
from dnm.scoping.querysets import ScopedQuerySet
from dnm.scoping.triggers import LevelTrigger


class PartnerFigure(Figure):
    """One cell of the rollup. Written by `dnm.metrics.rolling` alone, read by `dnm.metrics.reading`."""

    scope_line_term: ClassVar[str | None] = "product_line_id__in"

    partner = SameNetworkKey("partners.Partner", related_name="+", db_index=False, verbose_name=_("partner"))
    territory = SameNetworkKey(
        "partners.Territory", related_name="+", db_index=False, verbose_name=_("territory")
    )
    product_line = SameNetworkKey(
        "partners.ProductLine", null=True, related_name="+", db_index=False, verbose_name=_("product line")
    )

    objects: Any = ScopedQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["partner"], name="partners_figure_partner_fk"),
            SameNetwork(fields=["territory"], name="partners_figure_territory_fk"),
            SameNetwork(fields=["product_line"], name="partners_figure_product_line_fk"),
            models.UniqueConstraint(
                fields=["network", "metric", "day", "partner", "territory", "product_line"],
                nulls_distinct=False,
                name="partners_figure_cell",
            ),
        ]
        indexes = level_indexes("partners_figure", "metric", "day")
        triggers = [LevelTrigger(anchors={"partner": "partner", "territory": "territory"})]
