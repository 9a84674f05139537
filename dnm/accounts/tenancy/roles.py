"""Refusing a database role for which row-level security would not hold, whatever the role is called."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

QUESTION = """
SELECT current_user,
       EXISTS (SELECT FROM pg_roles r WHERE r.rolsuper AND pg_has_role(current_user, r.oid, 'MEMBER')),
       EXISTS (SELECT FROM pg_roles r WHERE r.rolbypassrls AND pg_has_role(current_user, r.oid, 'MEMBER')),
       EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema)'
                 AND pg_has_role(current_user, c.relowner, 'MEMBER'))
"""
"""Membership counts like the attribute itself: a member may become the role, or has its rights already."""
MEANINGS = ("is a superuser", "bypasses row-level security (BYPASSRLS)", "owns tables")


class UnsafeRole(ImproperlyConfigured):
    """The portal's processes would connect as a role that row-level security does not bind."""


def fault_of_role(cursor: Any) -> str:
    """What is wrong with the role that the cursor works as, in words; empty when nothing is."""
    cursor.execute(QUESTION)
    role, *found = cursor.fetchone()
    meanings = [meaning for meaning, true in zip(MEANINGS, found, strict=True) if true]
    return f"{role} {meanings[0]}, itself or through a role that it is a member of" if meanings else ""


def refuse_unsafe_role(*, connection: Any, **_signal: Any) -> None:
    """Close a fresh connection of the application and raise `UnsafeRole` when its role is not safe.

    Called for every new connection, once in a minute or less: a role may be changed while the portal runs.
    The `owner` connection (migrations, seeding, tests) is meant to be the owner's.
    """
    if connection.alias != "default":
        return
    with connection.cursor() as cursor:
        fault = fault_of_role(cursor)
    if fault:
        connection.close()
        raise UnsafeRole(
            f"DATABASE_URL connects as a role for which row-level security does not hold: {fault}. "
            'Use the application role, see docs/operations.md, "Database roles".'
        )
