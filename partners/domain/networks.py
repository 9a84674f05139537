"""Founding networks, and keeping their settings and host names."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import list_currencies
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import Network, NetworkDomain, User
from dnm.accounts.models.networks import RESERVED_SLUGS
from dnm.accounts.tenancy import network_context
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise_everywhere
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from dnm.web.theme import is_legible
from partners.domain.access import grant_role
from partners.domain.calendars import DEFAULT_HOURS
from partners.domain.facts import put_facts
from partners.domain.people import add_member
from partners.events import NetworkChanged, NetworkFounded, OperatorLookedIn
from partners.models import BusinessCalendar, Partner, PartnerKind, Territory
from partners.permissions import PartnerCapability
from partners.roles import Role
from partners.states import PartnerState

OWN_SETTINGS = frozenset({"portal_name", "accent", "language", "locale", "consent_text", "embedding_sites"})
"""What the network's own administrator decides."""
FRAME = frozenset({"name", "country", "currency", "time_zone", "is_active"})
"""What the platform's operators decide: numbers and clocks of the whole network hang on it."""
SLUG = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
SITE = re.compile(r"https://[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?(:[0-9]{2,5})?")
MOST_SITES = 50


def operator_actor(operator: User, network: Network) -> Actor:
    """The name under which an operator stands in a network's log. Raises `NotAllowed` for anybody else."""
    if not operator.is_staff:
        raise NotAllowed
    return Actor.system(f"Platform operator {operator}", network.pk)


@transaction.atomic
def found_network(
    *,
    slug: str,
    name: str,
    country: str,
    currency: str,
    time_zone: str,
    administrator_email: str,
    administrator_name: str,
    operator: User,
    at: datetime,
    language: str = "en",
    locale: str = "en_IN",
) -> Network:
    """Begin a network: root territory, brand owner, business calendar and the first administrator.

    Runs where operators write networks (the operators' host). The administrator logs in by a code to the
    e-mail address; a login that exists already is joined. Raises `NotAllowed`, `Invalid`, `Conflict`.
    """
    if not operator.is_staff:
        raise NotAllowed
    if not SLUG.fullmatch(slug) or slug in RESERVED_SLUGS:
        raise Invalid(fields={"slug": _("This slug cannot be used.")})
    if Network.objects.filter(slug=slug).exists():
        raise Conflict(_("There is a network %(slug)s already.") % {"slug": slug}, code="slug-taken")
    network = Network(
        slug=slug,
        name=name.strip(),
        country=country,
        currency=currency,
        time_zone=time_zone,
        language=language,
        locale=locale,
    )
    _check(network)
    network.save(force_insert=True)
    with network_context(network):
        _furnish(
            network, administrator_email, administrator_name, actor=operator_actor(operator, network), at=at
        )
    return network


@transaction.atomic
def update_network(*, network: Network, changes: Mapping[str, Any], actor: Actor, at: datetime) -> Network:
    """Change settings of a network; a new consent text gets a new version by itself.

    Administrators change `OWN_SETTINGS`, an operator's actor also `FRAME`. Runs in the network's context.
    """
    authorise_everywhere(actor, PartnerCapability.MANAGE_NETWORK, system=True)
    if network.pk != actor.network_id:
        raise NotAllowed
    network = Network.objects.select_for_update().get(pk=network.pk)
    changed = put_facts(network, changes, allowed=OWN_SETTINGS | FRAME if actor.is_system else OWN_SETTINGS)
    if not changed:
        return network
    if "consent_text" in changed:
        network.consent_version = _next_version(network.consent_version)
        changed.append("consent_version")
    _check(network, changed)
    network.save(update_fields=changed)
    publish(NetworkChanged(fields=changed), subject=network, actor=actor, at=at)
    return network


@transaction.atomic
def add_domain(*, network: Network, host: str, operator: User, at: datetime) -> NetworkDomain:
    """Let the network answer at a host name of its own. Raises `NotAllowed`, `Invalid`, `Conflict`."""
    actor = operator_actor(operator, network)
    host = host.strip().lower().rstrip(".")
    base = settings.BASE_DOMAIN
    if not HOST.fullmatch(host):
        raise Invalid(fields={"host": _("This is not a host name.")})
    if host == base or host.endswith(f".{base}"):
        raise Invalid(fields={"host": _("Names below %(base)s follow from the slugs.") % {"base": base}})
    if NetworkDomain.objects.filter(host=host).exists():
        raise Conflict(_("A network answers at %(host)s already.") % {"host": host}, code="host-taken")
    with network_context(network):
        domain = NetworkDomain.objects.create(network=network, host=host)
        publish(NetworkChanged(fields=["domains"]), subject=network, actor=actor, at=at)
    return domain


@transaction.atomic
def remove_domain(*, network: Network, host: str, operator: User, at: datetime) -> None:
    """Let the network no longer answer at the host name. Raises `NotAllowed`, `Invalid` when it does not."""
    actor = operator_actor(operator, network)
    with network_context(network):
        removed, _kinds = NetworkDomain.objects.filter(network=network, host=host.strip().lower()).delete()
        if not removed:
            raise Invalid(fields={"host": _("The network does not answer there.")})
        publish(NetworkChanged(fields=["domains"]), subject=network, actor=actor, at=at)


@transaction.atomic
def look_in(*, network: Network, operator: User, at: datetime) -> None:
    """Tell the network, in its own log, that an operator looks at its background work from now on."""
    actor = operator_actor(operator, network)
    with network_context(network):
        publish(OperatorLookedIn(), subject=network, actor=actor, at=at)


def network_of(actor: Actor) -> Any:
    """The actor's own network, as a queryset of one."""
    return Network.objects.filter(pk=actor.network_id)


def _furnish(network: Network, email: str, person: str, *, actor: Actor, at: datetime) -> None:
    root = Territory.objects.create(network=network, name=network.name, code="root", kind="network")
    root.refresh_from_db()
    brand = Partner.objects.create(
        network=network,
        code="brand",
        trade_name=network.name,
        kind=PartnerKind.BRAND_OWNER,
        state=PartnerState.LIVE,
        state_changed_at=at,
        territory=root,
        created_at=at,
    )
    BusinessCalendar.objects.create(
        network=network, name=_("Standard"), time_zone=network.time_zone, hours=dict(DEFAULT_HOURS)
    )
    publish(NetworkFounded(), subject=network, actor=actor, at=at)
    member = add_member(email=email, name=person, partner=brand, actor=actor, at=at)
    grant_role(membership=member, role=Role.NETWORK_ADMINISTRATOR, node=root, actor=actor, at=at)


def _next_version(version: str) -> str:
    return str(int(version) + 1) if version.isdecimal() else f"{version}.1"[:20]


def _check(network: Network, changed: Collection[str] | None = None) -> None:
    """Of a network that stands, only what was changed: a language may have gone since it was chosen."""
    checks = {
        "name": (bool(network.name.strip()), _("Give a name.")),
        "country": (_is_country(network.country), _("A country's code of two letters, like IN.")),
        "currency": (network.currency in list_currencies(), _("A currency's code, like INR.")),
        "time_zone": (network.time_zone in available_timezones(), _("There is no such time zone.")),
        "language": (network.language in dict(settings.LANGUAGES), _("The portal does not speak this.")),
        "locale": (_is_locale(network.locale), _("A locale like en_IN.")),
        "accent": (
            _is_accent(network.accent),
            _("White text on this colour could not be read: take a darker one."),
        ),
        "embedding_sites": (
            len(network.embedding_sites) <= MOST_SITES and all(map(_is_site, network.embedding_sites)),
            _("Write each site like https://www.example.com, at most 50."),
        ),
    }
    looked_at = checks if changed is None else changed
    faults = {name: sentence for name, (holds, sentence) in checks.items() if name in looked_at and not holds}
    if faults:
        raise Invalid(fields=faults)


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code in Locale("en").territories


def _is_locale(name: str) -> bool:
    try:
        return Locale.parse(name).territory is not None
    except (UnknownLocaleError, ValueError):
        return False


def _is_accent(colour: str) -> bool:
    return re.fullmatch(r"#[0-9a-f]{6}", colour) is not None and is_legible(colour)


def _is_site(site: Any) -> bool:
    """An origin and nothing else: the list goes into a response header."""
    return isinstance(site, str) and SITE.fullmatch(site) is not None
