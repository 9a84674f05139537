"""What the calendar does to documents: expiring, expired, reminders, each of them once.

Beat calls `run_document_clock`; it reads a small index, takes a row a transaction, and is safe to run twice.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q

from dnm.accounts.actors import Actor
from dnm.accounts.models import Network
from dnm.accounts.tenancy import network_context
from dnm.events.publishing import publish
from dnm.scoping.errors import Conflict
from dnm.workflow.flows import advance
from partners.domain.checklists import ask_for_documents
from partners.domain.documents import locked
from partners.domain.gates import today_of
from partners.events.documents import DocumentExpired, DocumentExpiring, DocumentReminded
from partners.models import Document, DocumentType
from partners.states.documents import IN_FORCE, DocumentState

BATCH = 500
S = DocumentState
REMINDED_IN = (S.VERIFIED, S.EXPIRING, S.MISSING, S.REJECTED)
log = structlog.get_logger(__name__)


def run_document_clock(network_id: int, at: datetime) -> int:
    """Ask for what is not asked yet, expire, warn, remind; how many rows were touched."""
    clock = Actor.system("clock", network_id)
    with network_context(network_id):
        network = Network.objects.get(pk=network_id)
        today = at.astimezone(network.zone).date()
        soon = _with_reminder_due(today)
    done = asked = ask_in_network(network_id, at)
    while asked >= BATCH:
        asked = ask_in_network(network_id, at)
        done += asked
    over = Q(state__in=sorted(IN_FORCE), due_on__lt=today)
    over |= Q(state=S.REJECTED, covered_until__lt=today)
    done += _each(network_id, over, lambda row: expire_document(document=row, actor=clock, at=at))
    return done + _each(network_id, soon, lambda row: remind_of_document(document=row, actor=clock, at=at))


def ask_in_network(network_id: int, at: datetime) -> int:
    """Ask for what is not asked yet, a batch at most."""
    with network_context(network_id):
        network = Network.objects.get(pk=network_id)
        return ask_for_documents(network=network, actor=Actor.system("clock", network_id), at=at, most=BATCH)


def _with_reminder_due(today: date) -> Q:
    """Rows for which one of their type's reminders has come and was not sent."""
    days = {day for kind in DocumentType.objects.all() for day in kind.reminder_days}
    terms = Q(pk__in=[])
    for day in days:
        reached = Q(type__reminder_days__contains=[day], due_on__lte=today + timedelta(days=day))
        terms |= reached & ~Q(reminded__contains=[day])
    return terms & Q(state__in=REMINDED_IN, due_on__gte=today)


@transaction.atomic
def expire_document(*, document: Document, actor: Actor, at: datetime) -> bool:
    """The last day is over. False when there is nothing to do (any more)."""
    document = locked(document)
    last = document.covered_until
    open_states = IN_FORCE | {S.REJECTED}
    if document.state not in open_states or last is None or last >= today_of(document, at):
        return False
    advance(document, "expire", actor=actor, at=at, event=DocumentExpired(), changes={"due_on": last})
    return True


@transaction.atomic
def remind_of_document(*, document: Document, actor: Actor, at: datetime) -> bool:
    """Warn of a coming last day, or of a deadline: each of the type's reminders once, never two at once."""
    document = locked(document)
    left = (document.due_on - today_of(document, at)).days
    if left < 0 or document.state not in REMINDED_IN:
        return False
    due = [days for days in document.type.reminder_days if left <= days]
    new = [days for days in due if days not in document.reminded]
    until = document.due_on.isoformat()
    if document.state == S.VERIFIED and due:
        advance(document, "warn", actor=actor, at=at, event=DocumentExpiring(until=until))
    if not new:
        return False
    Document.objects.filter(pk=document.pk).update(reminded=sorted({*document.reminded, *due}))
    publish(DocumentReminded(days=left, until=until), subject=document, actor=actor, at=at)
    return True


def _each(network_id: int, which: Q, act: Callable[[Document], bool]) -> int:
    """Each row in a transaction of its own; one that somebody else moved on is left to the next tick."""
    done, last = 0, 0
    while True:
        with network_context(network_id):
            rows = list(Document.objects.wanted().filter(which, pk__gt=last).order_by("pk")[:BATCH])
        for row in rows:
            last = row.pk
            try:
                with network_context(network_id):
                    done += act(row)
            except Conflict as moved:
                log.info("document moved on", document=row.pk, reason=moved.message)
        if len(rows) < BATCH:
            return done
