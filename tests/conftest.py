"""Fixtures for all tests: the world, and a clean database after tests that really commit."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test.utils import override_settings, setup_databases, teardown_databases
from playwright.sync_api import Browser, sync_playwright
from pytest_django.plugin import DjangoDbBlocker, blocking_manager_key

from tests.background import Background, Broker, hints_to
from tests.standing import standing, truncate
from tests.world import Net, build_world

BROWSER = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
PREPARED = pytest.StashKey[bool]()
"""Whether this process has a test database by now."""


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_modify_db_settings: None,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    request: pytest.FixtureRequest,
) -> Iterator[None]:
    """The test database, made by the owner whichever aliases the chosen tests name.

    pytest-django sets up only the aliases that tests ask for; `default` is a mirror of `owner`, so without
    this the application's alias would stay on the real database.
    """
    with django_db_blocker.unblock():
        made = setup_databases(
            verbosity=0,
            interactive=False,
            keepdb=django_db_keepdb and not django_db_createdb,
            aliases=set(connections),
            serialized_aliases=set(),
        )
    request.session.stash[PREPARED] = True
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            connections.close_all()
            teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def _files_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Uploads of tests lie in a folder that goes away."""
    with override_settings(FILES_ROOT=str(tmp_path_factory.mktemp("files"))):
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Function) -> None:
    """Before a test's transaction opens: the world stands for tests that build on it, for no other.

    The first test of a process finds no database yet and builds a world within its transaction.
    """
    if not item.session.stash.get(PREPARED, False):
        return
    with item.config.stash[blocking_manager_key].unblock():
        if "world" in item.fixturenames and not _commits(item):
            standing.raise_world()
        elif "django_db_setup" in item.fixturenames or item.get_closest_marker("django_db"):
            standing.clear()


def _commits(item: pytest.Function) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or "transactional_db" in item.fixturenames


@pytest.fixture(autouse=True)
def _clean_after_commit(request: pytest.FixtureRequest) -> Iterator[None]:
    """Truncate as the owner after a transactional test: the application's alias is a mirror and never
    flushed.
    """
    if not _commits(request.node):
        yield
        return
    blocker = request.getfixturevalue("django_db_blocker")
    request.getfixturevalue("django_db_setup")
    yield
    with blocker.unblock():
        truncate()


@pytest.fixture
def world(db: Any) -> tuple[Net, Net]:
    """Both networks; what a test adds is undone after it."""
    return standing.world()


@pytest.fixture
def voltara(world: tuple[Net, Net]) -> Net:
    return world[0]


@pytest.fixture
def nordwerk(world: tuple[Net, Net]) -> Net:
    return world[1]


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A Valkey of this process's own; whoever uses it empties it first."""
    made = Broker(tmp_path_factory.mktemp("broker"))
    yield made
    made.stop()


@pytest.fixture
def background(committed_world: object, broker: Broker, tmp_path: Path) -> Iterator[Background]:
    """Processes; ended before the tables are emptied. Hints of this process go where they listen."""
    with hints_to(broker.url):
        made = Background(tmp_path, broker)
        yield made
        made.stop()


@pytest.fixture
def committed_world(transactional_db: Any) -> tuple[Net, Net]:
    """Both networks, committed, for tests with several connections or processes."""
    return build_world()


@pytest.fixture(scope="session")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    """The browser, once for all tests: a process can drive only one."""
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER)
        yield browser
        connections.close_all()  # those of playwright's loop, which nobody else would close
        browser.close()
