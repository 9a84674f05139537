"""From upload to report by a small importer: no row is lost, none is applied twice."""

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from dnm.accounts.tenancy import network_context
from dnm.imports.declaring import Applied, Candidate
from dnm.imports.domain.ending import cancel_import, repeat_import
from dnm.imports.domain.mapping import map_columns, suggested_mapping, unknown_words
from dnm.imports.domain.reports import csv_file, harmless, workbook
from dnm.imports.domain.steps import start_check, start_import
from dnm.imports.domain.uploads import read_again, same_file_before
from dnm.imports.models import ImportRow, ImportRun
from dnm.imports.states import RowState, RunState
from dnm.jobs.models import Job, JobState
from dnm.scoping.errors import Conflict, Invalid
from partners.models import ProductLine
from tests.imports.conftest import LineImporter
from tests.imports.files import workbook as make_workbook
from tests.imports.steps import again, applied, checked, mapped, rows, staged, upload, worked
from tests.world import NOW, Net

GOOD = "code,name\n" + "".join(f"p{number},Pump {number}\n" for number in range(25))
MIXED = """SKU;Name;Size;Remark
a1;Alpha;Small;
a2;;large;no name
a3;forbidden fruit;s;
a4;quarrel;l;
a1;Alpha again;s;twice
a5;Odd one is odd;huge;
a6;Zeta;;;too long
pumps;Voltara pumps;;known already
drives;Drives, renamed;;
"""


def bad_file(net: Net, run: ImportRun) -> list[dict[str, str]]:
    run = again(net, run)
    with run.errors_file.open("rb") as file:
        text = file.read().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=run.profile["delimiter"]))


def test_every_row_ends_applied_or_in_the_file_of_bad_rows(
    voltara: Net, lines_importer: LineImporter
) -> None:
    run = staged(voltara, lines_importer, MIXED)
    assert run.state == RunState.CHECKED
    found = rows(voltara, run)
    assert {number: row.state for number, row in found.items()} == {
        2: RowState.STAGED,
        3: RowState.INVALID,
        4: RowState.INVALID,
        5: RowState.STAGED,
        6: RowState.INVALID,
        7: RowState.INVALID,
        8: RowState.INVALID,
        9: RowState.STAGED,
        10: RowState.STAGED,
    }
    assert found[3].errors[0] | {"message": ""} == {
        "field": "name",
        "label": "Name",
        "expected": "a value",
        "got": "an empty cell",
        "message": "",
    }
    assert found[7].errors[0]["expected"] == "one of: Small, Large"
    assert found[7].errors[0]["got"] == "huge"
    assert "row 2" in found[6].errors[0]["message"]
    assert found[8].errors[0]["got"] == "5 cells"
    assert (found[2].change, found[9].change, found[10].change) == ("create", "unchanged", "update")
    assert found[10].changes == {"Name": ["Voltara drives", "Drives, renamed"]}
    run = applied(voltara, run)
    assert run.state == RunState.DONE
    found = rows(voltara, run)
    assert found[2].state == found[9].state == found[10].state == RowState.APPLIED
    assert (found[5].state, found[5].message) == (RowState.FAILED, "Somebody quarrels about this.")
    assert run.counts["applied"] + run.counts["bad"] == run.total == len(found) == 9
    bad = bad_file(voltara, run)
    assert [row["Row"] for row in bad] == ["3", "4", "5", "6", "7", "8"]
    assert bad[0]["SKU"] == "a2"
    assert bad[2]["Errors"] == "Somebody quarrels about this."
    assert "expected a decent name, got forbidden fruit" in bad[1]["Errors"]


def test_checking_changes_nothing_but_the_staging(voltara: Net, lines_importer: LineImporter) -> None:
    with network_context(voltara.network):
        before = list(ProductLine.objects.values_list("code", "name"))
    staged(voltara, lines_importer, MIXED)
    with network_context(voltara.network):
        assert list(ProductLine.objects.values_list("code", "name")) == before
    assert lines_importer.applied == []


def test_a_repeat_takes_up_the_bad_rows_and_only_those(voltara: Net, lines_importer: LineImporter) -> None:
    run = applied(voltara, staged(voltara, lines_importer, "code,name\nx1,One\nx2,quarrel\nx3,Three\n"))
    assert run.counts["applied"] == 2
    with network_context(voltara.network):
        ProductLine.objects.filter(code="x1").update(name="changed by hand")
        ImportRow.objects.filter(run=run, row_no=3).update(raw={"code": "x2", "name": "Two, at peace"})
        job = repeat_import(run=run, actor=voltara.actor("administrator"), at=NOW)
    worked(voltara, job)
    lines_importer.applied.clear()
    run = applied(voltara, again(voltara, run))
    assert lines_importer.applied == [3]
    assert run.state == RunState.DONE
    assert (run.counts["applied"], run.counts["bad"]) == (3, 0)
    assert run.errors_file.name == ""
    with network_context(voltara.network):
        assert ProductLine.objects.get(code="x1").name == "changed by hand"
        with pytest.raises(Conflict, match="no bad rows"):
            repeat_import(run=run, actor=voltara.actor("administrator"), at=NOW)


def test_the_same_file_again_changes_nothing(voltara: Net, lines_importer: LineImporter) -> None:
    first = applied(voltara, staged(voltara, lines_importer, GOOD))
    second = applied(voltara, staged(voltara, lines_importer, GOOD))
    assert (first.counts["create"], second.counts["create"]) == (25, 0)
    assert second.counts["unchanged"] == 25
    with network_context(voltara.network):
        assert same_file_before(second, voltara.actor("administrator")) == first


def test_rows_that_others_need_are_applied_first(voltara: Net, lines_importer: LineImporter) -> None:
    text = "code,name\n" + "".join(f"c{n},child {n}\n" for n in range(12)) + "p,parent\n"
    applied(voltara, staged(voltara, lines_importer, text))
    assert lines_importer.applied[0] == 14
    assert lines_importer.applied[1:] == list(range(2, 14))


def test_words_of_the_file_are_explained(voltara: Net, lines_importer: LineImporter) -> None:
    run = upload(voltara, lines_importer, "code,name,size\na,A,klein\nb,B,gross\nc,C,Large\nd,D,riesig\n")
    mapping = suggested_mapping(run)
    assert unknown_words(run, mapping) == {"size": ["gross", "klein", "riesig"]}
    words = {"size": {"klein": "s", "gross": "l", "riesig": ""}}
    found = rows(voltara, checked(voltara, mapped(voltara, run, words=words)))
    assert [found[n].values["size"] for n in (2, 3, 4, 5)] == ["s", "l", "l", None]
    assert [found[n].state for n in (2, 3, 4, 5)] == ["staged", "staged", "staged", "invalid"]


def test_a_column_may_have_one_value_for_all_rows(voltara: Net, lines_importer: LineImporter) -> None:
    run = mapped(voltara, upload(voltara, lines_importer, GOOD), size={"fixed": "l"})
    assert {row.values["size"] for row in rows(voltara, checked(voltara, run)).values()} == {"l"}


def test_options_are_words_that_the_importer_knows(voltara: Net, lines_importer: LineImporter) -> None:
    run = mapped(voltara, upload(voltara, lines_importer, GOOD), options={"mood": "stormy", "other": "x"})
    assert run.options == {"mood": "stormy"}
    assert mapped(voltara, run, options={"mood": "nonsense"}).options == {"mood": "calm"}


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        ({"code": {"column": "code"}}, "name"),
        ({"code": {"column": "code"}, "name": {"column": "code"}}, "name"),
        ({"code": {"column": "code"}, "name": {"column": "elsewhere"}}, "name"),
        ({"code": {"column": "code"}, "name": {"column": "name"}, "id": {"column": "code"}}, "id"),
        ({"code": {"column": "code"}, "name": {"column": "name", "fixed": "x"}}, "name"),
    ],
)
def test_faulty_mappings_are_refused_at_the_column(
    voltara: Net, lines_importer: LineImporter, mapping: dict[str, dict[str, str]], field: str
) -> None:
    run = upload(voltara, lines_importer, GOOD)
    actor = voltara.actor("administrator")
    with network_context(voltara.network), pytest.raises(Invalid) as caught:
        map_columns(run=run, mapping=mapping, words={}, options={}, actor=actor, at=NOW)
    assert field in caught.value.fields


def test_an_unreadable_file_is_refused_with_its_reason(
    voltara: Net, lines_importer: LineImporter, media: object
) -> None:
    with pytest.raises(Invalid, match="archive") as caught:
        upload(voltara, lines_importer, b"\x1f\x8b\x08\x00rest")
    assert caught.value.code == "file-archive"
    with network_context(voltara.network):
        assert not ImportRun.objects.exists()


def test_reading_again_with_another_header(voltara: Net, lines_importer: LineImporter) -> None:
    run = upload(voltara, lines_importer, "code,name\nno,header here\nSKU,Name\nz1,Zeta\n")
    actor = voltara.actor("administrator")
    with network_context(voltara.network):
        run = read_again(run=run, choices={"header_row": 3}, actor=actor, at=NOW)
        assert (run.headers, run.total) == (["SKU", "Name"], 1)
        run = mapped(voltara, run)
        run = read_again(run=run, choices={}, actor=actor, at=NOW)
        assert (run.state, run.mapping, run.total) == (RunState.UPLOADED, {}, 3)
        with pytest.raises(Invalid, match="cannot be read as utf-32"):
            read_again(run=run, choices={"encoding": "utf-32"}, actor=actor, at=NOW)


def test_cancelling_between_the_steps(voltara: Net, lines_importer: LineImporter) -> None:
    actor = voltara.actor("administrator")
    run = staged(voltara, lines_importer, MIXED)
    with network_context(voltara.network):
        cancel_import(run=run, actor=actor, at=NOW)
    run = again(voltara, run)
    assert run.state == RunState.CANCELLED
    assert run.counts["bad"] == run.total
    assert len(bad_file(voltara, run)) == run.total
    with network_context(voltara.network), pytest.raises(Conflict):
        start_import(run=run, actor=actor, at=NOW)


def test_cancelling_in_the_middle_keeps_what_was_applied(
    voltara: Net, lines_importer: LineImporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = staged(voltara, lines_importer, GOOD)
    actor = voltara.actor("administrator")
    with network_context(voltara.network):
        job = start_import(run=run, actor=actor, at=NOW)
    whole = LineImporter.apply

    def apply_and_press_cancel(
        self: LineImporter, candidate: object, *args: object, **kwargs: object
    ) -> object:
        if len(self.applied) == 14:
            cancel_import(run=run, actor=actor, at=NOW)
        return whole(self, candidate, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(LineImporter, "apply", apply_and_press_cancel)
    job = worked(voltara, job)
    run = again(voltara, run)
    assert (job.state, run.state) == (JobState.CANCELLED, RunState.CANCELLED)
    assert run.counts["applied"] == 20
    assert run.counts["bad"] == 5
    assert {row["Errors"] for row in bad_file(voltara, run)} == {"Not applied: the import was cancelled."}
    monkeypatch.setattr(LineImporter, "apply", whole)
    with network_context(voltara.network):
        job = repeat_import(run=run, actor=actor, at=NOW)
    worked(voltara, job)
    run = applied(voltara, again(voltara, run))
    assert (run.state, run.counts["applied"], run.counts["create"]) == (RunState.DONE, 25, 25)


def test_two_jobs_never_work_on_one_import(voltara: Net, lines_importer: LineImporter) -> None:
    run = mapped(voltara, upload(voltara, lines_importer, GOOD))
    actor = voltara.actor("administrator")
    with network_context(voltara.network):
        start_check(run=run, actor=actor, at=NOW)
        for verb in (start_check, start_import):
            with pytest.raises(Conflict):
                verb(run=run, actor=actor, at=NOW)
        with pytest.raises(Conflict):
            map_columns(run=run, mapping=run.mapping, words={}, options={}, actor=actor, at=NOW)
        assert Job.objects.filter(kind="imports.check").count() == 1


def test_nothing_to_import_is_said(voltara: Net, lines_importer: LineImporter) -> None:
    run = staged(voltara, lines_importer, "code,name\n,x\n,y\n")
    with network_context(voltara.network), pytest.raises(Conflict, match="No row passed"):
        start_import(run=run, actor=voltara.actor("administrator"), at=NOW)


def test_the_database_refuses_a_row_twice(voltara: Net, lines_importer: LineImporter) -> None:
    run = staged(voltara, lines_importer, GOOD)
    with network_context(voltara.network):
        row = ImportRow.objects.get(run=run, row_no=2)
        with pytest.raises(IntegrityError, match="imports_importrow_once"), transaction.atomic():
            ImportRow.objects.create(network=voltara.network, run=run, row_no=2)
        with pytest.raises(IntegrityError, match="imports_importrow_key"), transaction.atomic():
            ImportRow.objects.create(network=voltara.network, run=run, row_no=999, key=row.key)
        with pytest.raises(IntegrityError, match="cannot go from"), transaction.atomic():
            ImportRun.objects.filter(pk=run.pk).update(state=RunState.DONE)


def test_a_row_on_which_the_importer_breaks_fails_alone(
    voltara: Net, lines_importer: LineImporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = staged(voltara, lines_importer, "code,name\nb1,One\nb2,Two\nb3,Three\n")
    whole = LineImporter.apply

    def break_on_two(self: LineImporter, candidate: Candidate, *args: Any, **kwargs: Any) -> Applied:
        applied = whole(self, candidate, *args, **kwargs)
        if candidate.key == "b2":
            raise ZeroDivisionError
        return applied

    monkeypatch.setattr(LineImporter, "apply", break_on_two)
    run = applied(voltara, run)
    assert (run.state, run.counts["applied"], run.counts["failed"]) == (RunState.DONE, 2, 1)
    assert "went wrong on our side" in rows(voltara, run)[3].message
    with network_context(voltara.network):
        assert not ProductLine.objects.filter(code="b2").exists(), "its effect is rolled back with it"


def test_no_cell_of_an_errors_file_computes_anything(tmp_path: Path) -> None:
    dangerous = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1"]
    harmless_ones = ["", "a=b", "1-2", " =1"]
    for text in dangerous:
        assert harmless(text) == f"'{text}"
    assert [harmless(text) for text in harmless_ones] == harmless_ones
    text = csv_file(["=head"], [["=1+1", "fine"]], ";").decode("utf-8-sig")
    assert text == "'=head\r\n'=1+1;fine\r\n"
    path = tmp_path / "bad.xlsx"
    path.write_bytes(workbook(["=head"], [["=1+1", "007"]]))
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["'=head", None], ["'=1+1", "007"]]
    assert all(cell.data_type == "s" for cell in sheet[2])


def test_the_file_of_bad_rows_of_a_workbook_is_a_workbook(
    voltara: Net, lines_importer: LineImporter, tmp_path: Path
) -> None:
    content = make_workbook(tmp_path / "in.xlsx", [["code", "name"], ["w1", "quarrel"], ["w2", "fine"]])
    run = applied(voltara, staged(voltara, lines_importer, content.read_bytes()))
    with run.errors_file.open("rb") as file:
        sheet = openpyxl.load_workbook(io.BytesIO(file.read())).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]] == ["w1", "quarrel", "2", "Somebody quarrels about this."]
    assert sheet.max_row == 2


def test_a_corrected_errors_file_comes_in_as_a_new_import(voltara: Net, lines_importer: LineImporter) -> None:
    run = applied(voltara, staged(voltara, lines_importer, "code,name\ng1,quarrel =\ng2,Two\n"))
    with run.errors_file.open("rb") as file:
        corrected = file.read().replace(b"quarrel =", b"'=peace")
    again_run = applied(voltara, staged(voltara, lines_importer, corrected))
    assert (again_run.total, again_run.counts["create"], again_run.counts["bad"]) == (1, 1, 0)
    with network_context(voltara.network):
        assert ProductLine.objects.get(code="g1").name == "=peace"
