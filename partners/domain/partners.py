"""Entering and changing partners, and leading them through their life."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from dnm.workflow.flows import advance
from partners.domain.authorisations import is_authorised_by_rows
from partners.domain.exits import close_settlement, open_settlement
from partners.events import PartnerAdded, PartnerChanged, PartnerStateChanged
from partners.models import BusinessCalendar, Partner, PartnerKind, ProductLine, Territory
from partners.permissions import PartnerCapability
from partners.states import PARTNER_FLOW, PartnerState

CHANGEABLE = frozenset(
    {
        "trade_name",
        "legal_name",
        "kind",
        "territory",
        "postal_code",
        "address",
        "phone",
        "email",
        "latitude",
        "longitude",
        "product_line_ids",
        "capacity",
        "calendar",
    }
)
"""Facts that `update_partner` changes. Code, parent and state have doors of their own."""


@transaction.atomic
def create_partner(
    *,
    code: str,
    trade_name: str,
    kind: str,
    parent: Partner,
    territory: Territory,
    actor: Actor,
    at: datetime,
    legal_name: str = "",
    postal_code: str = "",
    address: str = "",
    phone: str = "",
    email: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
    product_lines: Collection[ProductLine] = (),
    capacity: int | None = None,
    calendar: BusinessCalendar | None = None,
    state: str = PartnerState.PROSPECT,
) -> Partner:
    """Enter a partner below `parent`. An established one may be entered as live.

    Raises `NotAllowed`, `Invalid` (fields named), `Conflict` when the code is taken.
    """
    authorise(actor, PartnerCapability.ADD, parent, system=True)
    if parent.level >= settings.TREE_LEVELS:
        told = _("Partners have at most %(n)s levels.") % {"n": settings.TREE_LEVELS}
        raise Invalid(fields={"parent": told})
    if state not in PARTNER_FLOW.initial:
        raise Invalid(fields={"state": _("A partner is entered as prospect, onboarding or live.")})
    if Partner.objects.filter(code=code).exists():
        raise Conflict(_("The code %(code)s is taken.") % {"code": code}, code="code-taken")
    partner = Partner(
        network_id=actor.network_id,
        code=code,
        trade_name=trade_name,
        legal_name=legal_name,
        kind=kind,
        parent=parent,
        territory=territory,
        postal_code=postal_code,
        address=address,
        phone=phone,
        email=email,
        latitude=latitude,
        longitude=longitude,
        product_line_ids=_line_ids(product_lines),
        capacity=capacity,
        calendar=calendar,
        state=state,
        state_changed_at=at,
        created_at=at,
    )
    _check(partner)
    partner.save(force_insert=True)
    partner.refresh_from_db()
    publish(PartnerAdded(code=code), subject=partner, actor=actor, at=at)
    return partner


@transaction.atomic
def update_partner(*, partner: Partner, changes: Mapping[str, Any], actor: Actor, at: datetime) -> Partner:
    """Change facts of a partner; names those that really changed in the event. No change, no event.

    `changes` maps names of `CHANGEABLE` to values (`product_lines` may be given as rows). Raises
    `NotAllowed`, `Invalid`.
    """
    authorise(actor, PartnerCapability.CHANGE, partner, system=True)
    _check_below_brand_owner(partner)
    values = dict(changes)
    if "territory" in values and values["territory"] != partner.territory:
        authorise(actor, PartnerCapability.CHANGE, values["territory"], system=True)
    if "product_lines" in values:
        values["product_line_ids"] = _line_ids(values.pop("product_lines"))
    unknown = values.keys() - CHANGEABLE
    if unknown:
        raise Invalid(fields={name: _("This cannot be changed here.") for name in sorted(unknown)})
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    changed = sorted(name for name, value in values.items() if getattr(partner, name) != value)
    if not changed:
        return partner
    if "product_line_ids" in changed and is_authorised_by_rows(partner):
        raise Invalid(fields={"product_lines": _("These follow the partner's authorisations.")})
    for name in changed:
        setattr(partner, name, values[name])
    _check(partner)
    partner.save(update_fields=changed)
    partner.refresh_from_db()
    publish(PartnerChanged(fields=changed), subject=partner, actor=actor, at=at)
    return partner


@transaction.atomic
def change_partner_state(
    *, partner: Partner, transition: str, actor: Actor, at: datetime, reason: str = ""
) -> Partner:
    """Take a transition of the partner's life: begin_onboarding, go_live, suspend, resume, begin_exit,
    close.

    The beginning of an exit draws up its settlement, and closing waits until all of it is settled or waived.
    """
    _check_below_brand_owner(partner)
    if transition not in PARTNER_FLOW.transitions:
        raise Invalid(_("There is no such step."), code="no-such-transition")
    event = PartnerStateChanged(transition=transition)
    advance(partner, transition, actor=actor, at=at, event=event, reason=reason)
    if partner.state == PartnerState.EXITING:
        open_settlement(partner=partner, reason=reason, actor=actor, at=at)
    elif partner.state == PartnerState.CLOSED:
        close_settlement(partner=partner, actor=actor, at=at)
    return partner


def _line_ids(lines: Collection[ProductLine]) -> list[int]:
    return sorted(line.pk for line in lines)


def _check(partner: Partner) -> None:
    faults: dict[str, Any] = {}
    if not partner.trade_name.strip():
        faults["trade_name"] = _("Give a name.")
    if not partner.code.strip():
        faults["code"] = _("Give a code.")
    if partner.kind not in PartnerKind.values or (partner.kind == PartnerKind.BRAND_OWNER) != (
        partner.parent_id is None
    ):
        faults["kind"] = _(
            "A partner is a distributor, dealer, sub-dealer, retailer, service centre or branch."
        )
    faults |= _faults_of_place(partner.latitude, partner.longitude)
    if partner.capacity is not None and partner.capacity < 0:
        faults["capacity"] = _("Capacity is not negative.")
    if faults:
        raise Invalid(fields=faults)


def _faults_of_place(latitude: float | None, longitude: float | None) -> dict[str, Any]:
    if latitude is None and longitude is None:
        return {}
    if latitude is None or longitude is None:
        return {"latitude": _("Latitude and longitude come together.")}
    if not -90 <= latitude <= 90:
        return {"latitude": _("Latitude lies between -90 and 90 degrees.")}
    if not -180 <= longitude <= 180:
        return {"longitude": _("Longitude lies between -180 and 180 degrees.")}
    return {}


def _check_below_brand_owner(partner: Partner) -> None:
    """The brand owner is no partner of its own: its facts are the network's settings, its life the
    platform's.
    """
    if partner.parent_id is None:
        raise NotAllowed(_("The brand owner itself is not changed here."))
