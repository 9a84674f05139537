"""Writes planned networks to the database, and clears them away again.

Everything runs as the owner role, one transaction a network: a network is there wholly or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic

from django.contrib.contenttypes.models import ContentType
from django.db import connections, transaction

from dnm.accounts.models import Network, User
from dnm.demo.brands import BRANDS
from dnm.demo.loading import ALIAS, Loader, Uids
from dnm.demo.people import OPERATOR_EMAIL, OPERATOR_NAME
from dnm.demo.plan import NetworkPlan
from dnm.demo.write_channel import write_channel, write_network
from dnm.demo.write_leads import write_leads
from dnm.demo.write_papers import write_papers
from dnm.demo.write_people import encode, password_of, write_people

Say = Callable[[str], None]


def seeded(slugs: list[str]) -> list[str]:
    """Those of the networks that are there already."""
    return list(
        Network.objects.using(ALIAS).filter(slug__in=slugs).order_by("pk").values_list("slug", flat=True)
    )


def write_plan(plan: NetworkPlan, say: Say) -> dict[str, int]:
    """Write one network in one transaction; returns the rows written by what they are."""
    began = monotonic()
    with transaction.atomic(using=ALIAS):
        uids = Uids(f"{plan.seed}:{plan.brand.slug}:uids")
        network = write_network(plan.brand, uids)
        loader = Loader(network.pk)
        written = write_channel(plan, network, loader, uids)
        write_people(plan, loader, uids, written)
        loader.run("ANALYZE partners_partner, partners_territory, demo_place")
        say(f"{plan.brand.name}: {loader.rows['partners']:,} partners, {loader.rows['memberships']:,} people")
        for leads in write_leads(plan, loader, uids, written):
            if leads % 50_000 == 0:
                say(f"{plan.brand.name}: {leads:,} of {plan.lead_total:,} leads")
        write_papers(plan, loader, uids, written)
    say(f"{plan.brand.name}: {loader.rows['leads']:,} leads in {monotonic() - began:.1f} s")
    return loader.rows


def write_operator() -> User:
    """The platform operator, who has no network."""
    operator, _made = User.objects.using(ALIAS).get_or_create(
        email=OPERATOR_EMAIL,
        defaults={
            "name": OPERATOR_NAME,
            "password": encode(password_of(OPERATOR_EMAIL)),
            "is_operator": True,
            "date_joined": datetime(2025, 1, 1, tzinfo=UTC),
        },
    )
    return operator


def analyse() -> None:
    """Statistics for the planner: until autovacuum comes by it would guess."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("ANALYZE")


def clear(slugs: list[str]) -> None:
    """Remove the networks with everything in them, and the demo's users.

    When no other network is there the tables are emptied at once, else row by row. Foreign keys are checked
    at the end of the transaction, so the order does not matter.
    """
    others = Network.objects.using(ALIAS).exclude(slug__in=slugs).exists()
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        quote = connections[ALIAS].ops.quote_name
        tables = _network_tables()
        if not others:
            names = ", ".join(quote(name) for name in [*tables, "accounts_network", "accounts_user"])
            cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        else:
            ids = list(Network.objects.using(ALIAS).filter(slug__in=slugs).values_list("pk", flat=True))
            for name in [*tables, *(name for name in tables if name.endswith("event"))]:
                cursor.execute(f"DELETE FROM {quote(name)} WHERE network_id = ANY (%s)", [ids])
            cursor.execute("DELETE FROM accounts_network WHERE id = ANY (%s)", [ids])
            _delete_users(cursor)
    ContentType.objects.clear_cache()


def _network_tables() -> list[str]:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            """SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
               JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE a.attname = 'network_id' AND c.relkind = 'r' AND n.nspname = 'public' ORDER BY 1"""
        )
        return [name for (name,) in cursor.fetchall()]


def _delete_users(cursor: object) -> None:
    """People with a demo address who are no member anywhere any more."""
    ends = (".example", "-partner.example", "-applicant.example")
    demo = [f"%@{slug}{end}" for slug in BRANDS for end in ends]
    User.objects.using(ALIAS).filter(memberships=None).extra(
        where=["email LIKE ANY (%s)"], params=[[*demo, "%@both.example", "%@portal.example"]]
    ).delete()
