"""An import whose time is up: no row is blamed for it."""

from typing import Any

import pytest

from dnm.accounts.tenancy import network_context
from dnm.imports.declaring import importer_named
from dnm.imports.domain.steps import start_import
from dnm.imports.models import ImportRow
from dnm.imports.states import RowState, RunState
from dnm.jobs.models import JobState
from dnm.jobs.running import OutOfTime, retry_job
from partners.models import Partner
from tests.imports.steps import again, checked, mapped, upload, worked
from tests.world import NOW, Net

FILE = "code,trade name,kind,parent code,postal code\n" + "".join(
    f"late{n},Late {n},dealer,brand,NA1\n" for n in range(5)
)


def test_the_rows_wait_and_the_job_run_again_applies_them(
    voltara: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    importer = importer_named("partners")
    run = checked(voltara, mapped(voltara, upload(voltara, importer, FILE)))
    with network_context(voltara.network):
        job = start_import(run=run, actor=voltara.actor("administrator"), at=NOW)

    def time_is_up(*args: Any, **kwargs: Any) -> None:
        raise OutOfTime

    with monkeypatch.context() as late:
        late.setattr(type(importer), "apply", time_is_up)
        job = worked(voltara, job)
    assert job.state == JobState.FAILED
    assert job.error.startswith("This took longer")
    assert again(voltara, run).state == RunState.RUNNING
    with network_context(voltara.network):
        assert set(ImportRow.objects.filter(run=run).values_list("state", flat=True)) == {RowState.STAGED}
        job = retry_job(job=job, actor=voltara.actor("administrator"), at=NOW)
    assert worked(voltara, job).state == JobState.DONE
    assert again(voltara, run).state == RunState.DONE
    with network_context(voltara.network):
        assert Partner.objects.filter(code__startswith="late").count() == 5
