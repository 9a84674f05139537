"""Workbooks: typed cells become faithful text, and hostile packages are refused before they are parsed."""

import datetime
import time
import zipfile
from pathlib import Path

import pytest

from dnm.imports import reading
from dnm.imports.reading import Choices, Limits
from dnm.imports.reading import errors as refusals
from dnm.imports.reading.layout import describe, open_table
from dnm.imports.reading.table import Profile, Row
from tests.imports.files import (
    SHEET_END,
    SHEET_START,
    damaged,
    lying_bomb,
    open_document,
    raw_workbook,
    workbook,
    written,
)


def read(path: Path, **choices: object) -> tuple[Profile, list[Row]]:
    chosen = Choices(**choices)  # type: ignore[arg-type]
    return describe(open_table(path, Limits(), chosen)), list(open_table(path, Limits(), chosen).rows())


def test_values_keep_their_meaning(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "book.xlsx",
        [
            ["postal code", "code", "opened", "seen", "share", "live", "phone"],
            [
                522310,
                "007",
                datetime.date(2024, 3, 1),
                datetime.datetime(2024, 3, 1, 9, 30),  # noqa: DTZ001
                0.1 + 0.2,
                True,
                919876543210,
            ],
        ],
    )
    profile, rows = read(path)
    assert (profile.kind, profile.sheet) == ("xlsx", "Sheet1")
    assert rows[0].values == [
        "522310",
        "007",
        "2024-03-01",
        "2024-03-01 09:30:00",
        "0.3",
        "TRUE",
        "919876543210",
    ]


def inline(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def test_error_cells_and_formulas_without_a_result_are_told(tmp_path: Path) -> None:
    path = raw_workbook(
        tmp_path / "book.xlsx",
        SHEET_START + f'<row r="1">{inline("A1", "name")}{inline("B1", "price")}{inline("C1", "sum")}</row>'
        f'<row r="2">{inline("A2", "x")}<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="C2"><f>B2*2</f></c></row>' + SHEET_END,
    )
    profile, rows = read(path)
    assert rows[0].values == ["x", "#DIV/0!", ""]
    assert {"error_cells", "formulas_without_result"} <= {note.code for note in profile.notes}


def test_the_first_sheet_that_holds_rows_and_the_one_that_is_chosen(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Cover")
        for name, value in (("North", "n"), ("South", "s")):
            page = book.add_worksheet(name)
            page.write_row(0, 0, ["name", "city"])
            page.write_row(1, 0, [value, "x"])
        book.add_worksheet("Hidden").hide()
    profile, rows = read(path)
    assert (profile.sheet, profile.sheets) == ("North", ["Cover", "North", "South"])
    assert rows[0].values[0] == "n"
    assert read(path, sheet="South")[1][0].values[0] == "s"
    with pytest.raises(refusals.NoSuchSheet):
        read(path, sheet="Hidden")


def test_cells_out_in_nowhere_do_not_take_the_machine_down(tmp_path: Path) -> None:
    path = raw_workbook(
        tmp_path / "far.xlsx",
        SHEET_START
        + '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
        + SHEET_END,
    )
    with pytest.raises(refusals.TooManyRows):
        reading.profile(path)


def test_cells_in_nowhere_that_hide_from_the_look_through_meet_the_memory_ceiling(tmp_path: Path) -> None:
    path = raw_workbook(
        tmp_path / "far.xlsx",
        SHEET_START
        + "<row r='1'><c r='A1'><v>1</v></c></row><row r='40000'><c r='XFD40000'><v>2</v></c></row>"
        + SHEET_END,
    )
    started = time.monotonic()
    with pytest.raises(refusals.ReadingError):
        reading.profile(path)
    assert time.monotonic() - started < 20


def test_styled_but_empty_cells_far_out_are_no_obstacle(tmp_path: Path) -> None:
    path = raw_workbook(
        tmp_path / "styled.xlsx",
        SHEET_START
        + f'<row r="1">{inline("A1", "name")}</row><row r="2">{inline("A2", "x")}</row>'
        + '<row r="900000"><c r="ZZ900000" s="1"/></row>'
        + SHEET_END,
    )
    assert reading.profile(path).rows == 1


def test_bombs_are_refused_before_parsing(tmp_path: Path) -> None:
    lying = lying_bomb(tmp_path / "lying.xlsx", megabytes=200)
    assert lying.stat().st_size < 1 << 20
    started = time.monotonic()
    with pytest.raises((refusals.UnpacksTooLarge, refusals.PackedTooTightly)):
        reading.profile(lying)
    assert time.monotonic() - started < 5
    many = raw_workbook(
        tmp_path / "many.xlsx", SHEET_START + SHEET_END, members={f"xl/media/{i}": b"" for i in range(3000)}
    )
    with pytest.raises(refusals.UnpacksTooLarge):
        reading.profile(many)
    repeated = open_document(
        tmp_path / "repeated.ods",
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell '
        'office:value-type="string" table:number-columns-repeated="16384"><text:p>x</text:p>'
        "</table:table-cell></table:table-row>",
    )
    with pytest.raises(refusals.NeedsTooMuch):
        reading.profile(repeated)


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    path = raw_workbook(
        tmp_path / "entity.xlsx",
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaa">]>' + SHEET_START + SHEET_END,
    )
    with pytest.raises(refusals.NotASpreadsheet):
        reading.profile(path)


def test_packages_that_are_no_workbook(tmp_path: Path) -> None:
    plain = tmp_path / "plain.xlsx"
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("partners.csv", "a,b\n1,2\n")
    with pytest.raises(refusals.ArchiveRefused, match="ZIP"):
        reading.profile(plain)
    letter = tmp_path / "letter.xlsx"
    with zipfile.ZipFile(letter, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(refusals.NotASpreadsheet):
        reading.profile(letter)
    old = written(tmp_path / "old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(refusals.NotASpreadsheet):
        reading.profile(old)


def test_an_open_document_is_read(tmp_path: Path) -> None:
    def row(*texts: str) -> str:
        cells = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
            for text in texts
        )
        return f"<table:table-row>{cells}</table:table-row>"

    blank = (
        '<table:table-row table:number-rows-repeated="1048500">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    path = open_document(tmp_path / "book.ods", row("name", "city") + row("A", "Pune") + blank)
    profile = reading.profile(path)
    assert (profile.kind, profile.headers, profile.rows) == ("ods", ["name", "city"], 1)


def test_rows_come_through_the_process_as_they_are(tmp_path: Path) -> None:
    path = written(tmp_path / "file", 'name,note\nZoë,"a\nb"\n"x",y,z\n')
    rows = list(reading.rows(path))
    assert [row.values for row in rows] == [["Zoë", "a\nb"], ["x", "y,z"]]
    assert rows[1].problems[0].got == "3 cells"


def test_a_reading_that_is_left_early_leaves_no_process_behind(tmp_path: Path) -> None:
    path = written(tmp_path / "file", "a,b\n" + "1,2\n" * 40_000)
    rows = reading.rows(path)
    assert next(rows).number == 2
    rows.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(12))
def test_damaged_workbooks_are_read_or_refused(tmp_path: Path, seed: int) -> None:
    whole = workbook(
        tmp_path / "book.xlsx", [["name", "city"], *([f"n{i}", i] for i in range(200))]
    ).read_bytes()
    path = written(tmp_path / "damaged.xlsx", damaged(whole, seed))
    try:
        rows = reading.profile(path).rows
    except refusals.ReadingError as refused:
        rows = len(refused.message)
    assert rows > 0
