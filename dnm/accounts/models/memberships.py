"""A person in one network, and the machine keys that act for that membership."""

import hashlib
import secrets
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dnm.accounts.history import tracked
from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, NetworkQuerySet, SameNetworkKey


class MembershipState(models.TextChoices):
    """A locked member keeps history and loses the door; a removed one comes back by invitation only."""

    ACTIVE = "active", _("Active")
    LOCKED = "locked", _("Locked")
    REMOVED = "removed", _("Removed")


@tracked(name="MembershipEvent")
class Membership(NetworkModel):
    """A user in a network. Roles are held by the membership, never by the user."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="memberships")
    title = models.CharField(_("job title"), max_length=120, blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=MembershipState.choices, default=MembershipState.ACTIVE
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta(NetworkModel.Meta):
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            *NetworkModel.Meta.constraints,
            models.UniqueConstraint(fields=["network", "user"], name="accounts_membership_user"),
        ]

    def __str__(self) -> str:
        return str(self.user)

    def get_absolute_url(self) -> str:
        return reverse("partners:member", args=[self.uid])

    @property
    def state_tone(self) -> str:
        return "good" if self.state == MembershipState.ACTIVE else "bad"


class ApiTokenQuerySet(NetworkQuerySet["ApiToken"]):
    """Tokens of the current network."""

    def usable(self, at: datetime) -> "ApiTokenQuerySet":
        """Neither revoked nor expired, of a member who may still log in."""
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=at),
            revoked_at__isnull=True,
            membership__state=MembershipState.ACTIVE,
            membership__user__is_active=True,
        )


class ApiToken(NetworkModel):
    """A secret that acts for one membership. Only its SHA-256 is kept; the secret is shown once."""

    PREFIX = "dnm_"

    membership = SameNetworkKey("accounts.Membership", on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    hint = models.CharField(_("begins with"), max_length=12)
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["membership"], name="accounts_apitoken_membership_fk"),
            models.UniqueConstraint(fields=["network", "digest"], name="accounts_apitoken_digest"),
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest_of(secret: str) -> str:
        """SHA-256 in hexadecimal: the secret has 256 random bits, so no salt or stretching is needed."""
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def new_secret(cls) -> str:
        return cls.PREFIX + secrets.token_urlsafe(32)
