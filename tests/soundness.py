"""What must hold of leads, offers, slots and the outbox when nothing runs: the end of every rough test."""

from collections import Counter
from io import StringIO

from django.core.management import CommandError, call_command
from django.db.models.functions import Now

from dnm.accounts.tenancy import network_context
from dnm.events.delivery import deliver_one
from dnm.events.models import Delivery, DeliveryState, Event
from leads.domain.slots import drift
from leads.models import Lead, Offer, RoutingDecision
from leads.states import LIVE_OFFERS, WORKED, LeadState, OfferState
from tests.world import Net

VISIBLE = frozenset({LeadState.WAITING, LeadState.DESK, LeadState.DUPLICATE})
"""Queues that people see, in which a lead has no live offer."""
AT_REST = VISIBLE | {LeadState.OFFERED} | WORKED


def faults(net: Net) -> list[str]:
    """Leads that stand nowhere or twice, offers that disagree, slots that do not add up, dead deliveries."""
    found = []
    with network_context(net.network):
        for lead in Lead.objects.order_by("pk"):
            found += [f"lead {lead.pk} in {lead.state}: {fault}" for fault in _faults_of(lead)]
        found += [f"load of partner {key}: {value}" for key, value in drift().items()]
        found += [
            f"dead: {delivery.receiver} {delivery.error}"
            for delivery in Delivery.objects.filter(state=DeliveryState.DEAD)
        ]
    try:
        call_command("reconcile", stdout=StringIO())
    except CommandError as error:
        found.append(f"reconcile: {error}")
    return found


def _faults_of(lead: Lead) -> list[str]:
    offers = list(Offer.objects.filter(lead=lead))
    live = [offer for offer in offers if offer.state in LIVE_OFFERS]
    found = []
    if lead.state not in AT_REST:
        found.append("is not at rest")
    if lead.state in VISIBLE and live:
        found.append(f"{len(live)} live offers")
    if lead.state == LeadState.OFFERED and [offer.state for offer in live] != [OfferState.PENDING]:
        found.append(f"offers {[offer.state for offer in live]}")
    if lead.state in WORKED and [(o.state, o.partner_id) for o in live] != [("accepted", lead.partner_id)]:
        found.append(f"owner {lead.partner_id}, offers {[(o.state, o.partner_id) for o in live]}")
    if sorted(offer.step for offer in offers) != list(range(1, len(offers) + 1)):
        found.append(f"steps {sorted(offer.step for offer in offers)}")
    decided = RoutingDecision.objects.filter(lead=lead, outcome__in=["offered", "by_hand"]).count()
    if decided != len(offers):
        found.append(f"{decided} decisions for {len(offers)} offers")
    return found


def is_quiet(net: Net) -> bool:
    """Nothing is left to deliver, and every lead is at rest."""
    with network_context(net.network):
        return not (
            Delivery.objects.filter(state=DeliveryState.PENDING).exists()
            or Lead.objects.exclude(state__in=AT_REST).exists()
        )


def deliver_everything(net: Net) -> None:
    """Do in this process what workers would do, until nothing is left."""
    for _round in range(50):
        with network_context(net.network):
            pending = Delivery.objects.filter(state=DeliveryState.PENDING)
            pending.update(due_at=Now())
            ids = list(pending.order_by("pk").values_list("pk", flat=True))
        if not ids:
            return
        for delivery_id in ids:
            deliver_one(net.network.pk, delivery_id)
    raise AssertionError(f"{len(ids)} deliveries do not end")


def happened(net: Net, kind: str) -> Counter[int]:
    """How often an event of this kind happened to each subject."""
    with network_context(net.network):
        return Counter(Event.objects.filter(kind=kind).values_list("subject_id", flat=True))
