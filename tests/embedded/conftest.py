"""Servers of their own for these tests: nothing here touches the ones the other tests use."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.embedded.checkout import Checkout


@pytest.fixture
def make_checkout(tmp_path: Path) -> Iterator[Callable[..., Checkout]]:
    """Makes checkouts whose servers and data are gone after the test."""
    made: list[Checkout] = []

    def make(name: str = "data", uid: int | None = None) -> Checkout:
        made.append(Checkout(tmp_path / name, uid))
        return made[-1]

    yield make
    for checkout in made:
        checkout("remove")


@pytest.fixture
def checkout(make_checkout: Callable[..., Checkout]) -> Checkout:
    return make_checkout()


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """Running servers, shared by the tests of a module that do not stop them."""
    shared = Checkout(tmp_path_factory.mktemp("started"))
    code, said = shared("start")
    assert code == 0, said
    yield shared
    shared("remove")
