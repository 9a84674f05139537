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
