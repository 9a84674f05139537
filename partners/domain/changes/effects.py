"""What an approved change does on its day, driven by beat."""

from datetime import datetime

import structlog
from django.db import transaction

from dnm.accounts.actors import Actor
from dnm.accounts.models import Network
from dnm.accounts.tenancy import network_context
from dnm.events.publishing import publish
from dnm.scoping.errors import Conflict, DomainError
from dnm.workflow.flows import advance
from partners.domain.changes.requests import locked
from partners.domain.partners import update_partner
from partners.domain.places import locate
from partners.events.changes import BankAccountChanged, ChangeMoved
from partners.models import BankAccount, ChangeRequest, Partner
from partners.models.changes import BANK_FIELDS
from partners.states.changes import ChangeKind, ChangeState

log = structlog.get_logger(__name__)
AT_ONCE = 200


def take_due_changes(network_id: int, now: datetime) -> int:
    """Put into effect what is due, each in a transaction of its own; returns how many. Harmless to repeat."""
    with network_context(network_id):
        due = ChangeRequest.objects.filter(state=ChangeState.APPROVED, effective_at__lte=now)
        ids = list(due.order_by("effective_at", "pk").values_list("pk", flat=True)[:AT_ONCE])
    done = 0
    for change_id in ids:
        try:
            with network_context(network_id):
                request = ChangeRequest.objects.get(pk=change_id)
                take_change_effect(request=request, actor=Actor.system("change requests", network_id), at=now)
                done += 1
        except DomainError as refused:
            log.warning("change did not take effect", change=change_id, why=refused.message)
    return done


@transaction.atomic
def take_change_effect(*, request: ChangeRequest, actor: Actor, at: datetime) -> ChangeRequest:
    """Do what was approved. Only the system does this; `Conflict` before its moment."""
    request = locked(request)
    if request.effective_at is None or request.effective_at > at:
        raise Conflict("It is not due yet.", code="not-due")
    event = ChangeMoved(transition="take_effect", what=request.kind)
    advance(request, "take_effect", actor=actor, at=at, event=event)
    if request.kind == ChangeKind.BANK:
        _open_account(request, actor, at)
        return request
    changes = _facts(request)
    if changes:
        update_partner(partner=request.partner, changes=changes, actor=actor, at=at)
    return request


def account_of(partner: Partner, at: datetime) -> BankAccount | None:
    """The account to which money for the partner goes at a moment; None when it has none.

    Payouts ask here and nowhere else: a new account is not found before its cooling-off is over.
    """
    found: BankAccount | None = (
        BankAccount.objects.filter(partner=partner, valid_from__lte=at)
        .exclude(valid_to__lte=at)
        .order_by("-valid_from")
        .first()
    )
    return found


def _open_account(request: ChangeRequest, actor: Actor, at: datetime) -> None:
    BankAccount.objects.filter(partner=request.partner, valid_to=None).update(valid_to=at)
    BankAccount.objects.create(
        network_id=request.network_id,
        partner=request.partner,
        territory=request.partner.territory,
        change=request,
        valid_from=at,
        **{name: getattr(request, name) for name in BANK_FIELDS},
    )
    publish(BankAccountChanged(), subject=request.partner, actor=actor, at=at)


def _facts(request: ChangeRequest) -> dict[str, object]:
    """The facts of the partner that change."""
    if request.kind == ChangeKind.TERRITORY:
        return {"territory": request.new_territory}
    if request.kind == ChangeKind.OWNERSHIP:
        return {"legal_name": request.legal_name}
    latitude, longitude = request.latitude, request.longitude
    if latitude is None:
        network = Network.objects.get(pk=request.network_id)
        place = locate(postal_code=request.postal_code, country=network.country)
        latitude, longitude = place.latitude, place.longitude
    return {
        "address": request.address,
        "postal_code": request.postal_code,
        "latitude": latitude,
        "longitude": longitude,
    }
