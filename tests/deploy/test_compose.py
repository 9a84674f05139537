"""docker-compose.yml against the code: there is no container engine where these tests run, so what the file
says is held against what the code has: commands, queues, ports, variables, health checks, volumes, roles."""

import ast
import importlib
import os
import re
import subprocess
import sys
from collections import Counter
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from dnm.asgi import EVENTS_PATH
from dnm.celery import QUEUES
from tests.deploy.compose import (
    TOP,
    VARIABLE,
    command,
    example,
    filled,
    option,
    portal_services,
    raw,
    services,
)

SETTINGS = (TOP / "dnm" / "settings.py").read_text()
READ_BY_SETTINGS = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SETTINGS))
READ_BY_OTHERS = {"OMP_NUM_THREADS"}
WORKERS = {name: service for name, service in services().items() if name.startswith("worker-")}
PORTAL = sorted(portal_services())


def run_settings(environment: dict[str, str], then: str = "") -> subprocess.CompletedProcess[str]:
    """Starts Django with exactly this environment."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"import django; django.setup(); {then}"],
        capture_output=True,
        text=True,
        check=False,
        cwd=TOP,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "dnm.settings", "DNM_DATA": "/nonexistent"}
        | environment,
    )


def settings_say(name: str, environment: dict[str, Any]) -> Any:
    """The value of a setting in a process with this environment."""
    words = {key: str(value) for key, value in environment.items()}
    answer = run_settings(words, f"from django.conf import settings; print(settings.{name})")
    assert answer.returncode == 0, answer.stderr[-1000:]
    return ast.literal_eval(answer.stdout)


def test_the_parts_of_production_are_there() -> None:
    assert set(services()) == {
        *("proxy", "web", "events", "beat", "migrate", "backup", "postgres", "valkey"),
        *(f"worker-{queue}" for queue in QUEUES),
    }


@pytest.mark.parametrize("name", PORTAL)
def test_each_process_starts_with_its_environment(name: str) -> None:
    service = portal_services()[name]
    environment = {key: str(value) for key, value in service["environment"].items()}
    assert set(environment) <= READ_BY_SETTINGS | READ_BY_OTHERS
    answer = run_settings(environment)
    assert answer.returncode == 0, answer.stderr[-1000:]


@pytest.mark.parametrize(
    "missing", ["DNM_SECRET_KEY", "DNM_BASE_DOMAIN", "DATABASE_URL", "REDIS_URL"], ids=lambda name: name
)
def test_a_process_refuses_to_start_without(missing: str) -> None:
    environment = {key: str(value) for key, value in portal_services()["web"]["environment"].items()}
    del environment[missing]
    answer = run_settings(environment)
    assert answer.returncode != 0
    assert missing in answer.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DNM_ALLOWED_HOSTS", "portal.example.com,*", "wildcard"),
        ("DNM_DEBUG", "1", "DNM_DEBUG"),
        ("DNM_SECRET_KEY", "short", "DNM_SECRET_KEY"),
        ("DNM_BASE_DOMAIN", "localhost", "DNM_BASE_DOMAIN"),
        ("DATABASE_URL", "postgresql://dnm_owner:x@postgres/dnm", "application role"),
        ("DNM_ENV", "prod", "development, test, demo, production"),
        ("DNM_ENV", "Production", "development, test, demo, production"),
        ("DNM_ENV", "", "development, test, demo, production"),
        ("DNM_PROCESS", "wroker", "web, events, worker, beat, command"),
    ],
)
def test_a_process_refuses_to_start_with(name: str, value: str, said: str) -> None:
    environment = {key: str(found) for key, found in portal_services()["web"]["environment"].items()}
    answer = run_settings({**environment, name: value})
    assert answer.returncode != 0
    assert said in answer.stderr


def test_the_default_hosts_are_the_base_domain_and_the_probes_own() -> None:
    environment = {key: str(found) for key, found in portal_services()["web"]["environment"].items()}
    base = environment["DNM_BASE_DOMAIN"]
    for unset in ({}, {"DNM_ALLOWED_HOSTS": ""}):
        assert settings_say("ANSWERED_HOSTS", {**environment, **unset}) == [base, f".{base}", "127.0.0.1"]


def test_only_the_migration_has_the_owners_address() -> None:
    for name, service in portal_services().items():
        environment = service["environment"]
        assert urlsplit(environment["DATABASE_URL"]).username == "dnm_app"
        assert ("DATABASE_OWNER_URL" in environment) == (name == "migrate")
        assert environment["DNM_ENV"] == "production"
    assert urlsplit(portal_services()["migrate"]["environment"]["DATABASE_OWNER_URL"]).username == "dnm_owner"
    assert services()["backup"]["environment"]["PGUSER"] == "dnm_backup"


def test_no_secret_stands_in_the_file() -> None:
    for line in raw().splitlines():
        found = re.search(r"^\s*(\w*(?:PASSWORD|SECRET)\w*): (.+)$", line)
        if found:
            assert found[2].startswith("${"), line
    for url in re.findall(r"(?:postgresql|redis)://\S+", raw()):
        assert re.search(r":\$\{\w+:\?required\}@", url), url


def test_the_example_names_every_variable_and_no_other() -> None:
    asked = {match["name"] for match in VARIABLE.finditer(raw())}
    assert asked == set(example())


def test_compose_stops_when_a_required_variable_is_missing() -> None:
    required = {match["name"] for match in VARIABLE.finditer(raw()) if match["kind"] == "?"}
    assert {"DNM_SECRET_KEY", "DNM_APP_PASSWORD", "DNM_OWNER_PASSWORD", "VALKEY_PASSWORD"} <= required
    for name in required:
        with pytest.raises(KeyError):
            filled({key: value for key, value in example().items() if key != name})


def test_every_queue_has_one_worker() -> None:
    served = Counter(option(command(service), "--queues") for service in WORKERS.values())
    assert served == Counter(QUEUES)
    assert all(service["environment"]["DNM_PROCESS"] == "worker" for service in WORKERS.values())


def test_there_is_exactly_one_beat() -> None:
    beats = [service for service in portal_services().values() if "beat" in command(service)]
    assert len(beats) == 1
    assert beats[0]["deploy"]["replicas"] == 1


@pytest.mark.parametrize("name", PORTAL)
def test_each_command_exists_with_its_options(name: str) -> None:
    words = command(portal_services()[name])
    program = {"granian": ["granian"], "celery": ["celery", "-A", "dnm"], "python": ["manage.py"]}[words[0]]
    inner = words[3:4] if words[0] == "celery" else words[2:3] if words[0] == "python" else []
    start = [] if words[0] == "python" else ["-m"]
    help_text = subprocess.run(
        [sys.executable, "-W", "ignore", *start, *program, *inner, "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=TOP,
    ).stdout
    for word in words:
        if word.startswith("--"):
            assert word.split("=")[0] in help_text, word


@pytest.mark.parametrize("name", ["web", "events"])
def test_the_servers_serve_an_application(name: str) -> None:
    words = command(services()[name])
    module, _, attribute = words[-1].partition(":")
    assert callable(getattr(importlib.import_module(module), attribute))
    assert option(words, "--interface") == {"web": "wsgi", "events": "asgi"}[name]


@pytest.mark.parametrize("name", ["web", "events"])
def test_the_health_checks_ask_an_address_that_is_served(name: str) -> None:
    service = services()[name]
    kind, python, script, port = service["healthcheck"]["test"]
    assert (kind, python, port) == ("CMD", "python", option(command(service), "--port"))
    asked = re.search(r'"GET", "([^"]+)"', (TOP / script).read_text())
    assert asked
    assert resolve(asked[1], urlconf="dnm.urls.bare").url_name == "healthz"
    assert "127.0.0.1" in settings_say("ANSWERED_HOSTS", service["environment"])


def test_the_workers_are_asked_over_the_broker() -> None:
    for service in WORKERS.values():
        words = service["healthcheck"]["test"][1].split()
        assert words[:5] == ["celery", "-A", "dnm", "inspect", "ping"]


def test_the_health_check_tells_a_server_that_fails() -> None:
    """The script against real answers."""

    class Answers(BaseHTTPRequestHandler):
        status = 200

        def do_GET(self) -> None:
            self.send_response(self.status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Quiet."""

    def check(port: int) -> int:
        script = [sys.executable, "docker/health.py", str(port)]
        return subprocess.run(script, capture_output=True, check=False, cwd=TOP).returncode

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        assert check(server.server_port) == 0
        Answers.status = 503
        assert check(server.server_port) == 1
        server.shutdown()
    assert check(server.server_port) == 1


def test_every_service_but_the_one_off_ones_is_watched() -> None:
    unwatched = {name for name, service in services().items() if "healthcheck" not in service}
    assert unwatched == {"migrate", "backup"}
    for service in services().values():
        for other, how in service.get("depends_on", {}).items():
            healthy = how["condition"] == "service_healthy"
            assert healthy == ("healthcheck" in services()[other])


def test_nothing_starts_before_the_migration() -> None:
    for name in set(portal_services()) - {"migrate"}:
        waits = services()[name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}
    assert services()["migrate"]["restart"] == "no"


def test_only_the_proxy_is_open_to_the_world() -> None:
    assert [name for name, service in services().items() if "ports" in service] == ["proxy"]


def test_volumes_are_declared_and_mounted_files_exist() -> None:
    whole = filled(example())
    used: set[str] = set()
    for service in whole["services"].values():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            if source.startswith("./"):
                assert (TOP / source).exists(), source
            elif not source.startswith("/"):
                used.add(source)
    assert used == set(whole["volumes"])
    media = {service["environment"]["DNM_MEDIA_ROOT"] for service in portal_services().values()}
    mounts = {mount for service in portal_services().values() for mount in service["volumes"]}
    assert mounts == {f"media:{folder}" for folder in media}


def _proxy() -> str:
    return (TOP / "docker" / "nginx" / "portal.conf.template").read_text()


def test_the_proxy_passes_pages_and_the_live_channel_to_their_servers() -> None:
    upstreams: dict[str, str] = dict(re.findall(r"upstream (\w+) \{ server ([\w:-]+);", _proxy()))
    for upstream, address in upstreams.items():
        service, port = address.split(":")
        assert option(command(services()[service]), "--port") == port
        assert service == upstream
    targets = re.findall(r"location (=? ?\S+) \{[^}]*proxy_pass http://(\w+);", _proxy())
    assert (f"= {EVENTS_PATH}", "events") in targets
    assert ("/", "web") in targets
    mounted = services()["proxy"]["volumes"][0].split(":")[0]
    assert (TOP / mounted).read_text() == _proxy()
    named: set[str] = {match["name"] for match in VARIABLE.finditer(_proxy())}
    assert named <= set(services()["proxy"]["environment"])


def test_the_proxy_tells_what_the_settings_trust() -> None:
    assert 'SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")' in SETTINGS
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in _proxy()
    assert "proxy_set_header Host $host;" in _proxy()
    hops: set[Any] = {service["environment"]["DNM_TRUSTED_PROXIES"] for service in portal_services().values()}
    assert hops == {"1"}
