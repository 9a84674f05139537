"""Saying which column of the file is which of the importer's, and what its words mean."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.imports.declaring import Column
from dnm.imports.domain.steps import job_is_live
from dnm.imports.events import ColumnsMapped
from dnm.imports.matching import suggest
from dnm.imports.models import ImportRun
from dnm.imports.parsing import Unreadable, is_nothing
from dnm.imports.permissions import ImportCapability
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Conflict, Invalid
from dnm.workflow.flows import advance

Mapped = Mapping[str, Mapping[str, str]]


@transaction.atomic
def map_columns(
    *,
    run: ImportRun,
    mapping: Mapped,
    words: Mapping[str, Mapping[str, str]],
    options: Mapping[str, str],
    actor: Actor,
    at: datetime,
) -> ImportRun:
    """Fix the mapping. Rows that were checked under another one are forgotten: none has been applied yet.

    `mapping`: column → {"column": header} or {"fixed": value}. `words`: column → {the file's word: value},
    where "" means that rows with it are refused. Raises `Invalid` naming columns that are missing or unknown.
    """
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    authorise(actor, ImportCapability.USE, run)
    if job_is_live(run):
        raise Conflict(_("The rows are being checked. Cancel that first."), code="in-work")
    importer = run.declared
    _refuse_faults(run, importer.columns, mapping)
    run.rows.all().delete()
    known = {column.name for column in importer.columns if column.words}
    changes = {
        "mapping": {name: dict(source) for name, source in mapping.items()},
        "words": {name: dict(meanings) for name, meanings in words.items() if name in known},
        "options": importer.option_values(options),
        "counts": {},
    }
    event = ColumnsMapped(columns=sorted(mapping))
    advance(run, "map", actor=actor, at=at, event=event, changes=changes)
    return run


def _refuse_faults(run: ImportRun, columns: Sequence[Column], mapping: Mapped) -> None:
    faults: dict[str, str] = {}
    used: set[str] = set()
    for name, source in mapping.items():
        fault = _fault(run, columns, name, source, used)
        if fault:
            faults[name] = fault
    for column in columns:
        if column.required and column.name not in mapping:
            faults[column.name] = _("Choose the file's column: this is needed.")
    if faults:
        raise Invalid(_("The mapping is not complete."), fields=faults, code="bad-mapping")


def _fault(
    run: ImportRun, columns: Sequence[Column], name: str, source: Mapping[str, str], used: set[str]
) -> str:
    if name not in {column.name for column in columns} or set(source) not in ({"column"}, {"fixed"}):
        return _("There is no such column.")
    header = source.get("column")
    if header is None:
        return ""
    if header not in run.headers:
        return _("The file has no column “%(header)s”.") % {"header": header}
    if header in used:
        return _("“%(header)s” is used twice.") % {"header": header}
    used.add(header)
    return ""


def suggested_mapping(run: ImportRun) -> dict[str, dict[str, str]]:
    """The present mapping or, before there is one, what headers and aliases suggest."""
    if run.mapping:
        return dict(run.mapping)
    return {name: {"column": header} for name, header in suggest(run.declared.columns, run.headers).items()}


def unknown_words(run: ImportRun, mapping: Mapped) -> dict[str, list[str]]:
    """Words of the file that a mapped column with words of its own does not know, by column."""
    profiles = {column["header"]: column for column in run.profile.get("columns", [])}
    found: dict[str, list[str]] = {}
    for column in run.declared.columns:
        header = mapping.get(column.name, {}).get("column")
        if not column.words or header not in profiles:
            continue
        strangers = [
            word
            for word in profiles[header]["words"] or ()
            if not is_nothing(word) and not _is_known(column, word)
        ]
        if strangers:
            found[column.name] = strangers
    return found


def _is_known(column: Column, word: str) -> bool:
    try:
        column.parse(word)
    except Unreadable:
        return False
    return True
