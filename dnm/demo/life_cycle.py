"""What happens later in a partner's life, in the demo: changes that wait for a second person, an exit under
way.
"""

from __future__ import annotations

from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from typing import Any

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership, Network
from dnm.accounts.tenancy import network_context
from dnm.demo.onboarding import settle_old_deliveries
from dnm.demo.plan import NetworkPlan
from dnm.scoping.actors import actor_for_membership
from leads.states import LIVE_OFFERS
from partners.domain.changes.requests import approve_change, request_change, submit_change
from partners.domain.exits import ask_waiver, settle_line
from partners.domain.partners import change_partner_state
from partners.models import Application, ChangeRequest, Partner, PartnerHolding, SettlementItem
from partners.roles import Role, hold_permission
from partners.states import PartnerState

SETTLED = {"stock": "142 units bought back at list price", "returns": "Signage taken down"}


def write_life_cycle(plan: NetworkPlan) -> None:
    """Two change requests and an exit in one network, by the verbs of the domain."""
    network = Network.objects.get(slug=plan.brand.slug)
    now = datetime.fromtimestamp(plan.now, UTC)
    with network_context(network):
        if ChangeRequest.objects.exists():
            return
        admin, finance = (_staff(network, name, now) for name in ("admin", "finance"))
        owners = _owners(now)
        if len(owners) >= 2:
            _bank(*owners[0], at=now - timedelta(days=2))
            _relocation(*owners[1], by=admin, at=now - timedelta(days=5))
        kept = [plan.name_of(number) for number in astuple(plan.cast)]
        _exit(admin, finance, kept, now - timedelta(days=12))
        settle_old_deliveries(now)


def _staff(network: Network, name: str, at: datetime) -> Actor:
    rows = Membership.objects.select_related("user", "network")
    member = rows.get(user__email=f"{name}@{network.slug}.example")
    return actor_for_membership(member, via="session", at=at)


def _owners(at: datetime) -> list[tuple[Partner, Actor]]:
    """Two live partners with their owners, always the same ones."""
    holdings = PartnerHolding.objects.filter(
        permission__codename=hold_permission(Role.PARTNER_OWNER),
        content_object__state=PartnerState.LIVE,
        content_object__parent__isnull=False,
    ).select_related("membership__user", "membership__network", "content_object__territory")
    return [
        (one.content_object, actor_for_membership(one.membership, via="session", at=at))
        for one in holdings.order_by("pk")[:2]
    ]


def _bank(partner: Partner, owner: Actor, *, at: datetime) -> None:
    """A new account, submitted: finance finds it on its home page."""
    values = {
        "holder": partner.legal_name or partner.trade_name,
        "bank_name": "First Commercial Bank",
        "account_number": "00441200098731",
        "routing_code": "FCBK0000441",
    }
    reason = "Our old bank closes its branch here."
    row = request_change(partner=partner, kind="bank", values=values, reason=reason, actor=owner, at=at)
    submit_change(request=row, actor=owner, at=at + timedelta(minutes=4))


def _relocation(partner: Partner, owner: Actor, *, by: Actor, at: datetime) -> None:
    """A move, approved: it takes effect in three weeks."""
    values: dict[str, Any] = {"address": "Station Road 17", "postal_code": partner.postal_code}
    row = request_change(
        partner=partner,
        kind="relocation",
        values={**values, "latitude": None, "longitude": None},
        reason="A larger showroom with parking.",
        wanted_on=(at + timedelta(days=26)).date(),
        actor=owner,
        at=at,
    )
    row = submit_change(request=row, actor=owner, at=at + timedelta(hours=1))
    approve_change(request=row, actor=by, at=at + timedelta(days=1))


def _exit(admin: Actor, finance: Actor, kept: list[str], at: datetime) -> None:
    """A partner without open leads leaves: two lines are settled, for one a waiver is asked."""
    busy = Partner.objects.filter(offers__state__in=sorted(LIVE_OFFERS)).values("pk")
    partner = (
        Partner.objects.filter(state=PartnerState.LIVE, parent__isnull=False, children__isnull=True)
        .exclude(pk__in=busy)
        .exclude(trade_name__in=kept)
        .exclude(pk__in=Application.objects.filter(partner__isnull=False).values("partner"))
        .order_by("pk")
        .first()
    )
    if partner is None:
        return
    change_partner_state(
        partner=partner, transition="begin_exit", reason="The owner retires.", actor=admin, at=at
    )
    for source, note in SETTLED.items():
        line = SettlementItem.objects.get(partner=partner, source=source)
        settle_line(item=line, note=note, actor=admin, at=at + timedelta(days=5))
    line = SettlementItem.objects.get(partner=partner, source="claims")
    reason = "One claim below the cost of checking it."
    ask_waiver(item=line, reason=reason, actor=finance, at=at + timedelta(days=9))
