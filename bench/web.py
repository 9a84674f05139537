"""How fast do pages come, and what do the processes weigh?

Starts the portal's own web server and worker on a scratch database with 100 k leads and asks for home, lead
list and lead detail as a distributor and as the brand owner, eight users at once.

- p95_ms: 95th percentile over all requests.
- queries: most statements of any of the pages.
- rss_mib: the heavier of web and worker after the load (aims: 160 and 200).
"""

import statistics
import threading
import time
import urllib.request
from typing import Any

from bench._scratch import result, say, scratch_database

USERS, EACH = 8, 40


def main() -> None:
    with scratch_database():
        from bench import _network as networks
        from tests.portal import Servers

        bench = networks.build()
        networks.people(bench)
        networks.load_leads(bench, 100_000)
        paths = pages(bench)
        most = max(statements(bench, path, name) for path, name in paths)
        with Servers(bench.network.slug) as servers:
            cookies = {name: servers.session(bench.members[name]) for _path, name in paths}
            times = load(servers.port, bench.network.slug, paths, cookies)
            web, worker = servers.rss_mib("web"), servers.rss_mib("worker")
        for (path, name), values in times.items():
            p50, p95 = percentile(values, 50), percentile(values, 95)
            say(f"{path[:12]:12} {name:5} p50 {p50:.0f} ms  p95 {p95:.0f} ms")
        say(f"web {web:.0f} MiB  worker {worker:.0f} MiB")
        every = [value for values in times.values() for value in values]
        result(
            p50_ms=percentile(every, 50),
            p95_ms=percentile(every, 95),
            queries=most,
            rss_mib=max(web, worker),
            web_rss_mib=web,
            worker_rss_mib=worker,
        )


def pages(bench: Any) -> list[tuple[str, str]]:
    """(path, who) of the pages that are asked for."""
    from dnm.accounts.tenancy import network_context
    from leads.models import Lead
    from leads.permissions import LeadCapability

    with network_context(bench.network):
        lead = (
            Lead.objects.visible_to(bench.actor("dist"), LeadCapability.VIEW).order_by("-created_at").first()
        )
    detail = f"/leads/{lead.uid}/"
    return [(path, name) for path in ("/", "/leads/", detail) for name in ("oem", "dist")]


def statements(bench: Any, path: str, name: str) -> int:
    """How many statements one page takes."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tests.signing_in import session_of

    client = Client(headers={"host": f"{bench.network.slug}.localhost"})
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(bench.members[name].user, bench.network.pk)
    client.get(path)
    with CaptureQueriesContext(connection) as caught:
        response = client.get(path)
    assert response.status_code == 200, (path, name, response.status_code)
    return len([query for query in caught.captured_queries if query["sql"].split()[0] not in TRANSACTION])


TRANSACTION = frozenset({"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK"})


def load(
    port: int, slug: str, paths: list[tuple[str, str]], cookies: dict[str, str]
) -> dict[tuple[str, str], list[float]]:
    """Milliseconds of every request: USERS threads, EACH requests a thread, the pages in turn."""
    times: dict[tuple[str, str], list[float]] = {key: [] for key in paths}

    def user(number: int) -> None:
        for turn in range(EACH):
            path, name = paths[(number + turn) % len(paths)]
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}{path}",
                headers={"Host": f"{slug}.localhost:{port}", "Cookie": cookies[name]},
            )
            began = time.perf_counter()
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                body = response.read()
                assert response.status == 200
                assert len(body) > 1000
            times[path, name].append((time.perf_counter() - began) * 1000)

    threads = [threading.Thread(target=user, args=[number]) for number in range(USERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(times.values()), "a page was never asked for"
    return times


def percentile(values: list[float], share: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


if __name__ == "__main__":
    main()
