"""What happens to change requests. Never with a bank account's numbers."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from dnm.events.kinds import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ChangeRequested(DomainEvent):
    """Somebody asks for a change that takes two people; `what` is its kind."""

    kind: ClassVar[str] = "partners.change_requested"
    title: ClassVar = _("Change requested")
    what: str


@dataclass(frozen=True, kw_only=True)
class ChangeEdited(DomainEvent):
    """The draft of a change was changed; `fields` are the names."""

    kind: ClassVar[str] = "partners.change_edited"
    title: ClassVar = _("Request changed")
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class ChangeMoved(DomainEvent):
    """A change request took a step; from and to, and the reason, in the details."""

    kind: ClassVar[str] = "partners.change_moved"
    title: ClassVar = _("Change request")
    transition: str
    what: str


@dataclass(frozen=True, kw_only=True)
class BankAccountChanged(DomainEvent):
    """Another bank account of the partner is in effect."""

    kind: ClassVar[str] = "partners.bank_account_changed"
    title: ClassVar = _("Bank account changed")
