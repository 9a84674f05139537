"""Figures by day and place, and how far each metric is filled."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy.models import NetworkModel
from dnm.scoping.models import ScopedModel


class Figure(ScopedModel):
    """One cell of the rollup: a metric, a day, a place.

    Abstract, because partners are known upstairs: the concrete table adds `partner`, `territory` and
    `product_line`, and with them the scope of every other row.
    """

    metric = models.CharField(_("metric"), max_length=60)
    version = models.PositiveSmallIntegerField(_("version"))
    day = models.DateField(_("day"))
    numerator = models.DecimalField(_("numerator"), max_digits=20, decimal_places=4)
    denominator = models.DecimalField(_("denominator"), max_digits=20, decimal_places=4)

    class Meta(NetworkModel.Meta):
        abstract = True


class FillState(NetworkModel):
    """How far a metric of a network is filled.

    `event_id` is the newest event that was surely seen: transactions commit out of order, so it stays a few
    minutes behind, and what lies after it is looked at again. `filled_at` is the as-of of every figure.
    """

    metric = models.CharField(_("metric"), max_length=60)
    version = models.PositiveSmallIntegerField(_("version"), default=0)
    event_id = models.BigIntegerField(null=True)
    filled_at = models.DateTimeField(_("as of"), null=True)

    class Meta(NetworkModel.Meta):
        verbose_name = _("fill state")
        verbose_name_plural = _("fill states")
        constraints = [
            *NetworkModel.Meta.constraints,
            models.UniqueConstraint(fields=["network", "metric"], name="metrics_fillstate_metric"),
        ]

    def __str__(self) -> str:
        return self.metric
