"""Why a file was refused. Each class has a code and a plain sentence that says what to do next."""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class ReadingError(Exception):
    """A file that cannot be imported as it is. `params` fill the sentence and cross process borders."""

    code: ClassVar[str] = "unreadable"
    sentence: ClassVar[str | Promise] = _(
        "This file could not be read. Save it again as XLSX or CSV and upload that."
    )

    def __init__(self, **params: Any) -> None:
        super().__init__(self.code, params)
        self.params = params

    @property
    def message(self) -> str:
        """The sentence in the reader's language. What was `found` is a phrase that content.py marks."""
        found = {"found": gettext(self.params["found"])} if "found" in self.params else {}
        return str(self.sentence) % {**self.params, **found}

    def __str__(self) -> str:
        return self.message


class EmptyFile(ReadingError):
    code = "empty"
    sentence = _("The file is empty. Choose the file that has your rows in it.")


class NoRows(ReadingError):
    code = "no_rows"
    sentence = _("A header and at least one row below it are needed; the file has no rows.")


class FileTooLarge(ReadingError):
    code = "too_large"
    sentence = _("The file has %(size)s MB; at most %(limit)s MB can be read. Split it into several files.")


class UnpacksTooLarge(ReadingError):
    code = "unpacks_too_large"
    sentence = _(
        "The workbook unpacks to more than %(limit)s MB. "
        "Copy the rows alone into a new workbook and upload that."
    )


class PackedTooTightly(ReadingError):
    code = "packed_too_tightly"
    sentence = _(
        "The workbook unpacks to more than %(ratio)s times its size, as hostile files do. "
        "Copy the rows into a new workbook, or save them as CSV."
    )


class TooManyRows(ReadingError):
    code = "too_many_rows"
    sentence = _(
        "The sheet reaches down to row %(rows)s; at most %(limit)s rows can be read. Split the file."
    )


class TooManyColumns(ReadingError):
    code = "too_many_columns"
    sentence = _(
        "The sheet has %(columns)s columns; at most %(limit)s can be read. Remove those you do not need."
    )


class CellTooLong(ReadingError):
    code = "cell_too_long"
    sentence = _(
        "A cell in row %(row)s is longer than %(limit)s characters. A quotation mark that is opened and "
        "never closed does this."
    )


class UnclosedQuote(ReadingError):
    code = "unclosed_quote"
    sentence = _(
        "A quotation mark opened in row %(row)s is never closed, so the rows below it cannot be told apart."
    )


class NotASpreadsheet(ReadingError):
    code = "not_a_spreadsheet"
    sentence = _("This is %(found)s, not a spreadsheet. Upload XLSX, XLS, ODS or CSV.")


class ArchiveRefused(ReadingError):
    code = "archive"
    sentence = _("This is an archive (%(found)s). Unpack it and upload the spreadsheet that is in it.")


class ProtectedFile(ReadingError):
    code = "protected"
    sentence = _("The workbook is protected by a password. Remove the password and upload it again.")


class BrokenWorkbook(ReadingError):
    code = "broken"
    sentence = _(
        "The workbook is damaged and cannot be opened. Open it in your spreadsheet program and save it anew."
    )


class NoSuchSheet(ReadingError):
    code = "no_such_sheet"
    sentence = _("There is no sheet called “%(sheet)s” in the workbook.")


class WrongEncoding(ReadingError):
    code = "wrong_encoding"
    sentence = _(
        "The text cannot be read as %(encoding)s. Choose another encoding, or save the file as UTF-8."
    )


class NeedsTooMuch(ReadingError):
    code = "needs_too_much"
    sentence = _(
        "Reading the file took more memory or time than is allowed. Copy the rows alone into a new workbook, "
        "or save them as CSV."
    )


def _all(base: type[ReadingError]) -> list[type[ReadingError]]:
    return [base, *(found for child in base.__subclasses__() for found in _all(child))]


BY_CODE: dict[str, type[ReadingError]] = {error.code: error for error in _all(ReadingError)}
