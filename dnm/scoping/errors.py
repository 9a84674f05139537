"""What verbs raise: a plain sentence for people and a code for programs. Never an HTTP status."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A verb refused. `code` is stable and in kebab-case; `message` is a sentence that may be shown."""

    code = "refused"
    default: Any = ""

    def __init__(self, message: object = "", *, code: str = "") -> None:
        self.message = str(message or self.default)
        self.code = code or self.code
        super().__init__(self.message)


class NotAllowed(DomainError):
    """The row is in sight and the capability is missing."""

    code = "not-allowed"
    default = _("Your role does not allow this here.")


class Conflict(DomainError):
    """The world has moved on: somebody else was first, or the state does not allow it any more."""

    code = "conflict"


class Invalid(DomainError):
    """The values make no sense. `fields` maps a field's name to the sentence for it."""

    code = "invalid"

    def __init__(
        self, message: object = "", *, fields: Mapping[str, object] | None = None, code: str = ""
    ) -> None:
        self.fields = {name: str(text) for name, text in (fields or {}).items()}
        super().__init__(message or " ".join(self.fields.values()), code=code)


BUSY: Mapping[str, int] = {
    "55P03": 1,  # lock_not_available: somebody holds the row longer than lock_timeout
    "40001": 1,  # serialization_failure
    "40P01": 1,  # deadlock_detected
    "57014": 5,  # query_canceled: statement_timeout
}
"""SQLSTATE → seconds after which another try makes sense."""
BROKEN_RULES = frozenset({"23505", "23503", "23514", "23P01"})
"""SQLSTATEs of unique keys, references, checks and exclusions: somebody else was first."""
FIRST = _("Somebody else was first, or another record stands against it.")
READ_ONLY = "25006"
"""SQLSTATE of a write in a transaction that only reads: somebody looks through another member's eyes."""
VIEWING = _("You are viewing the portal as somebody else: you can look at everything, and change nothing.")
LATER = _("The portal is busy. Try again shortly.")


def sqlstate(error: BaseException) -> str | None:
    """The database's own code of an error that Django wrapped."""
    return getattr(error.__cause__, "sqlstate", None)


def seconds_to_wait(error: BaseException) -> int | None:
    """When another try makes sense, for an operational error of the database; None when it is a fault."""
    state = sqlstate(error)
    if state is not None and state not in BUSY and not state.startswith(("08", "53", "57")):
        return None
    return BUSY.get(state or "", 5)
