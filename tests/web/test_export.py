"""Files of lists: what comes out is what went in, and nothing in it runs."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from dnm.web.export import file_response, neutral

AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
ROWS: list[list[Any]] = [
    ["=1+1", 4.1, AT],
    ["@SUM(A1)", Decimal("12.50"), date(2026, 11, 23)],
    [None, 0, "plain, “quoted”"],
]


@pytest.mark.parametrize("text", ["=1+1", "+49 30 123", "-2", "@x", "\t=1", "\r=1"])
def test_text_that_would_run_is_neutralised(text: str) -> None:
    assert neutral(text) == f"'{text}"


def test_numbers_stay_numbers() -> None:
    assert neutral(-2) == -2
    assert neutral(Decimal("-2.5")) == Decimal("-2.5")


def test_csv() -> None:
    with timezone.override("Asia/Kolkata"):
        response = file_response("csv", "leads", ["a", "b", "c"], ROWS)
    assert response["Content-Disposition"].startswith('attachment; filename="leads-')
    body = response.content.decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(body)))
    assert read[1] == ["'=1+1", "4.1", "2026-11-23T11:30:00+05:30"]
    assert read[2] == ["'@SUM(A1)", "12.50", "2026-11-23"]
    assert read[3] == ["", "0", "plain, “quoted”"]


def test_xlsx() -> None:
    with timezone.override("Asia/Kolkata"):
        response = file_response("xlsx", "leads", ["a", "b", "c"], ROWS)
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[1] == ["'=1+1", 4.1, datetime(2026, 11, 23, 11, 30)]  # noqa: DTZ001
    assert rows[2][1] == 12.5
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
