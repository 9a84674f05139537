"""A folder of its own for uploaded files, and a small importer to stage with."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from dnm.accounts.actors import Actor
from dnm.imports import declaring, parsing
from dnm.imports.declaring import Applied, Candidate, Column, Importer, Option, Setting
from dnm.imports.states import RowChange
from dnm.scoping.errors import Conflict
from partners.models import ProductLine
from partners.permissions import PartnerCapability

SIZES = (("s", "Small"), ("l", "Large"))


class LineImporter(Importer):
    """Product lines by code: the smallest thing that can be imported."""

    name: ClassVar[str] = "test-lines"
    title: ClassVar[Any] = "Product lines"
    capability: ClassVar[str] = PartnerCapability.IMPORT
    chunk: ClassVar[int] = 10
    columns = (
        Column(
            name="code", label="Code", parse=parsing.code(40), required=True, aliases=("sku",), example="p-1"
        ),
        Column(name="name", label="Name", parse=parsing.text(60), required=True, help="As in the catalogue."),
        Column(name="size", label="Size", parse=parsing.one_of(SIZES), words=SIZES),
    )
    options = (Option(name="mood", label="Mood", words=(("calm", "Calm"), ("stormy", "Stormy"))),)
    applied: ClassVar[list[int]] = []

    def key(self, values: Mapping[str, Any], options: Mapping[str, str]) -> str:
        return str(values.get("code") or "")

    def prepare(self, setting: Setting) -> Setting:
        return setting

    def check(self, candidates: Sequence[Candidate], context: Setting) -> None:
        known = dict(ProductLine.objects.values_list("code", "name"))
        for candidate in candidates:
            code, name = candidate.values["code"], candidate.values["name"]
            if "forbidden" in name:
                candidate.refuse("name", expected="a decent name", got=name)
            if "odd" in name:
                candidate.warn("name", "This is odd.")
            candidate.change = RowChange.UPDATE if code in known else RowChange.CREATE
            if known.get(code) == name:
                candidate.change = RowChange.UNCHANGED
            elif code in known:
                candidate.changes = {"Name": [known[code], name]}
            candidate.depth = 1 if "child" in name else 0

    def apply(self, candidate: Candidate, context: Setting, *, actor: Actor, at: datetime) -> Applied:
        code, name = candidate.values["code"], candidate.values["name"]
        if "quarrel" in name:
            raise Conflict("Somebody quarrels about this.")
        line = ProductLine.objects.filter(code=code).first()
        change = RowChange.CREATE if line is None else RowChange.UPDATE
        if line is not None and line.name == name:
            change = RowChange.UNCHANGED
        elif line is not None:
            ProductLine.objects.filter(pk=line.pk).update(name=name)
        else:
            line = ProductLine.objects.create(network_id=actor.network_id, code=code, name=name)
        type(self).applied.append(candidate.row_no)
        return Applied(change=change, subject=line)


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def lines_importer() -> Iterator[LineImporter]:
    importer = LineImporter()
    LineImporter.applied.clear()
    declaring.register_importer(importer)
    yield importer
    del declaring._IMPORTERS[importer.name]
