"""How a network lets people in: its policy, its identity providers, and the way over from another network."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, NetworkQuerySet, SameNetworkKey

SHORTEST, LONGEST = 12, 64
MOST_HOURS = 720


class LoginMethod(models.TextChoices):
    """Ways in. What else a login asks for (a second factor) is another matter."""

    PASSWORD = "password", _("Password")
    CODE = "code", _("Code by e-mail")
    PASSKEY = "passkey", _("Passkey")
    OIDC = "oidc", _("Identity provider of the network")


def all_methods() -> list[str]:
    """What a network allows unless it says otherwise."""
    return [str(method) for method in LoginMethod]


class LoginPolicy(NetworkModel):
    """A network's rules for entering it. A network without a row has the defaults.

    `mfa_roles` are roles whose holders enter only with a second factor. A session ends after `idle_hours`
    without a request and `absolute_hours` after the login. `password_length` is asked when a password is set.
    """

    network: Any = models.OneToOneField(
        "accounts.Network", on_delete=models.PROTECT, related_name="login_policy"
    )
    mfa_roles = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("second factor for")
    )
    allowed_methods = ArrayField(
        models.CharField(max_length=10, choices=LoginMethod.choices),
        default=all_methods,
        verbose_name=_("ways to log in"),
    )
    password_length = models.PositiveSmallIntegerField(
        _("shortest password"),
        default=SHORTEST,
        validators=[MinValueValidator(SHORTEST), MaxValueValidator(LONGEST)],
    )
    idle_hours = models.PositiveSmallIntegerField(
        _("hours without a request until a session ends"),
        default=72,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_HOURS)],
    )
    absolute_hours = models.PositiveSmallIntegerField(
        _("hours after which a session ends"),
        default=336,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_HOURS)],
    )

    objects: Any = NetworkQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("login policy")
        verbose_name_plural = _("login policies")
        constraints = [
            *NetworkModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(password_length__range=(SHORTEST, LONGEST)), name="accounts_loginpolicy_length"
            ),
            models.CheckConstraint(
                condition=Q(idle_hours__range=(1, MOST_HOURS), absolute_hours__range=(1, MOST_HOURS)),
                name="accounts_loginpolicy_hours",
            ),
            models.CheckConstraint(
                condition=Q(allowed_methods__len__gt=0), name="accounts_loginpolicy_some_way_in"
            ),
        ]

    def __str__(self) -> str:
        return str(_("Login policy"))


class IdentityProvider(NetworkModel):
    """An OpenID Connect provider of the network. Its identities are good on this network and nowhere else.

    `secret` is sealed (`dnm.accounts.sealing`): it goes in and is never shown again. `proves_factor` says
    that the provider itself asks for a second factor, so that the network need not.
    """

    slug = models.SlugField(_("name in addresses"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    issuer = models.URLField(_("issuer"), max_length=250)
    client_id = models.CharField(_("client id"), max_length=250)
    secret = models.TextField(editable=False)
    proves_factor = models.BooleanField(_("asks for a second factor itself"), default=False)
    is_enabled = models.BooleanField(_("offered at the login"), default=True)

    objects: Any = NetworkQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("identity provider")
        verbose_name_plural = _("identity providers")
        constraints = [
            *NetworkModel.Meta.constraints,
            models.UniqueConstraint(fields=["network", "slug"], name="accounts_identityprovider_slug"),
        ]

    def __str__(self) -> str:
        return self.name


class NetworkIdentity(NetworkModel):
    """A person as a provider of this network knows it: `subject` is the provider's own word for the person.

    Never found by an e-mail address: the person connects it when logged in with an authenticator of its own.
    """

    provider = SameNetworkKey(
        "accounts.IdentityProvider", on_delete=models.CASCADE, related_name="identities"
    )
    subject = models.CharField(max_length=255)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(_("connected"))

    objects: Any = NetworkQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["provider"], name="accounts_networkidentity_provider_fk"),
            models.UniqueConstraint(
                fields=["network", "provider", "subject"], name="accounts_networkidentity_subject"
            ),
            models.UniqueConstraint(
                fields=["network", "provider", "user"], name="accounts_networkidentity_one"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class HandOver(NetworkModel):
    """A way over from another network's session, bound to this network's host: once, and for seconds.

    `method` is how that session began and `factor` whether a second factor was given there; this network's
    policy judges both. `from_host` is where the browser must come from.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    from_host = models.CharField(max_length=260)
    method = models.CharField(max_length=12)
    factor = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects: Any = NetworkQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        constraints = [
            *NetworkModel.Meta.constraints,
            models.UniqueConstraint(fields=["network", "digest"], name="accounts_handover_digest"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="accounts_handover_expires"
            ),
        ]

    @staticmethod
    def new_secret() -> str:
        return secrets.token_urlsafe(32)

    @staticmethod
    def digest_of(secret: str) -> str:
        """SHA-256 in hexadecimal: the secret has 256 random bits."""
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def take(cls, secret: str, from_host: str, at: datetime) -> "HandOver | None":
        """Use one up, in the current network. None: not here, used, late, or from somewhere else."""
        usable = cls.objects.filter(
            digest=cls.digest_of(secret), from_host=from_host, used_at__isnull=True, expires_at__gt=at
        )
        if not usable.update(used_at=at):
            return None
        rows = cls.objects.select_related("user")
        return rows.get(digest=cls.digest_of(secret))  # type: ignore[no-any-return]
