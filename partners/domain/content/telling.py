"""Telling the readers, some hundred at a time, and reminding those who have not acknowledged."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _plain
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.accounts.tenancy import network_context
from dnm.events.models import Event
from dnm.events.publishing import publish
from dnm.notifications.kinds import NotificationKind
from dnm.notifications.sending import notify
from partners.domain.content.audience import members_addressed, not_acknowledged
from partners.events.content import PublicationReminded, PublicationRevised
from partners.models import PartnerKind, ProductLine, Publication, Tier
from partners.permissions.content import ContentCapability
from partners.roles import ROLE_LABELS, Role
from partners.states.content import PublicationKind, PublicationState

BATCH = 500
REMINDED_AFTER = (3, 7, 14)
"""Days after which those who have not acknowledged are reminded."""
WORDS = {"kind": {str(value): label for value, label in PublicationKind.choices}}
OUT = NotificationKind(
    name="partners.publication_published",
    label=_("News and documents"),
    title=_("{kind}: {what}"),
    text=_("Published by {owner}."),
    words=WORDS,
    capability=ContentCapability.VIEW,
)
TO_ACKNOWLEDGE = NotificationKind(
    name="partners.publication_to_acknowledge",
    label=_("News and documents to acknowledge"),
    title=_("Please read and acknowledge: {what}"),
    text=_("Published by {owner}."),
    capability=ContentCapability.VIEW,
    email=True,
)
REMINDER = NotificationKind(
    name="partners.publication_reminded",
    label=_("Reminder of what is to be acknowledged"),
    title=_("Not acknowledged yet: {what}"),
    text=_("Published {days} days ago by {owner}."),
    capability=ContentCapability.VIEW,
    email=True,
)
KINDS = (OUT, TO_ACKNOWLEDGE, REMINDER)


def begin_to_tell(event: Event) -> None:
    """From now on the readers are told of this event, and of no earlier one any more."""
    rows = Publication.objects.filter(pk=event.subject_id, state=PublicationState.PUBLISHED)
    rows.update(notice=event, told_up_to=0)


@transaction.atomic
def tell_some(*, publication_id: int, at: datetime, most: int = BATCH) -> int:
    """Tell the next readers of the event that the publication is being told of; how many. 0 when it is done.

    Those who have read it already are left out, unless there is news for everybody.
    """
    rows = Publication.objects.select_for_update(of=("self",)).select_related("partner", "for_territory")
    row: Publication | None = rows.filter(pk=publication_id, notice__isnull=False).first()
    if row is None:
        return 0
    event = Event.objects.get(pk=row.notice_id or 0)
    members = members_addressed(row, at).filter(pk__gt=row.told_up_to)
    if only_missing(event.kind, event.payload):
        members = not_acknowledged(members, row)
    found = list(members[:most])
    _tell(row, event, [one for one in found if one.pk != event.membership_id])
    if len(found) < most:
        Publication.objects.filter(pk=row.pk).update(notice=None, told_up_to=0)
    else:
        Publication.objects.filter(pk=row.pk).update(told_up_to=found[-1].pk)
    return len(found)


def _tell(row: Publication, event: Event, members: list[Any]) -> None:
    asks_again = event.payload.get("is_anew", True)
    kind = TO_ACKNOWLEDGE if row.is_mandatory and asks_again else OUT
    if event.kind == PublicationReminded.kind:
        kind = REMINDER
    facts = {
        "what": row.title,
        "owner": row.partner.trade_name,
        "kind": row.kind,
        "days": event.payload.get("days"),
    }
    told = {name: value for name, value in facts.items() if name in kind.fact_names()}
    notify(kind=kind, recipients=members, subject=row, facts=told, event=event)


def only_missing(kind: str, payload: Mapping[str, Any]) -> bool:
    """Whether an event concerns only those who have not acknowledged: a reminder, a version to read anew."""
    return kind == PublicationReminded.kind or (kind == PublicationRevised.kind and payload["is_anew"])


def tell_audiences(network_id: int, at: datetime) -> int:
    """Go on with every publication whose readers are not all told yet, a batch a transaction; how many."""
    with network_context(network_id):
        waiting = list(Publication.objects.filter(notice__isnull=False).values_list("pk", flat=True))
    told = 0
    for publication_id in waiting:
        while True:
            with network_context(network_id):
                count = tell_some(publication_id=publication_id, at=at)
            told += count
            if count < BATCH:
                break
    return told


def remind_readers(network_id: int, at: datetime) -> int:
    """Remind of what must be acknowledged, after so many days each; of how many publications."""
    with network_context(network_id):
        rows = Publication.objects.filter(
            state=PublicationState.PUBLISHED,
            is_mandatory=True,
            notice=None,
            dated_at__lte=at - timedelta(days=REMINDED_AFTER[0]),
            dated_at__gte=at - timedelta(days=REMINDED_AFTER[-1] + 2),
        )
        due = list(rows.exclude(reminded__contains=list(REMINDED_AFTER)).values_list("pk", flat=True))
    return sum(_remind(network_id, publication_id, at) for publication_id in due)


def _remind(network_id: int, publication_id: int, at: datetime) -> bool:
    with network_context(network_id):
        rows = Publication.objects.select_for_update(of=("self",)).select_related("partner")
        row: Publication = rows.get(pk=publication_id)
        days = (at - row.dated_at).days
        due = [day for day in REMINDED_AFTER if day <= days]
        if row.state != PublicationState.PUBLISHED or set(due) <= set(row.reminded):
            return False
        Publication.objects.filter(pk=row.pk).update(reminded=sorted({*row.reminded, *due}))
        actor = Actor.system("clock", network_id)
        publish(PublicationReminded(days=due[-1]), subject=row, actor=actor, at=at)
        return True


def audience_words(publication: Publication) -> list[tuple[Any, str]]:
    """Whom it is for, as (what, which); a line where nothing is narrowed. Reads owner and territory."""
    tiers = Tier.objects.filter(pk__in=publication.for_tiers).order_by("rank")
    lines = ProductLine.objects.filter(pk__in=publication.for_lines)
    place = publication.for_territory
    found: list[tuple[Any, list[Any]]] = [
        (_("Roles"), [ROLE_LABELS[Role(role)] for role in publication.for_roles]),
        (_("Kinds of partners"), [PartnerKind(kind).label for kind in publication.for_kinds]),
        (_("Tiers"), list(tiers) if publication.for_tiers else []),
        (_("Product lines"), list(lines) if publication.for_lines else []),
        (_("Within"), [place] if place is not None else []),
    ]
    told = [(label, ", ".join(map(str, values))) for label, values in found if values]
    owner = publication.partner
    everybody = [(_("Everybody"), _plain("at or below {owner}").format(owner=owner))]
    must = _plain("yes") if publication.is_mandatory else _plain("no")
    return [*(told or everybody), (_("Must be acknowledged"), must)]
