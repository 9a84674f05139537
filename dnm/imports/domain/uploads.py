"""Taking a file in, and reading it again with other choices."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.events.publishing import publish
from dnm.imports import reading
from dnm.imports.declaring import Importer
from dnm.imports.domain.files import local_path
from dnm.imports.domain.steps import job_is_live
from dnm.imports.events import FileReadAgain, FileUploaded
from dnm.imports.models import ImportRun
from dnm.imports.permissions import ImportCapability
from dnm.imports.reading.errors import FileTooLarge
from dnm.imports.states import RunState
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from dnm.workflow.flows import advance

LONGEST_NAME = 200
WHILE_SOMEBODY_WAITS = reading.Limits(seconds=12)
"""At the upload a person waits and the request's transaction is open. 50,000 rows take under 3 s."""


@transaction.atomic
def upload_file(*, importer: Importer, file: File, actor: Actor, at: datetime) -> ImportRun:
    """Store the file and read what it holds. Raises `Invalid` with the reason when it is no usable table."""
    authorise(actor, importer.capability)
    if actor.membership is None:
        raise NotAllowed
    run = ImportRun(
        network_id=actor.network_id,
        membership=actor.membership,
        importer=importer.name,
        created_at=at,
        language=(get_language() or "en")[:10],
        file_name=Path(str(file.name or "")).name[-LONGEST_NAME:] or "-",
        size=file.size or 0,
        sha256=_sha256(file),
    )
    if run.size > reading.Limits().file_bytes:
        raise _refused(FileTooLarge(size=run.size >> 20, limit=reading.Limits().file_bytes >> 20))
    run.file.save("source", file, save=False)
    try:
        _read(run, {})
    except Invalid:
        run.file.delete(save=False)
        raise
    run.save()
    publish(
        FileUploaded(importer=importer.name, sha256=run.sha256, rows=run.total),
        subject=run,
        actor=actor,
        at=at,
    )
    return run


@transaction.atomic
def read_again(*, run: ImportRun, choices: Mapping[str, Any], actor: Actor, at: datetime) -> ImportRun:
    """Read the file with other choices (sheet, encoding, delimiter, header row); then it is to be mapped."""
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    authorise(actor, ImportCapability.USE, run)
    if run.state not in {RunState.UPLOADED, RunState.MAPPED, RunState.CHECKED} or job_is_live(run):
        raise Conflict(_("The file is already being worked on."), code="in-work")
    _read(run, choices)
    run.rows.all().delete()
    run.mapping, run.words, run.counts = {}, {}, {}
    run.save(update_fields=["choices", "profile", "file_kind", "total", "mapping", "words", "counts"])
    if run.state != RunState.UPLOADED:
        advance(run, "read_again", actor=actor, at=at, event=FileReadAgain())
    return run


def same_file_before(run: ImportRun, actor: Actor) -> ImportRun | None:
    """The latest import of the very same file that the actor may see, if there is one."""
    earlier = ImportRun.objects.visible_to(actor, ImportCapability.USE).filter(
        importer=run.importer, sha256=run.sha256, pk__lt=run.pk
    )
    return earlier.order_by("-pk").first()


def _read(run: ImportRun, choices: Mapping[str, Any]) -> None:
    chosen = reading.Choices(**choices)
    try:
        with local_path(run.file) as path:
            profile = reading.profile(path, choices=chosen, limits=WHILE_SOMEBODY_WAITS)
    except reading.ReadingError as refused:
        raise _refused(refused) from refused
    run.choices = asdict(chosen)
    run.profile = asdict(profile)
    run.file_kind = profile.kind
    run.total = profile.rows


def _refused(refused: reading.ReadingError) -> Invalid:
    return Invalid(fields={"file": refused.message}, code=f"file-{refused.code.replace('_', '-')}")


def _sha256(file: File) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
