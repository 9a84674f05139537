"""Writes docs/permissions.md from the capabilities that the apps declare. A test compares the two."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand

from dnm.scoping.capabilities import all_capabilities

HEAD = """\
# Permissions

Written by `python manage.py write_permissions` from the `permissions.py` of each app; a test fails when the
two differ.

A role is held at a node of the partner tree or of the territory tree, and reaches every row at that node and
below it, within the territory, product lines and dates of the holding. A capability and the place always come
from the same holding: somebody who adjudicates in the north and reads in the south adjudicates nothing in the
south.

**own**: a partner's people have this on their own partner's rows only, not on those of partners further down.
"""


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(settings.BASE_DIR) / "docs" / "permissions.md"
        target.write_text(permissions_page())
        self.stdout.write(f"Wrote {target}")


def permissions_page() -> str:
    """The whole page, as Markdown."""
    return "\n".join([HEAD, *_tables()]) + "\n"


def _tables() -> Iterator[str]:
    capabilities = all_capabilities()
    roles = sorted({role for holders in capabilities.values() for role in holders})
    own = _own()
    for app in sorted({name.partition(".")[0] for name in capabilities}):
        yield f"## {app}\n"
        yield "| may | " + " | ".join(map(in_words, roles)) + " |"
        yield "| --- |" + " :-: |" * len(roles)
        for name, holders in capabilities.items():
            if name.startswith(f"{app}."):
                note = " (own)" if name in own else ""
                marks = " | ".join("●" if role in holders else "" for role in roles)
                yield f"| {in_words(name.partition('.')[2])}{note} `{name}` | {marks} |"
        yield ""


def in_words(name: str) -> str:
    """`network_administrator` as a person writes it."""
    return name.replace("_", " ")


def _own() -> set[str]:
    return {str(name) for model in apps.get_models() for name in getattr(model, "scope_own", ())}
