"""Going through an import by its verbs, as the pages and the worker do."""

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from dnm.accounts.tenancy import network_context
from dnm.imports.declaring import Importer
from dnm.imports.domain.mapping import map_columns, suggested_mapping
from dnm.imports.domain.steps import start_check, start_import
from dnm.imports.domain.uploads import upload_file
from dnm.imports.models import ImportRow, ImportRun
from dnm.jobs.models import Job
from dnm.jobs.running import run_job
from tests.world import NOW, Net


def upload(
    net: Net,
    importer: Importer,
    content: bytes | str,
    *,
    by: str = "administrator",
    name: str = "lines.csv",
) -> ImportRun:
    data = content if isinstance(content, bytes) else content.encode()
    with network_context(net.network):
        file = SimpleUploadedFile(name, data)
        return upload_file(importer=importer, file=file, actor=net.actor(by), at=NOW)


def mapped(
    net: Net, run: ImportRun, *, options: Mapping[str, str] | None = None, words: Any = None, **mapping: Any
) -> ImportRun:
    with network_context(net.network):
        return map_columns(
            run=run,
            mapping=suggested_mapping(run) | mapping,
            words=words or {},
            options=options or {},
            actor=net.actor("administrator"),
            at=NOW,
        )


def worked(net: Net, job: Job) -> Job:
    """Let the worker have the job."""
    run_job(net.network.pk, job.pk)
    with network_context(net.network):
        job.refresh_from_db()
    return job


def checked(net: Net, run: ImportRun) -> ImportRun:
    with network_context(net.network):
        job = start_check(run=run, actor=net.actor("administrator"), at=NOW)
    worked(net, job)
    return again(net, run)


def applied(net: Net, run: ImportRun) -> ImportRun:
    with network_context(net.network):
        job = start_import(run=run, actor=net.actor("administrator"), at=NOW)
    worked(net, job)
    return again(net, run)


def again(net: Net, run: ImportRun) -> ImportRun:
    with network_context(net.network):
        return ImportRun.objects.get(pk=run.pk)


def staged(net: Net, importer: Importer, content: bytes | str) -> ImportRun:
    """Uploaded, mapped as suggested and checked."""
    return checked(net, mapped(net, upload(net, importer, content)))


def rows(net: Net, run: ImportRun) -> dict[int, ImportRow]:
    with network_context(net.network):
        return {row.row_no: row for row in ImportRow.objects.filter(run=run)}
