"""The frame of every page: who sees it, what it says, and what its headers promise."""

import re

import pytest
from django.test import Client

from tests.world import PASSWORD, Net


def login(client: Client, net: Net, name: str) -> None:
    """Through the login page, as a person does."""
    answer = client.post(
        "/accounts/login/",
        {"login": f"{name}@{net.network.slug}.example", "password": PASSWORD},
        headers={"host": net.host},
    )
    assert answer.status_code == 302, answer.content.decode()


def test_home(client: Client, voltara: Net) -> None:
    login(client, voltara, "sales_a")
    answer = client.get("/", headers={"host": voltara.host})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert len(re.findall("<h1", text)) == 1
    assert "Voltara sales_a" in text


def test_gallery(client: Client, voltara: Net) -> None:
    answer = client.get("/gallery/", headers={"host": voltara.host})
    assert answer.status_code == 200
