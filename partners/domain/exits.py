"""The settlement of an exit: drawn up when it begins, settled or waived line by line, closed with the
partner.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dnm.accounts.actors import Actor
from dnm.events.publishing import publish
from dnm.scoping.errors import Conflict, Invalid
from dnm.workflow.flows import advance
from partners.events.exits import SettlementClosed, SettlementMoved, SettlementOpened
from partners.models import ExitSettlement, Partner, SettlementItem
from partners.permissions.exits import ExitCapability
from partners.states import PartnerState, register_open_work
from partners.states.exits import (
    PENDING,
    SettlementSource,
    SettlementState,
    register_settlement,
    settlement_sources,
    still_open,
)

LONGEST = 250


def register() -> None:
    """What every exit settles, until an app brings its own line for it. Called when the app starts."""
    for order, (key, label) in enumerate(
        (
            ("stock", gettext_lazy("Stock bought back or sold off")),
            ("claims", gettext_lazy("Claims run off")),
            ("rebates", gettext_lazy("Rebates and incentives run off")),
            ("payments", gettext_lazy("Payments and deposits cleared")),
            ("returns", gettext_lazy("Signage, documents and tools returned")),
        ),
        start=1,
    ):
        register_settlement(SettlementSource(key, label, order * 10))
    register_open_work(open_lines)


def open_lines(partner: Partner) -> str:
    """What holds up the closing of a partner: lines of its settlement that are neither settled nor waived, or
    settled ones where the app behind the line knows of something open again.
    """
    rows = SettlementItem.objects.filter(partner=partner, settlement__closed_at=None)
    lines = list(rows.select_related("partner").order_by("position"))
    count = sum(line.state in PENDING for line in lines)
    told = ngettext(
        "%(count)s line of the settlement is still open.",
        "%(count)s lines of the settlement are still open.",
        count,
    )
    if count:
        return told % {"count": count}
    settled = (still_open(line) for line in lines if line.state == SettlementState.SETTLED)
    return next(filter(None, settled), "")


@transaction.atomic
def open_settlement(*, partner: Partner, reason: str, actor: Actor, at: datetime) -> ExitSettlement:
    """Draw up the checklist of an exit that has begun, once."""
    if partner.state != PartnerState.EXITING:
        raise Conflict(_("This partner is not leaving."), code="not-exiting")
    settlement, made = ExitSettlement.objects.get_or_create(
        network_id=partner.network_id,
        partner=partner,
        closed_at=None,
        defaults={
            "territory_id": partner.territory_id,
            "reason": reason.strip()[:LONGEST],
            "begun_at": at,
            "begun_by": actor.membership,
        },
    )
    if not made:
        return settlement
    sources = settlement_sources()
    for position, source in enumerate(sources, start=1):
        SettlementItem.objects.create(
            network_id=partner.network_id,
            settlement=settlement,
            partner=partner,
            territory_id=partner.territory_id,
            source=source.key,
            position=position,
            state_changed_at=at,
        )
    publish(SettlementOpened(lines=len(sources)), subject=partner, actor=actor, at=at)
    return settlement


@transaction.atomic
def close_settlement(*, partner: Partner, actor: Actor, at: datetime) -> None:
    """The partner is closed: its settlement is over. `Conflict` when a line was opened again meanwhile."""
    settlement = ExitSettlement.objects.select_for_update(of=("self",)).filter(
        partner=partner, closed_at=None
    )
    for row in settlement:
        opened = open_lines(partner)
        if opened:
            raise Conflict(opened, code="guarded")
        row.closed_at = at
        row.save(update_fields=["closed_at"])
        publish(SettlementClosed(), subject=partner, actor=actor, at=at)


@transaction.atomic
def settle_line(*, item: SettlementItem, note: str, actor: Actor, at: datetime) -> SettlementItem:
    """It is settled, and how. `Conflict` while the app that registered the line knows better."""
    return _step(item, "settle", note, actor, at, {"settled_by": actor.membership, "asked_by": None})


@transaction.atomic
def ask_waiver(*, item: SettlementItem, reason: str, actor: Actor, at: datetime) -> SettlementItem:
    """It shall not be settled, and why: another person decides."""
    return _step(item, "ask_waiver", reason, actor, at, {"asked_by": actor.membership})


@transaction.atomic
def waive_line(*, item: SettlementItem, actor: Actor, at: datetime) -> SettlementItem:
    """Waive it, as another person than the one who asked. The reason is that of the one who asked."""
    return _step(item, "waive", "", actor, at, {"waived_by": actor.membership})


@transaction.atomic
def refuse_waiver(*, item: SettlementItem, reason: str, actor: Actor, at: datetime) -> SettlementItem:
    """It must be settled after all, and why."""
    return _step(item, "refuse_waiver", reason, actor, at, {"asked_by": None})


@transaction.atomic
def reopen_line(*, item: SettlementItem, reason: str, actor: Actor, at: datetime) -> SettlementItem:
    """It turned out not to be settled, and why."""
    changes = {"settled_by": None, "asked_by": None, "waived_by": None}
    return _step(item, "reopen", reason, actor, at, changes)


def settlement_of(partner: Partner, actor: Actor) -> ExitSettlement | None:
    """The partner's newest exit, if the actor may see it."""
    rows = ExitSettlement.objects.visible_to(actor, ExitCapability.VIEW).filter(partner=partner)
    found: ExitSettlement | None = (
        rows.select_related("partner", "begun_by__user").order_by("-begun_at").first()
    )
    return found


def lines_of(settlement: ExitSettlement) -> list[SettlementItem]:
    """The checklist, in order."""
    rows = SettlementItem.objects.filter(settlement=settlement)
    related = ("settlement", "partner", "settled_by__user", "asked_by__user", "waived_by__user")
    return list(rows.select_related(*related).order_by("position"))


def waivers_to_decide(actor: Actor) -> Any:
    """Lines that wait for a second person's waiver, among those that the actor may waive and did not ask for
    itself.
    """
    rows = SettlementItem.objects.visible_to(actor, ExitCapability.WAIVE)
    rows = rows.filter(state=SettlementState.WAIVER_ASKED).exclude(asked_by=actor.membership)
    return rows.select_related("partner").order_by("state_changed_at", "pk")


def _step(
    item: SettlementItem, name: str, note: str, actor: Actor, at: datetime, changes: dict[str, Any]
) -> SettlementItem:
    """The exit is locked first, then its line: no step is taken while the exit is being closed."""
    list(ExitSettlement.objects.select_for_update(of=("self",)).filter(pk=item.settlement_id))
    rows = SettlementItem.objects.select_for_update(of=("self",)).select_related("partner", "settlement")
    item = rows.get(pk=item.pk)
    note = note.strip()[:LONGEST]
    if "reason" in item.workflow[name].needs and not note:
        raise Invalid(fields={"reason": _("Say why or how.")})
    event = SettlementMoved(transition=name, line=item.source)
    values = {**changes, **({"note": note} if note else {})}
    advance(item, name, actor=actor, at=at, event=event, reason=note, changes=values)
    return item
