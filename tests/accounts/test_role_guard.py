"""A database role for which row-level security would not hold is refused, whatever it is called."""

import os
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connections

from dnm.accounts.tenancy.roles import UnsafeRole, fault_of_role
from tests.architecture.code import ROOT

WRONG = {"dnm_owner": "owns tables", "dnm_backup": "bypasses row-level security"}
ASK = """
import django; django.setup()
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
print(Client(raise_request_exception=False).get("/readyz", headers={"host": "localhost"}).content.decode())
print(Client(raise_request_exception=False).get("/", headers={"host": "voltara.localhost"}).status_code)
"""


def connected_as(role: str) -> Any:
    connection = connections.create_connection("default")
    connection.settings_dict = {**connection.settings_dict, "USER": role}
    return connection


@pytest.mark.django_db
def test_the_applications_own_role_is_fine() -> None:
    with connections["default"].cursor() as cursor:
        assert fault_of_role(cursor) == ""


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "words"), WRONG.items())
def test_a_connection_as_another_role_is_refused_and_closed(role: str, words: str) -> None:
    connection = connected_as(role)
    for _again in range(2):
        with pytest.raises(UnsafeRole, match=words):
            connection.cursor()
        assert connection.connection is None


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "words"), WRONG.items())
def test_a_process_with_such_a_role_serves_nothing_and_says_why(role: str, words: str) -> None:
    url = urlsplit(os.environ["DATABASE_URL"])
    name = connections["default"].settings_dict["NAME"]
    wrong = urlunsplit(url._replace(netloc=url.netloc.replace("dnm_app", role), path=f"/{name}"))
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": wrong, "DJANGO_SETTINGS_MODULE": "dnm.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    ready, page = answer.stdout.strip().splitlines()
    assert words in ready
    assert page == "500"
    assert words in answer.stderr
