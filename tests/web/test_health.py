"""Signs of life, and what the bare host serves."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from dnm.jobs.tasks import BEAT_KEY
from dnm.web import health


def test_alive_on_every_host(client: Client, db: None) -> None:
    for host in ("localhost", "127.0.0.1", "admin.localhost"):
        assert client.get("/healthz", headers={"host": host}).content == b"ok\n"


def test_ready_needs_a_beat(client: Client, db: None) -> None:
    cache.delete(BEAT_KEY)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    checks = answer.json()["checks"]
    assert not checks["beat"]["ok"]
    assert all(checks[name]["ok"] for name in ("database", "broker", "migrations", "outbox"))
    cache.set(BEAT_KEY, timezone.now(), 60)
    assert client.get("/readyz").status_code == 200
    cache.delete(BEAT_KEY)


def test_a_broker_that_is_away_is_named(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    assert not client.get("/readyz").json()["checks"]["broker"]["ok"]


@pytest.mark.parametrize(
    "path", ["/", "/leads/", "/accounts/login/", "/admin/", "/api/v1/leads/", "/gallery/"]
)
def test_the_bare_host_serves_nothing_else(client: Client, db: None, path: str) -> None:
    assert client.get(path, headers={"host": "localhost"}).status_code == 404
