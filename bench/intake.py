"""From the prospect's click to an offer that the dealer sees, with the worker running.

Posts the web form to the running portal, one after another, and asks the database (as the application role)
when the lead's offer is there. p50_ms and p95_ms are from sending the form until the offer can be read. The
baseline in the same run is the answer of the form alone (post_p50_ms).
"""

import statistics
import time
import urllib.parse
import urllib.request
from typing import Any

from bench._scratch import result, say, scratch_database

LEADS = 60
PATIENCE = 20.0


def main() -> None:
    with scratch_database():
        from django.core import signing

        from bench import _network as networks
        from bench.web import percentile
        from tests.portal import Servers

        bench = networks.build()
        with Servers(bench.network.slug) as servers:
            tickets = [
                signing.dumps([bench.network.slug, f"bench-{number}"], salt="enquiry")
                for number in range(LEADS + 3)
            ]
            time.sleep(3)  # older than the fastest person types
            posted, offered = [], []
            for number in range(LEADS + 3):
                answer, visible = one_lead(bench, servers.port, number, tickets)
                if number >= 3:
                    posted.append(answer)
                    offered.append(visible)
        say(f"form answers: p50 {percentile(posted, 50):.0f} ms  p95 {percentile(posted, 95):.0f} ms")
        result(
            p50_ms=percentile(offered, 50),
            p95_ms=percentile(offered, 95),
            post_p50_ms=statistics.median(posted),
        )


def one_lead(bench: Any, port: int, number: int, tickets: list[str]) -> tuple[float, float]:
    """Milliseconds until the form answered, and until the offer was there."""
    from dnm.accounts.tenancy import network_context
    from leads.models import Offer

    network = bench.network
    filled = {
        "name": f"Prospect {number}",
        "phone": f"+91 98{10_000_000 + number}",
        "postal_code": str(100_000 + number % 500),
        "product_line": "pumps",
        "message": "Please call",
        "consent": "on",
        "ticket": tickets[number],
    }
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/enquiry/",
        data=urllib.parse.urlencode(filled).encode(),
        headers={"Host": f"{network.slug}.localhost:{port}"},
    )
    opener = urllib.request.build_opener(_Stay)
    began = time.perf_counter()
    status = opener.open(request, timeout=30).status
    answered = time.perf_counter()
    assert status == 302, status
    while time.perf_counter() - began < PATIENCE:
        with network_context(network):
            if Offer.objects.filter(lead__external_id=f"bench-{number}").exists():
                break
        time.sleep(0.005)
    else:
        raise SystemExit(f"lead {number} got no offer within {PATIENCE} s")
    return (answered - began) * 1000, (time.perf_counter() - began) * 1000


class _Stay(urllib.request.HTTPErrorProcessor):
    """Does not follow the redirect of a form that was taken in."""

    def http_response(self, request: object, response: object) -> object:
        return response


if __name__ == "__main__":
    main()
