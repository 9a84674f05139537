"""Text files: encodings, separators, quotes, headers. Each assumption is stated to the person."""

from pathlib import Path

import pytest

from dnm.imports.reading import Choices, Limits, Profile
from dnm.imports.reading import errors as refusals
from dnm.imports.reading.layout import describe, open_table
from dnm.imports.reading.table import Row
from tests.imports.files import written


def read(path: Path, content: bytes | str, **choices: object) -> tuple[Profile, list[Row]]:
    written(path / "file", content)
    chosen = Choices(**choices)  # type: ignore[arg-type]
    profile = describe(open_table(path / "file", Limits(), chosen))
    return profile, list(open_table(path / "file", Limits(), chosen).rows())


def codes(profile: Profile) -> list[str]:
    return [note.code for note in profile.notes]


@pytest.mark.parametrize(
    ("encoding", "assumed", "note"),
    [
        ("utf-8", "utf-8", "encoding_valid"),
        ("utf-8-sig", "utf-8", "encoding_marked"),
        ("utf-16", "utf-16-le", "encoding_marked"),
        ("utf-16-be", "utf-16-be", "encoding_assumed"),
        ("utf-16-le", "utf-16-le", "encoding_assumed"),
        ("cp1252", "cp1252", "encoding_assumed"),
        ("utf-32", "utf-32-le", "encoding_marked"),
    ],
)
def test_encoding_is_found_and_said(tmp_path: Path, encoding: str, assumed: str, note: str) -> None:
    text = "name,city\nZoë Ångström,Malmö\nJosé “Pepe”,Cádiz\n"
    profile, rows = read(tmp_path, text.encode(encoding))
    assert (profile.encoding, profile.headers) == (assumed, ["name", "city"])
    assert note in codes(profile)
    assert rows[0].values == ["Zoë Ångström", "Malmö"]
    assert rows[1].values == ["José “Pepe”", "Cádiz"]


def test_bytes_that_windows_1252_lacks_are_read_as_latin_1(tmp_path: Path) -> None:
    profile, _ = read(tmp_path, b"name,city\nA\x81\xe9,B\n")
    assert profile.encoding == "iso-8859-1"


def test_one_broken_byte_does_not_garble_a_utf8_file(tmp_path: Path) -> None:
    text = "name,city\n" + "Müller,Köln\n" * 20
    profile, rows = read(tmp_path, text.encode() + b"Gr\xe9,Essen\n")
    assert profile.encoding == "utf-8"
    assert "broken_characters" in codes(profile)
    assert rows[0].values == ["Müller", "Köln"]
    assert rows[-1].values == ["Gr\ufffd", "Essen"]


def test_a_person_may_choose_the_encoding(tmp_path: Path) -> None:
    content = "имя,город\nЮлия,Чита\n".encode("cp1251")
    assert read(tmp_path, content)[1][0].values != ["Юлия", "Чита"]
    profile, rows = read(tmp_path, content, encoding="cp1251")
    assert rows[0].values == ["Юлия", "Чита"]
    assert codes(profile)[0] == "encoding_chosen"
    with pytest.raises(refusals.WrongEncoding, match="shift_jis"):
        read(tmp_path, b"a,b\n\xfd\xff,1\n", encoding="shift_jis")


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b;c\n1,5;2,5;3,5\n4,5;5,5;6,5\n", ";"),
        ("a\tb\tc\n1,2\t3\t4\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        ('name;text\nx;"one, two, three"\ny;"four, five"\n', ";"),
        ("sep=;\r\na;b\r\n1;2\r\n", ";"),
        ("Dealers of the north; all\na,b,c\n1,2,3\n4,5,6\n", ","),
    ],
)
def test_separator_is_found(tmp_path: Path, text: str, delimiter: str) -> None:
    assert read(tmp_path, text)[0].delimiter == delimiter


def test_rows_are_numbered_as_a_spreadsheet_program_shows_them(tmp_path: Path) -> None:
    text = 'Dealers,,\n\nname,city,note\nA,Delhi,"two\nlines"\n,,\nB,Pune,x\n'
    profile, rows = read(tmp_path, text)
    assert profile.header_row == 3
    assert [row.number for row in rows] == [4, 6]
    assert rows[0].values[2] == "two\nlines"
    assert profile.rows == 2
    assert {"header_row", "blank_rows"} <= set(codes(profile))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_kind(tmp_path: Path, end: str) -> None:
    _, rows = read(tmp_path, end.join(["a,b", "1,2", "3,4", ""]))
    assert [row.values for row in rows] == [["1", "2"], ["3", "4"]]


def test_zero_bytes_are_left_out_and_said(tmp_path: Path) -> None:
    profile, rows = read(tmp_path, b"name,city\nA\x00B,Pune\n")
    assert rows[0].values == ["AB", "Pune"]
    assert "zero_bytes" in codes(profile)


def test_rows_of_another_width(tmp_path: Path) -> None:
    profile, rows = read(tmp_path, "a,b,c\n1,2\n1,2,3,,\n1,2,3,4\n1,2,3\n")
    assert rows[0].values == ["1", "2", ""]
    assert rows[1].problems == []
    assert [(problem.expected, problem.got) for problem in rows[2].problems] == [("3 cells", "4 cells")]
    assert rows[2].values == ["1", "2", "3,4"], "nothing of a faulty row is thrown away"
    assert "short_rows" in codes(profile)


def test_headers_become_unique_names(tmp_path: Path) -> None:
    profile, _ = read(tmp_path, 'Name, name, "City\n of birth",,City of birth\nA,B,C,D,E\n')
    assert len({header.casefold() for header in profile.headers}) == 5
    assert profile.headers[1] == "name (2)"
    assert profile.headers[3] == "Column D"
    assert {"renamed_headers", "nameless_columns"} <= set(codes(profile))


def test_a_file_without_a_header(tmp_path: Path) -> None:
    text = "110001,28.6,77.2\n110002,28.7,77.3\n"
    profile, _ = read(tmp_path, text)
    assert "header_looks_like_data" in codes(profile)
    profile, rows = read(tmp_path, text, header_row=0)
    assert profile.headers == ["Column A", "Column B", "Column C"]
    assert len(rows) == profile.rows == 2


def test_a_person_may_point_at_the_header(tmp_path: Path) -> None:
    text = "code,name\n(internal),(as on the sign)\n1,A\n2,B\n"
    profile, rows = read(tmp_path, text, header_row=2)
    assert profile.headers == ["(internal)", "(as on the sign)"]
    assert [row.number for row in rows] == [3, 4]


def test_full_rows_are_never_taken_for_titles(tmp_path: Path) -> None:
    profile, rows = read(tmp_path, "1,2,3\nx,y,z\n4,5,6\n")
    assert profile.header_row == 1
    assert len(rows) == 2


def test_a_quotation_mark_that_is_never_closed(tmp_path: Path) -> None:
    with pytest.raises(refusals.UnclosedQuote, match="row 3"):
        read(tmp_path, 'a,b\n1,2\n3,"open\n5,6\n7,8\n')


def test_a_lone_quotation_mark_in_the_middle_marks_its_row(tmp_path: Path) -> None:
    _, rows = read(tmp_path, 'a,b\n1,"x\n3,y"z\n5,6\n')
    assert rows[0].problems[0].code == "open_quote"
    assert rows[1].values == ["5", "6"]


def test_words_of_a_column_when_they_are_few(tmp_path: Path) -> None:
    text = "kind,name\n" + "".join(f"{'HO' if i % 9 else 'BO'},name {i}\n" for i in range(200))
    profile, _ = read(tmp_path, text)
    kind, name = profile.columns
    assert kind.words == ["BO", "HO"]
    assert name.words is None
    assert (kind.filled, len(name.examples)) == (200, 3)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", refusals.EmptyFile),
        (b"\n\n  \r\n", refusals.EmptyFile),
        (b"\xef\xbb\xbf", refusals.EmptyFile),
        (b",,,\n,,\n", refusals.EmptyFile),
        (b"a,b,c\n", refusals.NoRows),
        (b"a,b,c\n,,\n \n", refusals.NoRows),
        (b'[{"a": 1}]', refusals.NotASpreadsheet),
        (b"<html><table><tr><td>1</td></tr></table></html>", refusals.NotASpreadsheet),
        (b'<?xml version="1.0"?><Workbook/>', refusals.NotASpreadsheet),
        (b"%PDF-1.7\n", refusals.NotASpreadsheet),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), refusals.NotASpreadsheet),
        (bytes(range(1, 32)) * 40, refusals.NotASpreadsheet),
        (b"\x1f\x8b\x08\x00abc", refusals.ArchiveRefused),
        (b"BZh91AY", refusals.ArchiveRefused),
        (b"Rar!\x1a\x07\x00", refusals.ArchiveRefused),
        (b"PK\x05\x06" + bytes(18), refusals.ArchiveRefused),
        (b"a,b\n" + b"x" * 40_000 + b",1\n", refusals.CellTooLong),
        (b"a,b\n" + b"x" * 200_000 + b",1\n", refusals.CellTooLong),
        (b",".join(b"h%d" % i for i in range(300)) + b"\n" + b"1," * 299 + b"1\n", refusals.TooManyColumns),
    ],
)
def test_what_is_no_table_is_refused_by_name(
    tmp_path: Path, content: bytes, refusal: type[refusals.ReadingError]
) -> None:
    with pytest.raises(refusal) as caught:
        read(tmp_path, content)
    assert str(caught.value).endswith(".")
    assert "%" not in str(caught.value)


def test_limits_of_size_and_rows(tmp_path: Path) -> None:
    path = written(tmp_path / "file", "a,b\n" + "1,2\n" * 50)
    with pytest.raises(refusals.TooManyRows, match="at most 20 rows"):
        describe(open_table(path, Limits(rows=20), Choices()))
    with pytest.raises(refusals.FileTooLarge):
        open_table(path, Limits(file_bytes=100), Choices())
