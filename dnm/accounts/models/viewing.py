"""Looking at the portal through another member's eyes: who, whose, why, from when until when."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, NetworkQuerySet, SameNetworkKey

LONGEST = timedelta(minutes=30)


class ViewAs(NetworkModel):
    """One such look. It reads, it never writes; it ends by itself.

    `viewer` is the administrator who looks, `target` the member whose rights decide what is seen. The session
    in which it began names it by `uid`; a row that has ended or run out opens nothing.
    """

    viewer = SameNetworkKey("accounts.Membership", related_name="+")
    target = SameNetworkKey("accounts.Membership", related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    started_at = models.DateTimeField(_("from"))
    expires_at = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects: Any = NetworkQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("look through another member's eyes")
        verbose_name_plural = _("looks through other members' eyes")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["viewer"], name="accounts_viewas_viewer_fk"),
            SameNetwork(fields=["target"], name="accounts_viewas_target_fk"),
            models.UniqueConstraint(
                fields=["network", "viewer"], condition=Q(ended_at=None), name="accounts_viewas_one_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(viewer=F("target")), name="accounts_viewas_not_oneself"),
            models.CheckConstraint(condition=~Q(reason=""), name="accounts_viewas_has_reason"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("started_at")) & Q(expires_at__lte=F("started_at") + LONGEST),
                name="accounts_viewas_is_short",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.viewer_id} → {self.target_id}"
