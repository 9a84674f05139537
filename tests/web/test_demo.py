"""Demo mode's logins: a list at the bare host, links that work once, and none of it otherwise."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client

from dnm.web import demo
from tests.world import NOW, Net


@pytest.fixture
def demo_mode(settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, voltara: Net) -> Net:
    settings.DNM_DEMO = True  # type: ignore[attr-defined]
    told = {
        "networks": [{"slug": "voltara", "host": voltara.host}],
        "logins": [
            {
                "email": "sales_a@voltara.example",
                "password": "x",
                "network": "voltara",
                "roles": ["sales"],
                "partner": "Voltara dealer_a",
                "territory": None,
                "token": "x",
            }
        ],
    }
    (tmp_path / "demo.json").write_text(json.dumps(told))
    monkeypatch.setenv("DNM_DATA", str(tmp_path))
    return voltara


def link(client: Client) -> str:
    body = client.get("/", headers={"host": "localhost"}).content.decode()
    found = re.search(r'href="http://voltara\.localhost(/demo-login/[^"]+)"', body)
    assert found
    return found.group(1)


def test_one_click_logs_in(client: Client, demo_mode: Net) -> None:
    answer = client.get(link(client), headers={"host": demo_mode.host})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert "Voltara sales_a" in client.get("/", headers={"host": demo_mode.host}).content.decode()


def test_a_link_works_once(client: Client, demo_mode: Net) -> None:
    address = link(client)
    client.get(address, headers={"host": demo_mode.host})
    again = Client().get(address, headers={"host": demo_mode.host})
    assert again.status_code == 403


def test_a_link_ages(client: Client, demo_mode: Net) -> None:
    token = demo.make_token("sales_a@voltara.example", "voltara")
    with time_machine.travel(NOW + timedelta(seconds=demo.SECONDS + 60)):
        assert demo.take_token(token, "voltara") is None


def test_a_link_is_for_its_network(client: Client, demo_mode: Net, nordwerk: Net) -> None:
    assert client.get(link(client), headers={"host": nordwerk.host}).status_code == 403


def test_without_demo_mode_there_is_nothing(client: Client, demo_mode: Net, settings: object) -> None:
    address = link(client)
    settings.DNM_DEMO = False  # type: ignore[attr-defined]
    assert client.get("/", headers={"host": "localhost"}).status_code == 404
    assert client.get(address, headers={"host": demo_mode.host}).status_code == 404
