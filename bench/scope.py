"""What does the scope cost? The newest 25 leads and their capped count, at 50 k and 2 M, for all users.

- worst_page_ratio: SQL time of the page against the same page without any scope, worst user with one grant.
- per_grant_ratio: the same for ten scattered grants, divided by ten.
- http_ratio: the whole list page over HTTP against that of the user who sees everything, worst user.
- growth_ratio: SQL time of the page at 2 M against 50 k, worst user.
- grant_rows: rows written by granting one role.
- guardian_ratio: at 100 k leads, django-guardian's `get_objects_for_user` with a row per lead and holder,
  against ours, worst user (how many times slower it is).
"""

from typing import Any

from bench._scratch import medians, result, say, scratch_database, sql_seconds, wall_seconds

ONE_GRANT = ("oem", "zone", "dist", "ret", "stale")
ROUNDS = 40


def main() -> None:
    with scratch_database():
        from bench import _network as networks

        bench = networks.build()
        grant_rows = networks.people(bench)
        networks.load_leads(bench, 50_000)
        small = page_times(bench)
        report("50 k leads", small)
        networks.load_leads(bench, 100_000)
        guardian = guardian_ratio(bench)
        say("loading 2 M leads …")
        networks.load_leads(bench, 2_000_000)
        large = page_times(bench)
        report("2 M leads", large)
        report("capped counts at 2 M", count_times(bench))
        web = http_times(bench)
        report("list page over HTTP at 2 M", web)
        # Both sizes count: the worst ratio of either.
        sizes = (small, large)
        result(
            worst_page_ratio=max(times[name] / times["none"] for times in sizes for name in ONE_GRANT),
            per_grant_ratio=max(times["scat"] / times["none"] / 10 for times in sizes),
            http_ratio=max(web[name] / web["oem"] for name in web),
            growth_ratio=max(large[name] / small[name] for name in large),
            grant_rows=grant_rows,
            guardian_ratio=guardian,
        )


def report(title: str, times: dict[str, float]) -> None:
    say(title, *(f"{name} {seconds * 1000:.2f} ms" for name, seconds in times.items()))


def page_times(bench: Any) -> dict[str, float]:
    """Median SQL seconds of the page of 25, by user, and without a scope ("none")."""
    from dnm.accounts.tenancy import network_context
    from dnm.scoping.pages import page
    from leads.models import Lead
    from leads.permissions import LeadCapability

    with network_context(bench.network):
        kinds = {"none": lambda: sql_seconds(lambda: list(Lead.objects.order_by("-created_at", "-id")[:26]))}
        for name in (*ONE_GRANT, "scat"):
            actor = bench.actor(name)
            kinds[name] = lambda actor=actor: sql_seconds(
                lambda: page(Lead.objects.visible_to(actor, LeadCapability.VIEW))
            )
        return medians(kinds, rounds=ROUNDS)


def count_times(bench: Any) -> dict[str, float]:
    from dnm.accounts.tenancy import network_context
    from dnm.scoping.pages import capped_count
    from leads.models import Lead
    from leads.permissions import LeadCapability

    with network_context(bench.network):
        kinds = {}
        for name in (*ONE_GRANT, "scat"):
            actor = bench.actor(name)
            kinds[name] = lambda actor=actor: sql_seconds(
                lambda: capped_count(Lead.objects.visible_to(actor, LeadCapability.VIEW))
            )
        return medians(kinds, rounds=10)


def http_times(bench: Any) -> dict[str, float]:
    """Median wall seconds of GET /leads/, through the whole stack but the socket."""
    from django.conf import settings
    from django.test import Client

    from tests.signing_in import session_of

    def get(client: Any) -> None:
        response = client.get("/leads/", headers={"host": "bench.localhost"})
        assert response.status_code == 200, response.status_code

    kinds = {}
    for name in (*ONE_GRANT, "scat"):
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = session_of(bench.members[name].user, bench.network.pk)
        kinds[name] = lambda client=client: wall_seconds(lambda: get(client))
    return medians(kinds, rounds=20)


def guardian_ratio(bench: Any) -> float:
    """Guardian's own answer at 100 k leads with a permission row per lead and holder, against ours."""
    from django.contrib.auth.models import Permission
    from django.contrib.contenttypes.models import ContentType
    from django.db import connections
    from guardian.shortcuts import get_objects_for_user  # noqa: TID251  the baseline

    from dnm.accounts.tenancy import network_context
    from dnm.scoping.pages import page
    from leads.models import Lead
    from leads.permissions import LeadCapability

    kind = ContentType.objects.get_for_model(Lead)
    permission = Permission.objects.get(content_type=kind, codename="view_lead")
    holders = {"oem": "true", "zone": "territory_2 = (SELECT min(territory_2) FROM leads_lead)"}
    holders["dist"] = "partner_2 = (SELECT min(partner_2) FROM leads_lead)"
    with connections["owner"].cursor() as cursor:
        for name, rows in holders.items():
            cursor.execute(
                "INSERT INTO guardian_userobjectpermission "
                "(permission_id, content_type_id, object_pk, user_id) "
                f"SELECT %s, %s, id::text, %s FROM leads_lead WHERE {rows}",
                [permission.pk, kind.pk, bench.members[name].user_id],
            )
        cursor.execute("ANALYZE guardian_userobjectpermission")

    def theirs(user: Any) -> None:
        found = get_objects_for_user(
            user, "leads.view_lead", Lead, accept_global_perms=False, with_superuser=False, use_groups=False
        )
        list(found.order_by("-created_at", "-id")[:26])

    with network_context(bench.network):
        kinds = {}
        for name in holders:
            actor = bench.actor(name)
            kinds[name] = lambda actor=actor: sql_seconds(
                lambda: page(Lead.objects.visible_to(actor, LeadCapability.VIEW))
            )
            kinds[f"guardian {name}"] = lambda actor=actor: sql_seconds(lambda: theirs(actor.user))
        times = medians(kinds, rounds=5)
    report("100 k leads, against guardian", times)
    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE guardian_userobjectpermission")
    return max(times[f"guardian {name}"] / times[name] for name in holders)


if __name__ == "__main__":
    main()
