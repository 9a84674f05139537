"""Networks (tenants) and the host names at which they answer."""

from zoneinfo import ZoneInfo

import uuid_utils.compat
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy.constraints import NetworkPolicy

RESERVED_SLUGS = frozenset({"admin", "www", "api", "static", "events", "mail"})


class NetworkQuerySet(models.QuerySet["Network"]):
    """Networks; readable before a network is known, because that is how it becomes known."""

    def at_host(self, host: str) -> "NetworkQuerySet":
        """The active network that answers at `host`: one of its own domains, or slug.<base domain>."""
        suffix = f".{settings.BASE_DOMAIN}"
        named = Q(domains__host=host)
        if host.endswith(suffix):
            named |= Q(slug=host[: -len(suffix)])
        return self.filter(named, is_active=True).distinct()


class Network(models.Model):
    """The tenant: one brand owner and everything it runs here.

    Locale, currency (ISO 4217) and time zone are the network's defaults; documents carry their own.
    """

    uid = models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, unique=True)
    slug = models.CharField(
        _("slug"),
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z][a-z0-9-]{1,38}[a-z0-9]$", _("Lower-case letters, digits and hyphens."))
        ],
    )
    name = models.CharField(_("name"), max_length=120)
    portal_name = models.CharField(_("portal name"), max_length=120, blank=True)
    country = models.CharField(
        _("country"), max_length=2, help_text=_("ISO 3166-1 code; phone numbers default to it.")
    )
    language = models.CharField(_("language"), max_length=12, default="en")
    locale = models.CharField(
        _("locale"), max_length=12, default="en_IN", help_text=_("Formats of numbers and dates.")
    )
    currency = models.CharField(_("currency"), max_length=3)
    time_zone = models.CharField(_("time zone"), max_length=64)
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        default="#0b6e69",
        validators=[RegexValidator(r"^#[0-9a-f]{6}$", _("A colour like #0b6e69."))],
    )
    embedding_sites = models.JSONField(
        _("sites that may embed the enquiry form"),
        default=list,
        blank=True,
        help_text=_("Origins, one a line."),
    )
    consent_text = models.TextField(_("consent text"), blank=True)
    consent_version = models.CharField(_("consent version"), max_length=20, default="1")
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = NetworkQuerySet.as_manager()

    class Meta:
        verbose_name = _("network")
        verbose_name_plural = _("networks")
        constraints = [
            NetworkPolicy(name="accounts_network_policy", column="id", readable_by_all=True),
            models.CheckConstraint(
                condition=~Q(slug__in=sorted(RESERVED_SLUGS)), name="accounts_network_slug_not_reserved"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """What the portal calls itself."""
        return self.portal_name or self.name

    def host(self) -> str:
        """The host name under which the network is told of: the first of its own domains, else the slug's."""
        domains = sorted(self.domains.all(), key=lambda domain: domain.pk)
        return domains[0].host if domains else f"{self.slug}.{settings.BASE_DOMAIN}"

    def address(self, path: str) -> str:
        """The full address of a page of the network's portal, for readers outside it."""
        return str(settings.PORTAL_ADDRESS.format(host=self.host())) + path

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class NetworkDomain(models.Model):
    """A host name of the network's own, besides slug.<base domain>."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="domains")
    host = models.CharField(_("host name"), max_length=253, unique=True)

    class Meta:
        verbose_name = _("network domain")
        verbose_name_plural = _("network domains")
        constraints = [NetworkPolicy(name="accounts_networkdomain_policy", readable_by_all=True)]

    def __str__(self) -> str:
        return self.host
