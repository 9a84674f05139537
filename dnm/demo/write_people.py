"""Writes users, memberships, affiliations and the roles they hold, for one network."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password

from dnm.demo.loading import Loader, Uids
from dnm.demo.plan import NetworkPlan
from dnm.demo.write_channel import Written
from partners.roles import hold_permission

# The demo's passwords are no secrets, and forty of them are hashed while somebody waits.
ITERATIONS = 2_000
JOINED_BEFORE = timedelta(days=400)

COLUMNS = {
    "number": "int", "user_uid": "uuid", "uid": "uuid", "card_uid": "uuid", "holding_uid": "uuid",
    "email": "text", "name": "text", "title": "text", "password": "text", "partner": "bigint",
    "permission": "text", "territory": "bigint", "affiliation": "bigint",
}  # fmt: skip


def password_of(email: str) -> str:
    """The demo's password of a login: easy to type, the same after every reset, worth nothing elsewhere."""
    person, _, domain = email.partition("@")
    return f"{domain.split('.')[0]}-{person.replace('.', '-')}"


def encode(password: str) -> str:
    return PBKDF2PasswordHasher().encode(password, salt="demonstration", iterations=ITERATIONS)


def write_people(plan: NetworkPlan, loader: Loader, uids: Uids, written: Written) -> None:
    """Users (kept when they are there already), memberships, affiliations, holdings."""
    loader.stage("demo_person", COLUMNS, _rows(plan, uids, written))
    since = datetime.fromtimestamp(plan.now, UTC) - JOINED_BEFORE
    loader.insert(
        "users",
        """INSERT INTO accounts_user
               (uid, email, name, password, language, colour_scheme, is_active, is_operator, date_joined)
           SELECT user_uid, email, name, password, '', 'system', true, false, %(since)s
           FROM demo_person ORDER BY number
           ON CONFLICT DO NOTHING""",
        since=since,
    )
    loader.insert(
        "memberships",
        """INSERT INTO accounts_membership (network_id, uid, user_id, title, state, created_at)
           SELECT %(network)s, s.uid, u.id, s.title, 'active', %(since)s
           FROM demo_person s JOIN accounts_user u ON lower(u.email) = s.email ORDER BY s.number""",
        since=since,
    )
    loader.insert(
        "affiliations",
        """INSERT INTO partners_affiliation (network_id, uid, membership_id, partner_id)
           SELECT %(network)s, s.card_uid, m.id, s.affiliation
           FROM demo_person s JOIN accounts_membership m ON m.network_id = %(network)s AND m.uid = s.uid
           ORDER BY s.number""",
    )
    for node in ("partner", "territory"):
        _holdings(loader, node)


def _holdings(loader: Loader, node: str) -> None:
    """A role at a node is guardian's permission on it: one row."""
    loader.insert(
        "holdings",
        f"""INSERT INTO partners_{node}holding (network_id, uid, user_id, membership_id, permission_id,
                                                content_object_id)
            SELECT %(network)s, s.holding_uid, m.user_id, m.id, p.id, s.{node}
            FROM demo_person s
            JOIN accounts_membership m ON m.network_id = %(network)s AND m.uid = s.uid
            JOIN django_content_type t ON t.app_label = 'partners' AND t.model = %(node)s
            JOIN auth_permission p ON p.content_type_id = t.id AND p.codename = s.permission
            WHERE s.{node} IS NOT NULL ORDER BY s.number""",
        node=node,
    )


def _rows(plan: NetworkPlan, uids: Uids, written: Written) -> Iterator[tuple[object, ...]]:
    joined = int(plan.now - JOINED_BEFORE.total_seconds())
    nobody = make_password(None)
    for number, person in enumerate(plan.people):
        yield (
            number,
            uids.at(joined),
            uids.at(joined),
            uids.at(joined),
            uids.at(joined),
            person.email,
            person.name,
            person.title,
            encode(password_of(person.email)) if person.login else nobody,
            None if person.partner is None else written.partner(person.partner),
            hold_permission(person.role),
            written.territories[person.area] if person.area else None,
            written.partner(person.partner or 0),
        )
