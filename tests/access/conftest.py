"""Both networks with their scenes, once for all tests of the package, in one transaction that is undone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import override_settings

from tests.access.stage import Stage, set_stage
from tests.access.visiting import Visitor
from tests.world import build_world

Visit = Callable[[str], Visitor]


@pytest.fixture(scope="package")
def stages(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Stage, Stage]]:
    """Voltara, which is visited, and Nordwerk, of which nobody there may hear."""
    media: Path = tmp_path_factory.mktemp("media")
    rates = dict.fromkeys(("member", "network", "enquiry"), "1000000/min")
    framework = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=str(media), REST_FRAMEWORK=framework),
        transaction.atomic(),
    ):
        with connection.cursor() as cursor:  # tests that ask something else for a while keep it waiting
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cache.clear()
        voltara, nordwerk = build_world()
        made = set_stage(voltara), set_stage(nordwerk)
        connection.check_constraints()  # once: each request that is undone would check all rows again
        yield made
        transaction.set_rollback(True)
    cache.clear()


@pytest.fixture(scope="package")
def visit(stages: tuple[Stage, Stage]) -> Visit:
    """Somebody at Voltara's host, by name."""
    known: dict[str, Visitor] = {}

    def visitor(name: str) -> Visitor:
        if name not in known:
            known[name] = Visitor(name, *stages)
        return known[name]

    return visitor
