"""How the network lets people in: its policy and its identity providers, kept by its administrator."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import IdentityProvider, LoginMethod, LoginPolicy
from dnm.accounts.models.login import LONGEST, MOST_HOURS, SHORTEST
from dnm.accounts.sealing import seal
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise_everywhere
from dnm.scoping.errors import Conflict, Invalid
from partners.domain.facts import put_facts
from partners.events.login import IdentityProviderAdded, IdentityProviderChanged, LoginPolicyChanged
from partners.permissions import PartnerCapability
from partners.roles import Role

POLICY_FACTS = frozenset({"mfa_roles", "allowed_methods", "password_length", "idle_hours", "absolute_hours"})
PROVIDER_FACTS = frozenset({"name", "issuer", "client_id", "proves_factor", "is_enabled"})


def policy_row(network_id: int) -> LoginPolicy:
    """The network's policy as a row, made with the defaults when there is none yet."""
    found, _made = LoginPolicy.objects.get_or_create(network_id=network_id)
    return found  # type: ignore[no-any-return]


@transaction.atomic
def update_login_policy(*, changes: Mapping[str, Any], actor: Actor, at: datetime) -> LoginPolicy:
    """Change the rules for entering the network: sessions feel them with their next request.

    Raises `NotAllowed`, `Invalid`; an administrator cannot shut every way in, or hours that make no sense.
    """
    authorise_everywhere(actor, PartnerCapability.MANAGE_NETWORK)
    policy_row(actor.network_id)
    policy = LoginPolicy.objects.select_for_update().get(network_id=actor.network_id)
    changed = put_facts(policy, changes, allowed=POLICY_FACTS)
    if not changed:
        return policy  # type: ignore[no-any-return]
    _check_policy(policy)
    policy.save(update_fields=changed)
    publish(LoginPolicyChanged(fields=changed), subject=policy, actor=actor, at=at)
    return policy  # type: ignore[no-any-return]


@transaction.atomic
def add_identity_provider(
    *,
    slug: str,
    name: str,
    issuer: str,
    client_id: str,
    secret: str,
    actor: Actor,
    at: datetime,
    proves_factor: bool = False,
    is_enabled: bool = True,
) -> IdentityProvider:
    """Offer login by an OpenID Connect provider. Raises `NotAllowed`, `Invalid`, `Conflict`."""
    authorise_everywhere(actor, PartnerCapability.MANAGE_NETWORK)
    if not secret:
        raise Invalid(fields={"secret": _("The provider's secret is needed.")})
    row = IdentityProvider(
        network_id=actor.network_id, slug=slug, name=name, issuer=issuer, client_id=client_id,
        secret=seal(secret), proves_factor=proves_factor, is_enabled=is_enabled,
    )  # fmt: skip
    _check_issuer(row.issuer)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Conflict(_("There is a provider of this name."), code="slug-taken") from None
    publish(IdentityProviderAdded(slug=slug), subject=row, actor=actor, at=at)
    return row


@transaction.atomic
def update_identity_provider(
    *, provider: IdentityProvider, changes: Mapping[str, Any], actor: Actor, at: datetime
) -> IdentityProvider:
    """Change settings of a provider; `secret` only when one is given. Raises `NotAllowed`, `Invalid`."""
    authorise_everywhere(actor, PartnerCapability.MANAGE_NETWORK)
    row = IdentityProvider.objects.select_for_update().get(pk=provider.pk)
    secret = str(changes.get("secret") or "")
    facts = {name: value for name, value in changes.items() if name != "secret"}
    changed = put_facts(row, facts, allowed=PROVIDER_FACTS)
    if secret:
        row.secret = seal(secret)
        changed.append("secret")
    if not changed:
        return row  # type: ignore[no-any-return]
    _check_issuer(row.issuer)
    row.save(update_fields=changed)
    publish(IdentityProviderChanged(fields=changed), subject=row, actor=actor, at=at)
    return row  # type: ignore[no-any-return]


def policies_of(actor: Actor) -> Any:
    """The policy of the actor's network, as a queryset of one."""
    policy_row(actor.network_id)
    return LoginPolicy.objects.filter(network_id=actor.network_id)


def providers_of(actor: Actor) -> Any:
    """The network's providers, offered or not."""
    return IdentityProvider.objects.filter(network_id=actor.network_id)


def _check_policy(policy: LoginPolicy) -> None:
    known = set(map(str, Role))
    checks = {
        "mfa_roles": (set(policy.mfa_roles) <= known, _("There is no such role.")),
        "allowed_methods": (
            bool(policy.allowed_methods) and set(policy.allowed_methods) <= set(LoginMethod.values),
            _("Leave at least one way in."),
        ),
        "password_length": (
            SHORTEST <= policy.password_length <= LONGEST,
            _("Between %(least)d and %(most)d characters.") % {"least": SHORTEST, "most": LONGEST},
        ),
        "idle_hours": (
            1 <= policy.idle_hours <= policy.absolute_hours,
            _("At least one hour, and no more than the whole length of a session."),
        ),
        "absolute_hours": (1 <= policy.absolute_hours <= MOST_HOURS, _("At most 30 days.")),
    }
    faults = {field: sentence for field, (holds, sentence) in checks.items() if not holds}
    if faults:
        raise Invalid(fields=faults)


def _check_issuer(issuer: str) -> None:
    parts = urlsplit(issuer)
    if not parts.hostname or (parts.scheme != "https" and not settings.OIDC_PRIVATE_ADDRESSES):
        raise Invalid(fields={"issuer": _("An address that begins with https://")})
