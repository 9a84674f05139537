"""The record of moves in the organisation, done and planned."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, NetworkQuerySet, SameNetworkKey


class PartnerMove(NetworkModel):
    """A partner gets another parent on a day: from `from_parent` (known when done) to `to_parent`.

    Planned while neither `done_at` nor `dropped_at` is set. A planned move runs under the rights that
    `membership`, who ordered it, has on the day. Read by those who may move the partner: the names of a
    former and a coming upstream are nobody else's business.
    """

    partner = SameNetworkKey("partners.Partner", related_name="moves", verbose_name=_("partner"))
    from_parent = SameNetworkKey(
        "partners.Partner", null=True, related_name="+", db_index=False, verbose_name=_("bought from")
    )
    to_parent = SameNetworkKey(
        "partners.Partner", related_name="+", db_index=False, verbose_name=_("buys from")
    )
    effective_on = models.DateField(_("from"))
    reason = models.CharField(_("reason"), max_length=250)
    membership = SameNetworkKey(
        "accounts.Membership", null=True, related_name="+", db_index=False, verbose_name=_("ordered by")
    )
    tree_move = SameNetworkKey(
        "scoping.TreeMove", null=True, related_name="+", db_index=False, verbose_name=_("rewriting")
    )
    ordered_at = models.DateTimeField(_("ordered"))
    done_at = models.DateTimeField(_("done"), null=True)
    dropped_at = models.DateTimeField(_("dropped"), null=True)
    dropped_why = models.CharField(_("why dropped"), max_length=250, blank=True)

    objects: Any = NetworkQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("move of a partner")
        verbose_name_plural = _("moves of partners")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["partner"], name="partners_partnermove_partner_fk"),
            SameNetwork(fields=["from_parent"], name="partners_partnermove_from_fk"),
            SameNetwork(fields=["to_parent"], name="partners_partnermove_to_fk"),
            SameNetwork(fields=["membership"], name="partners_partnermove_membership_fk"),
            SameNetwork(fields=["tree_move"], name="partners_partnermove_tree_move_fk"),
            models.UniqueConstraint(
                fields=["network", "partner"],
                condition=Q(done_at=None, dropped_at=None),
                name="partners_partnermove_one_planned",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(dropped_at=None), name="partners_partnermove_done_or_dropped"
            ),
            models.CheckConstraint(
                condition=~Q(partner=F("to_parent")), name="partners_partnermove_not_below_itself"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="partners_partnermove_needs_reason"),
        ]
        indexes = [
            models.Index(
                fields=["network", "effective_on"],
                condition=Q(done_at=None, dropped_at=None),
                name="partners_partnermove_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} → {self.to_parent_id}"

    @property
    def is_planned(self) -> bool:
        return self.done_at is None and self.dropped_at is None
