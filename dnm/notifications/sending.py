"""Telling people of something: rows now, the live signal after the commit, mails a little later."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.db.models.functions import Now

from dnm.accounts.commits import after_commit
from dnm.accounts.models import Membership
from dnm.accounts.models.memberships import MembershipState
from dnm.events.models import Event
from dnm.notifications.kinds import NotificationKind
from dnm.notifications.live.publishing import Message, send_now
from dnm.notifications.models import Notification
from dnm.notifications.preferences import wishes_for


def notify(
    *,
    kind: NotificationKind,
    recipients: Iterable[Membership],
    subject: Model,
    facts: Mapping[str, Any],
    event: Event,
) -> list[Notification]:
    """Tell each recipient of `event`, once, however often this is called for it; returns the new rows.

    Call it from a receiver, in the event's network and transaction: the rows commit with the receiver's mark.
    `facts` are JSON values for the kind's wording; a fact that the wording does not name raises ValueError.
    Locked members and those who want to hear of the kind nowhere get nothing.
    """
    strangers = set(facts) - kind.fact_names()
    if strangers:
        raise ValueError(f"{kind.name} does not name {', '.join(sorted(strangers))}")
    members = {member.pk for member in recipients if member.state == MembershipState.ACTIVE}
    told = Notification.objects.filter(kind=kind.name, event=event, membership_id__in=members)
    before = set(told.values_list("membership_id", flat=True))
    fresh = sorted(members - before)
    subject_type = ContentType.objects.get_for_model(subject)
    Notification.objects.bulk_create(
        [
            Notification(
                network_id=event.network_id,
                membership_id=wish_of,
                kind=kind.name,
                subject_type=subject_type,
                subject_id=subject.pk,
                event=event,
                facts=dict(facts),
                in_portal=wish.portal,
                email_due_at=Now() if wish.email else None,
            )
            for wish_of, wish in wishes_for(kind, fresh).items()
            if wish.portal or wish.email
        ],
        ignore_conflicts=True,
    )
    rows = list(told.filter(membership_id__in=fresh).order_by("membership_id"))
    after_commit(_announce, [row for row in rows if row.in_portal])
    return rows


def _announce(rows: list[Notification]) -> None:
    send_now([_message(row) for row in rows])


def _message(row: Notification) -> Message:
    return Message(
        network_id=row.network_id,
        membership_id=row.membership_id,
        event="notification",
        data={"kind": row.kind},
        id=str(row.uid),
    )
