"""What happens while a partner leaves."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from dnm.events.kinds import DomainEvent


@dataclass(frozen=True, kw_only=True)
class SettlementOpened(DomainEvent):
    """The partner's exit began: its checklist is drawn up."""

    kind: ClassVar[str] = "partners.settlement_opened"
    title: ClassVar = _("Settlement begun")
    lines: int


@dataclass(frozen=True, kw_only=True)
class SettlementMoved(DomainEvent):
    """A line of the settlement took a step; from and to, and the reason, in the details."""

    kind: ClassVar[str] = "partners.settlement_moved"
    title: ClassVar = _("Settlement")
    transition: str
    line: str


@dataclass(frozen=True, kw_only=True)
class SettlementClosed(DomainEvent):
    """Everything was settled or waived, and the partner is closed."""

    kind: ClassVar[str] = "partners.settlement_closed"
    title: ClassVar = _("Settlement closed")
