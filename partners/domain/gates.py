"""Gates: what a partner may not have at present, and why. Nothing is stored: a gate closes and opens with
the facts that it is asked of.

An app that knows a reason (certificates, credit) registers a source; an app that gives something away (leads,
orders, payouts) asks `blocked`.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from dnm.accounts.models import Network
from partners.models import Document, Partner


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a gate is closed: a stable code, what it is about, and where to do something about it."""

    code: str
    what: str
    url: str = ""

    @property
    def sentence(self) -> str:
        return _("%(what)s is missing or has expired.") % {"what": self.what}


@dataclass(frozen=True, slots=True)
class Closed:
    """One gate that is closed to one partner, for one reason."""

    partner_id: int
    gate: str
    reason: Reason


Source = Callable[[Collection[int], date], Iterable[Closed]]
"""(ids of partners, day) → what is closed to them, of all gates. One query, however many partners."""
_SOURCES: list[Source] = []


def register_gate_source(source: Source) -> None:
    """Let another app close gates."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def blocked(partner: Partner, gate: str, at: datetime) -> list[Reason]:
    """Why this gate is closed to the partner at this moment; empty when it is open."""
    return [one.reason for one in closed_to([partner.pk], today_of(partner, at)) if one.gate == gate]


def blocked_among(partners: Collection[int], gate: str, day: date) -> set[int]:
    """Those of the partners (ids) to whom the gate is closed: one query a source."""
    return {one.partner_id for one in closed_to(partners, day) if one.gate == gate}


def closed_to(partners: Collection[int], day: date) -> list[Closed]:
    """Everything that is closed to these partners (ids) on this day."""
    return [one for source in _SOURCES for one in source(partners, day)]


def today_of(row: Any, at: datetime) -> date:
    """The day at this moment where the row's network is."""
    network: Network = row.network
    return at.astimezone(network.zone).date()


def missing_documents(partners: Collection[int], day: date) -> Iterable[Closed]:
    """The source that is always there: required documents past their deadline or their last day."""
    documents = Document.objects.closing(day).filter(partner__in=partners).select_related("type")
    for document in documents.order_by("type__name"):
        reason = Reason("document", document.type.name, document.get_absolute_url())
        for gate in document.type.gates:
            yield Closed(document.partner_id, gate, reason)


register_gate_source(missing_documents)
