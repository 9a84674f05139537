"""Asking for a change, deciding about it, taking it back."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import Network
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from dnm.workflow.flows import advance
from partners.domain.people import partner_of
from partners.events.changes import ChangeEdited, ChangeMoved, ChangeRequested
from partners.models import ChangeRequest, Partner
from partners.models.changes import COOLING_OFF
from partners.permissions.changes import ChangeCapability
from partners.states import PartnerState
from partners.states.changes import ChangeKind, ChangeState

VALUES: dict[str, tuple[str, ...]] = {
    ChangeKind.BANK: ("holder", "bank_name", "account_number", "routing_code"),
    ChangeKind.RELOCATION: ("address", "postal_code", "latitude", "longitude"),
    ChangeKind.OWNERSHIP: ("legal_name", "owner_name"),
    ChangeKind.TERRITORY: ("new_territory",),
}
"""What each kind of change names."""
ACCOUNT, ROUTING = re.compile(r"[A-Z0-9]{4,34}"), re.compile(r"[A-Z0-9]{4,20}")


@transaction.atomic
def request_change(
    *,
    partner: Partner,
    kind: str,
    values: Mapping[str, Any],
    reason: str,
    actor: Actor,
    at: datetime,
    wanted_on: date | None = None,
) -> ChangeRequest:
    """Begin a change request, as a draft. `values` are those of `VALUES` for the kind.

    Raises `NotAllowed`, `Invalid` (fields named), and `Conflict` while one of the kind is open.
    """
    authorise(actor, ChangeCapability.REQUEST, as_anchor(partner))
    if actor.membership is None or partner.parent_id is None:
        raise NotAllowed
    if partner.state == PartnerState.CLOSED:
        raise Conflict(_("This partner is closed."), code="closed")
    if kind not in VALUES:
        raise Invalid(fields={"kind": _("Choose what is to change.")})
    request = ChangeRequest(
        network_id=actor.network_id,
        partner=partner,
        territory=partner.territory,
        kind=kind,
        state_changed_at=at,
        requested_by=actor.membership,
        created_at=at,
    )
    _put(request, values, reason, wanted_on)
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(_("A request of this kind is open already."), code="open-already") from error
    request.refresh_from_db()
    publish(ChangeRequested(what=kind), subject=request, actor=actor, at=at)
    return request


@transaction.atomic
def edit_change(
    *,
    request: ChangeRequest,
    values: Mapping[str, Any],
    reason: str,
    actor: Actor,
    at: datetime,
    wanted_on: date | None = None,
) -> ChangeRequest:
    """Change a draft. Whoever edits it is asking for it: the second person must be another one still."""
    authorise(actor, ChangeCapability.REQUEST, request)
    request = locked(request)
    if request.state != ChangeState.DRAFT or actor.membership is None:
        raise Conflict(_("It is submitted: withdraw it and ask anew."), code="not-a-draft")
    _put(request, values, reason, wanted_on)
    request.requested_by = actor.membership
    request.save()
    publish(ChangeEdited(fields=sorted(values)), subject=request, actor=actor, at=at)
    publish(ChangeRequested(what=request.kind), subject=request, actor=actor, at=at)
    return request


@transaction.atomic
def submit_change(*, request: ChangeRequest, actor: Actor, at: datetime) -> ChangeRequest:
    """Hand the draft over to those who decide."""
    return _step(request, "submit", actor, at)


@transaction.atomic
def approve_change(*, request: ChangeRequest, actor: Actor, at: datetime, reason: str = "") -> ChangeRequest:
    """Say yes, as another person than the one who asked. It takes effect on its day: a bank account after
    the cooling-off at the earliest.

    Raises `NotAllowed` for whoever asked or submitted, or belongs to the partner itself.
    """
    request = locked(request)
    _check_decides(request, actor)
    changes = {
        "decided_by": actor.membership,
        "decided_at": at,
        "effective_at": _effective_at(request, at),
    }
    return _step(request, "approve", actor, at, reason=reason, changes=changes)


@transaction.atomic
def reject_change(*, request: ChangeRequest, reason: str, actor: Actor, at: datetime) -> ChangeRequest:
    """Say no, or stop an approved one before its day; and why."""
    request = locked(request)
    _check_decides(request, actor)
    return _step(request, "reject", actor, at, reason=reason, changes={"effective_at": None})


@transaction.atomic
def withdraw_change(*, request: ChangeRequest, reason: str, actor: Actor, at: datetime) -> ChangeRequest:
    """Take it back, up to its day; and why."""
    return _step(locked(request), "withdraw", actor, at, reason=reason, changes={"effective_at": None})


def locked(request: ChangeRequest) -> ChangeRequest:
    """The request as it is now, for the length of the verb."""
    rows = ChangeRequest.objects.select_for_update(of=("self",)).select_related("partner__territory")
    return rows.get(pk=request.pk)  # type: ignore[no-any-return]


def as_anchor(partner: Partner) -> ChangeRequest:
    """A request that nobody keeps, to ask what a person may do with one of this partner."""
    levels = {
        f"{tree}_{level}": getattr(partner, f"{tree}_{level}")
        for tree in ("partner", "territory")
        for level in range(1, 9)
        if hasattr(partner, f"{tree}_{level}")
    }
    return ChangeRequest(network_id=partner.network_id, partner_id=partner.pk, **levels)


def _step(
    request: ChangeRequest,
    name: str,
    actor: Actor,
    at: datetime,
    *,
    reason: str = "",
    changes: dict[str, Any] | None = None,
) -> ChangeRequest:
    event = ChangeMoved(transition=name, what=request.kind)
    advance(request, name, actor=actor, at=at, event=event, reason=reason.strip()[:250], changes=changes)
    return request


def _check_decides(request: ChangeRequest, actor: Actor) -> None:
    if request.kind == ChangeKind.BANK:
        authorise(actor, ChangeCapability.DECIDE_BANK, request)
    own = partner_of(actor.membership) if actor.membership else None
    if own is not None and own.pk == request.partner_id:
        raise NotAllowed(_("Nobody decides about the own organisation."))


def _effective_at(request: ChangeRequest, at: datetime) -> datetime:
    """The beginning of the day that was asked for, in the network's time zone, and not before now."""
    earliest = at + COOLING_OFF if request.kind == ChangeKind.BANK else at
    if request.wanted_on is None:
        return earliest
    zone = Network.objects.get(pk=request.network_id).zone
    return max(earliest, datetime.combine(request.wanted_on, time.min, zone))


def _put(request: ChangeRequest, values: Mapping[str, Any], reason: str, wanted_on: date | None) -> None:
    """Set the values of the kind, and what stands at present. Raises `Invalid`."""
    names = VALUES[request.kind]
    unknown = values.keys() - set(names)
    faults = {name: _("This cannot be changed here.") for name in sorted(unknown)}
    cleaned = {name: _cleaned(name, values.get(name)) for name in names}
    faults |= _faults(request.kind, cleaned)
    if not reason.strip():
        faults["reason"] = _("Give a reason.")
    if faults:
        raise Invalid(fields=faults)
    for name, value in cleaned.items():
        setattr(request, name, value)
    request.reason, request.wanted_on = reason.strip()[:250], wanted_on
    request.before = _standing(request.partner, request.kind)


def _cleaned(name: str, value: Any) -> Any:
    if name in {"account_number", "routing_code"}:
        return "".join(str(value or "").upper().split())
    if name in {"latitude", "longitude", "new_territory"}:
        return value
    return str(value or "").strip()


def _faults(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    needed = {
        ChangeKind.BANK: ("holder", "bank_name", "account_number", "routing_code"),
        ChangeKind.RELOCATION: ("address", "postal_code"),
        ChangeKind.OWNERSHIP: ("legal_name", "owner_name"),
        ChangeKind.TERRITORY: ("new_territory",),
    }[ChangeKind(kind)]
    faults: dict[str, Any] = {name: _("Must not be empty.") for name in needed if not values.get(name)}
    if kind == ChangeKind.BANK:
        for name, pattern in (("account_number", ACCOUNT), ("routing_code", ROUTING)):
            if name not in faults and not pattern.fullmatch(values[name]):
                faults[name] = _("Letters and digits only.")
    if kind == ChangeKind.RELOCATION and (values["latitude"] is None) != (values["longitude"] is None):
        faults["latitude"] = _("Latitude and longitude come together.")
    return faults


def _standing(partner: Partner, kind: str) -> dict[str, Any]:
    """What stands before the change; never a bank account's numbers, which have a history of their own."""
    if kind == ChangeKind.BANK:
        return {}
    if kind == ChangeKind.TERRITORY:
        return {"new_territory": str(partner.territory)}
    names = [name for name in VALUES[kind] if hasattr(partner, name)]
    return {name: getattr(partner, name) for name in names}
