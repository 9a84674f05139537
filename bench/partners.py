"""What do 100,000 partners cost? Bringing them in, moving a subtree, opening the tree, finding one.

- import_vs_staged: the whole import (staging, check, apply by the verbs, each row with its event) against the
  same rows COPYed into a temporary table and INSERT … SELECTed from there into the same table, level by
  level, with its indexes, triggers and policies.
- peak_mib: most memory of the process that worked on the import.
- move_ms: moving a distributor with some 2,500 partners below it, median.
- tree_p95_ms: opening the tree over HTTP: the top, a level of distributors, of dealers, of retailers.
- search_p95_ms: the search box over HTTP, with words that many, few and no partners have.

`python -m bench.partners 10000` measures another size.
"""

import csv
import io
import os
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from bench._scratch import result, say, scratch_database, wall_seconds

ROOT = Path(__file__).resolve().parents[1]
BELOW_A_DISTRIBUTOR = 2500
RETAILERS = 99
"""Of each dealer."""
WORDS = ("Sharma", "retailer 77", "dealer 5", "Motors 1234", "nobody at all", "Patel Agencies", "tractors")
FIRST = ("Sharma", "Patel", "Iyer", "Khan", "Singh", "Das", "Reddy", "Mehta", "Bose", "Nair")
SECOND = ("Motors", "Agencies", "Traders", "Pumps", "Electricals", "Tractors", "Stores")
COLUMNS = ("code", "trade name", "kind", "parent code", "territory", "phone")
WORKER = """
import resource, sys, django
django.setup()
from dnm.jobs.running import run_job
run_job(int(sys.argv[1]), int(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
MOVES, ROUNDS = 7, 12


def main(count: int) -> None:
    with scratch_database():
        from bench import _network as networks
        from tests.portal import Servers

        bench = networks.build()
        networks.people(bench)
        text = file_of(count)
        seconds, peak = imported(bench, text)
        say(f"imported {count:,} rows in {seconds:.0f} s ({count / seconds:.0f} rows/s), peak {peak:.0f} MiB")
        staged = wall_seconds(lambda: insert_staged(text, networks.build("staged").network))
        say(f"staged in {staged:.1f} s ({count / staged:.0f} rows/s)")
        moves = moved(bench)
        say("moves:", ", ".join(f"{move:.0f}" for move in moves), "ms")
        with Servers(bench.network.slug) as servers:
            cookie = servers.session(bench.members["oem"])
            tree = asked(servers.port, bench.network.slug, cookie, tree_paths(bench))
            search = [f"/search/?{urllib.parse.urlencode({'q': words})}" for words in WORDS]
            found = asked(servers.port, bench.network.slug, cookie, search, htmx=True)
        result(
            import_vs_staged=seconds / staged,
            peak_mib=peak,
            move_ms=statistics.median(moves),
            tree_p95_ms=p95(tree),
            search_p95_ms=p95(found),
            rows_per_second=count / seconds,
        )


def file_of(count: int) -> str:
    """Distributors, their dealers, their retailers, in the order in which they buy from one another."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    distributor = dealer = ""
    for number in range(count):
        place = number % BELOW_A_DISTRIBUTOR
        kind, parent = "retailer", dealer
        if place == 0:
            kind, parent = "distributor", "brand_owner-0"
            distributor = f"D{number}"
        elif place % (RETAILERS + 1) == 1:
            kind, parent = "dealer", distributor
            dealer = f"D{number}"
        name = f"{FIRST[number % len(FIRST)]} {SECOND[number % len(SECOND)]} {number}"
        writer.writerow([f"D{number}", name, kind, parent, f"district-{number % 600}", "+91 9800000000"])
    return out.getvalue()


def imported(bench: Any, text: str) -> tuple[float, float]:
    """Seconds and peak memory of the two jobs, check and apply, in a process of their own."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.utils import timezone

    from dnm.accounts.tenancy import network_context
    from dnm.imports.declaring import importer_named
    from dnm.imports.domain.mapping import map_columns, suggested_mapping
    from dnm.imports.domain.steps import start_check, start_import
    from dnm.imports.domain.uploads import upload_file
    from dnm.imports.models import ImportRun
    from partners.domain.access import grant_role
    from partners.models import Partner, Territory
    from partners.roles import Role

    now = timezone.now()
    with network_context(bench.network):
        from dnm.accounts.actors import Actor

        member = bench.member("importer", Partner.objects.get(kind="brand_owner"))
        system = Actor.system("bench", bench.network.pk)
        root = Territory.objects.get(parent=None)
        grant_role(membership=member, role=Role.NETWORK_ADMINISTRATOR, node=root, actor=system, at=now)
        actor = bench.actor("importer")
        file = SimpleUploadedFile("partners.csv", text.encode())
        run = upload_file(importer=importer_named("partners"), file=file, actor=actor, at=now)
        run = map_columns(
            run=run,
            mapping=suggested_mapping(run),
            words={},
            options={"status": "live"},
            actor=actor,
            at=now,
        )
    seconds, peak = 0.0, 0.0
    for start in (start_check, start_import):
        with network_context(bench.network):
            run = ImportRun.objects.get(pk=run.pk)
            job = start(run=run, actor=bench.actor("importer"), at=timezone.now())
        began = time.perf_counter()
        peak = max(peak, worked(bench.network.pk, job.pk))
        seconds += time.perf_counter() - began
        say(f"{start.__name__}: {time.perf_counter() - began:.0f} s")
    with network_context(bench.network):
        run.refresh_from_db()
        if run.counts["applied"] != text.count("\n") - 1:
            raise SystemExit(f"not all rows came in: {run.counts}")
    return seconds, peak


def worked(network_id: int, job_id: int) -> float:
    """Let a process of its own work on the job; its peak memory in MiB."""
    from django.conf import settings
    from django.db import connections

    from dnm import embedded

    found = {
        "DATABASE_URL": os.environ.get("DATABASE_URL") or embedded.addresses().database,
        "DATABASE_OWNER_URL": os.environ.get("DATABASE_OWNER_URL") or embedded.addresses().database_owner,
    }
    name = connections["default"].settings_dict["NAME"]
    urls = {key: urlunsplit(urlsplit(url)._replace(path=f"/{name}")) for key, url in found.items()}
    environment = {
        **os.environ,
        **urls,
        "DNM_PROCESS": "worker",
        "DNM_MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", WORKER, str(network_id), str(job_id)]
    told = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return float(told.stdout.split()[-1])


def insert_staged(text: str, network: Any) -> None:
    """COPY into a temporary table, then one INSERT … SELECT a level, as the application role."""
    from django.db import connection

    from dnm.accounts.tenancy import network_context

    with network_context(network), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(
            "CREATE TEMPORARY TABLE staged (code text, name text, kind text, parent text, territory text,"
            " phone text) ON COMMIT DROP"
        )
        with cursor.copy("COPY staged FROM STDIN (FORMAT csv, HEADER)") as copy:
            copy.write(text)
        for kind in ("distributor", "dealer", "retailer"):
            cursor.execute(
                """
                INSERT INTO partners_partner (network_id, uid, code, trade_name, legal_name, kind, state,
                    parent_id, territory_id, postal_code, address, phone, email, product_line_ids, created_at,
                    state_changed_at)
                SELECT %s, gen_random_uuid(), s.code, s.name, '', s.kind, 'live', p.id, t.id, '', '', s.phone,
                    '', '{}', now(), now()
                FROM staged s
                JOIN partners_partner p ON p.network_id = %s AND p.code = s.parent
                JOIN partners_territory t ON t.network_id = %s AND t.code = s.territory
                WHERE s.kind = %s
                """,
                [network.pk, network.pk, network.pk, kind],
            )


def moved(bench: Any) -> list[float]:
    """Milliseconds of moves of whole distributors below another one, each with everything below it."""
    from django.utils import timezone

    from dnm.accounts.tenancy import network_context
    from partners.domain.moves import move_partner
    from partners.models import Partner

    times = []
    with network_context(bench.network):
        heads = list(Partner.objects.filter(code__startswith="D", kind="distributor").order_by("pk"))
    for head in heads[1 : MOVES + 1]:
        with network_context(bench.network):
            actor, goal = bench.actor("importer"), Partner.objects.get(pk=heads[0].pk)
            partner = Partner.objects.get(pk=head.pk)
            began = time.perf_counter()
            move_partner(partner=partner, parent=goal, reason="bench", actor=actor, at=timezone.now())
            times.append((time.perf_counter() - began) * 1000)
    return times


def tree_paths(bench: Any) -> list[str]:
    """The top, and a node of each level."""
    from dnm.accounts.tenancy import network_context
    from partners.models import Partner

    with network_context(bench.network):
        brand = Partner.objects.get(kind="brand_owner")
        moved_to = Partner.objects.get(code="D0")
        dealer = Partner.objects.filter(parent=moved_to, kind="dealer").order_by("pk")[0]
    return ["/partners/tree/", *(f"/partners/{one.uid}/tree/" for one in (brand, moved_to, dealer))]


def asked(port: int, slug: str, cookie: str, paths: list[str], *, htmx: bool = False) -> list[float]:
    """Milliseconds of each page, one after another, after a first round that counts for nothing."""
    times = []
    for turn in range(ROUNDS + 1):
        for path in paths:
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}{path}",
                headers={
                    "Host": f"{slug}.localhost:{port}",
                    "Cookie": cookie,
                    **({"HX-Request": "true"} if htmx else {}),
                },
            )
            began = time.perf_counter()
            with urllib.request.urlopen(request) as answer:  # noqa: S310
                answer.read()
            if turn:
                times.append((time.perf_counter() - began) * 1000)
    return times


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
