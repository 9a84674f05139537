"""Generated pages in step with the code, and every link of the docs alive."""

import re
from pathlib import Path

import pytest

from dnm.scoping.management.commands.write_permissions import permissions_page
from dnm.workflow.management.commands.write_flows import flows_page
from tests.architecture.code import ROOT

DOCS = ROOT / "docs"
DOCUMENTS = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def test_the_permissions_page_is_in_step() -> None:
    assert (DOCS / "permissions.md").read_text() == permissions_page(), "run manage.py write_permissions"


def test_the_flows_page_is_in_step() -> None:
    assert (DOCS / "flows.md").read_text() == flows_page(), "run manage.py write_flows"


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    dead = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert dead == []


NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.name)
def test_tests_that_the_docs_name_are_there(page: Path) -> None:
    missing = [
        f"{file}::{name}"
        for file, name in NAMED_TEST.findall(page.read_text())
        if not _has(ROOT / file, name)
    ]
    assert missing == []


def _has(file: Path, name: str) -> bool:
    return file.exists() and (not name or f"def {name}(" in file.read_text())


def test_every_package_of_the_ground_floor_has_a_page() -> None:
    """Its own name, or the name of what it gives."""
    pages = {path.stem for path in DOCS.glob("*.md")}
    given = {
        "accounts": "tenancy",
        "scoping": "scope",
        "events": "events",
        "workflow": "workflow",
        "jobs": "jobs",
        "notifications": "notifications",
        "metrics": "metrics",
        "imports": "imports",
        "web": "web",
        "api": "api",
        "embedded": "embedded",
    }
    packages = {path.name for path in (ROOT / "dnm").iterdir() if (path / "__init__.py").exists()}
    assert packages - {"demo", "urls"} == given.keys()
    assert set(given.values()) <= pages
