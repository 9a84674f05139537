"""Reading a network's login policy, and judging a session by it."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from dnm.accounts.models import LoginPolicy, Network, User
from dnm.accounts.tenancy import network_context

NETWORK, METHOD, BEGAN, SEEN, FACTOR = "network", "method", "began", "seen", "factor"
"""What a session says of itself: on whose host it began, how, when, when it was last used, and by whose
second factor (a user's key).
"""
SEEN_EVERY = 300
"""Seconds between two notes that a session is in use."""
RECORDS, RECORDS_OF = "account_authentication_methods", "account_authentication_methods_user"
"""Where allauth keeps how a session was authenticated."""
WITHOUT_POLICY = frozenset({"", "invitation", "demo"})
"""Ways in that no policy is asked about: the acceptance of an invitation, the demo's links."""


def policy_of(network: Network) -> LoginPolicy:
    """The network's policy, or the defaults. Inside the network's context."""
    found = LoginPolicy.objects.filter(network=network).first()
    return found or LoginPolicy(network=network)  # type: ignore[no-any-return]


def has_factor(session: Mapping[str, Any], user: User) -> bool:
    """Whether a second factor of this very person was given in the session."""
    if session.get(FACTOR) == user.pk:
        return True
    records = session.get(RECORDS) if session.get(RECORDS_OF) == str(user.pk) else None
    return any(record.get("method") == "mfa" for record in records or [])


def needs_factor(policy: LoginPolicy, roles: Collection[str]) -> bool:
    """Whether somebody with these roles enters only with a second factor."""
    return not frozenset(policy.mfa_roles).isdisjoint(roles)


def stands(session: Mapping[str, Any], policy: LoginPolicy, at: datetime) -> bool:
    """Whether the session may still be used here: young enough, used lately, begun in an allowed way."""
    now = at.timestamp()
    began, seen = session.get(BEGAN, now), session.get(SEEN, now)
    if now - began > timedelta(hours=policy.absolute_hours).total_seconds():
        return False
    if now - seen > timedelta(hours=policy.idle_hours).total_seconds():
        return False
    return allows(policy, session.get(METHOD, ""))


def allows(policy: LoginPolicy, method: str) -> bool:
    """Whether the network lets people in this way."""
    return method in WITHOUT_POLICY or method in policy.allowed_methods


def note_use(session: Any, at: datetime) -> None:
    """Keep that the session is in use, at most every few minutes."""
    now = at.timestamp()
    session.setdefault(BEGAN, now)
    if now - session.get(SEEN, 0) > SEEN_EVERY:
        session[SEEN] = now


def shortest_password(user: User | None, network: Network | None) -> int:
    """The strictest wish of the networks that the person belongs to, and of this one."""
    networks = {network} if network else set()
    if user is not None and user.pk:
        networks |= set(Network.objects.filter(pk__in=networks_of(user), is_active=True))
    wishes = [LoginPolicy._meta.get_field("password_length").default]
    for one in networks:
        with network_context(one):
            wishes.append(policy_of(one).password_length)
    return int(max(wishes))


def networks_of(user: User) -> list[int]:
    """The networks in which the person has a membership, by key: the one question that crosses networks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_networks_of(%s)", [user.pk])
        return [int(row[0]) for row in cursor.fetchall()]
