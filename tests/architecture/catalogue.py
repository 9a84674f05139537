"""What PostgreSQL itself says about the tables, and the short lists of what may differ from the rule."""

from typing import Any

from django.db import connection

GLOBAL_TABLES = {
    "account_emailaddress": "allauth: addresses of logins, which span networks",
    "account_emailconfirmation": "allauth: as above",
    "accounts_user": "a person's login spans networks; memberships do not",
    "auth_group": "django: unused, required by guardian's generic models",
    "auth_group_permissions": "django: unused, as above",
    "auth_permission": "django: names of permissions, the same everywhere",
    "django_admin_log": "django: unused, the event log is the only one",
    "django_content_type": "django: names of models, the same everywhere",
    "django_migrations": "django: read only for the application",
    "django_session": "django: keys are random; a session names its network and opens no other",
    "guardian_groupobjectpermission": "guardian: unused, holdings are models of our own",
    "guardian_userobjectpermission": "guardian: unused, as above",
    "mfa_authenticator": "allauth: second factors of logins",
    "pghistory_context": "pghistory: unused, the context stands in the history rows",
    "socialaccount_socialaccount": "allauth: unused, identities are models of our own, by network",
    "socialaccount_socialapp": "allauth: unused, identity providers are models of our own, by network",
    "socialaccount_socialtoken": "allauth: unused, tokens of providers are not kept",
    "usersessions_usersession": "allauth: open sessions of logins",
}
"""Tables without a network. A new one needs its reason here."""

UNUSED_TABLES = {
    "auth_group",
    "auth_group_permissions",
    "django_admin_log",
    "guardian_groupobjectpermission",
    "guardian_userobjectpermission",
    "pghistory_context",
    "socialaccount_socialaccount",
    "socialaccount_socialapp",
    "socialaccount_socialtoken",
}

GLOBALLY_UNIQUE = {
    "accounts_network.slug": "a slug is a host name",
    "accounts_network.uid": "as the key",
    "accounts_networkdomain.host": "a host name leads to one network",
}
"""Unique keys of tenant tables that do not begin with the network, besides the one-column primary key."""

READABLE_BY_ALL = {
    "accounts_network": "a host name is resolved before the network is known",
    "accounts_networkdomain": "as above",
}

DEFINERS = {
    "accounts_networks_of": "the networks of one user, as ids: the only question that crosses networks",
}
"""Functions that run with the owner's rights."""


def rows(statement: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def names(statement: str, parameters: list[Any] | None = None) -> set[str]:
    return {row[0] for row in rows(statement, parameters)}


def tables() -> set[str]:
    """Every table of the schema."""
    return names(
        "SELECT relname FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'f')"
    )


def network_tables() -> set[str]:
    """Tables with a network: those with the column, and the networks themselves."""
    return {"accounts_network"} | names(
        "SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'f')"
        " AND attname = 'network_id' AND NOT attisdropped"
    )
