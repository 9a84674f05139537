"""Writes leads, offers and loads, chunk by chunk: COPY of what differs, the rest joined in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dnm.demo import names
from dnm.demo.histories import Histories
from dnm.demo.loading import Loader, Uids, ahead, insert_into
from dnm.demo.plan import NetworkPlan
from dnm.demo.rows import PlannedLead
from dnm.demo.write_channel import Written
from leads.models import Lead, Offer

LEAD_COLUMNS = {
    "number": "int", "uid": "uuid", "name": "text", "phone": "text", "email": "text", "created": "bigint",
    "changed": "bigint", "place": "int", "line": "int", "source": "text", "message": "int", "state": "text",
    "partner": "int", "accepted": "bigint", "contacted": "bigint", "closed": "bigint", "reason": "text",
    "competitor": "text", "original": "int",
}  # fmt: skip
OFFER_COLUMNS = {
    "id": "bigint", "uid": "uuid", "lead": "int", "partner": "int", "step": "int", "state": "text",
    "offered": "bigint", "due": "bigint", "remind": "bigint", "answered": "bigint", "changed": "bigint",
    "reason": "text", "km": "float8",
}  # fmt: skip
LEADS = {
    "id": "%(leads)s + s.number",
    "network_id": "%(network)s",
    "uid": "s.uid",
    "partner_id": "%(partners)s + 1 + s.partner",
    "territory_id": "p.territory",
    "product_line_id": "(%(lines)s::bigint[])[s.line + 1]",
    "state": "s.state",
    "state_changed_at": "to_timestamp(s.changed)",
    "name": "s.name",
    "phone": "s.phone",
    "email": "s.email",
    "postal_code": "p.code",
    "place": "p.name",
    "latitude": "p.lat",
    "longitude": "p.lon",
    "message": "m.text",
    "source": "s.source",
    "consent": "true",
    "consent_version": "%(consent)s",
    "duplicate_of_id": "%(leads)s + s.original",
    "desk_reason": "CASE WHEN s.state = 'desk' THEN s.reason ELSE '' END",
    "lost_reason": "CASE WHEN s.state = 'lost' THEN s.reason ELSE '' END",
    "competitor": "s.competitor",
    "proof_of_sale": "CASE s.state WHEN 'won' THEN %(prefix)s || to_char(s.number, 'FM00000000') ELSE '' END",
    "created_at": "to_timestamp(s.created)",
    "accepted_at": "to_timestamp(s.accepted)",
    "first_contact_at": "to_timestamp(s.contacted)",
    "closed_at": "to_timestamp(s.closed)",
}
LEADS_FROM = """demo_lead s
    JOIN demo_place p ON p.number = s.place
    JOIN demo_message m ON m.number = s.message
    ORDER BY s.number"""
OFFERS = {
    "id": "o.id",
    "network_id": "%(network)s",
    "uid": "o.uid",
    "lead_id": "%(leads)s + o.lead",
    "partner_id": "%(partners)s + 1 + o.partner",
    "territory_id": "p.territory",
    "product_line_id": "(%(lines)s::bigint[])[s.line + 1]",
    "step": "o.step",
    "state": "o.state",
    "state_changed_at": "to_timestamp(o.changed)",
    "place": "p.name",
    "postal_code": "p.code",
    "message": "m.text",
    "distance_km": "o.km",
    "why": """jsonb_build_array(
        jsonb_build_object('ground', 'near', 'km', round(o.km::numeric, 1)),
        jsonb_build_object('ground', 'line', 'line', (%(sells)s::text[])[s.line + 1]))""",
    "created_at": "to_timestamp(o.offered)",
    "due_at": "to_timestamp(o.due)",
    "remind_at": "to_timestamp(o.remind)",
    "answered_at": "to_timestamp(o.answered)",
    "decline_reason": "o.reason",
}
OFFERS_FROM = """demo_offer o
    JOIN demo_lead s ON s.number = o.lead
    JOIN demo_place p ON p.number = s.place
    JOIN demo_message m ON m.number = s.message
    ORDER BY o.id"""
INSERT_LOADS = """
    INSERT INTO leads_partnerload (network_id, uid, partner_id, open)
    SELECT %(network)s, gen_random_uuid(), partner_id, count(*) FROM leads_offer
    WHERE network_id = %(network)s AND state IN ('pending', 'accepted')
    GROUP BY partner_id ORDER BY partner_id
"""


def write_leads(plan: NetworkPlan, loader: Loader, uids: Uids, written: Written) -> Iterator[int]:
    """Write all leads; yields after each chunk how many are there. Ends with the partners' loads."""
    total = plan.lead_total + FRESH_AT_MOST
    first = loader.reserve("leads_lead", total)
    policy = _policy(plan, loader, uids)
    messages = [message for line in plan.brand.lines for message in line.messages]
    loader.stage("demo_message", {"number": "int PRIMARY KEY", "text": "text"}, enumerate(messages))
    values = {
        "leads": first,
        "partners": written.partners,
        "lines": written.lines,
        "sells": [line.name for line in plan.brand.lines],
        "consent": written.network.consent_version,
        "prefix": f"{plan.brand.prefix}-SO-",
    }
    insert_leads = insert_into(Lead, LEADS, LEADS_FROM)
    insert_offers = insert_into(Offer, OFFERS, OFFERS_FROM)
    histories = Histories(plan, loader, uids, written, first_lead=first, policy=policy)
    for chunk in ahead(plan.leads()):
        loader.stage("demo_lead", LEAD_COLUMNS, lead_rows(plan, chunk, uids))
        number_offers(chunk, loader, uids)
        loader.stage("demo_offer", OFFER_COLUMNS, offer_rows(plan, chunk))
        loader.insert("leads", insert_leads, **values)
        loader.insert("offers", insert_offers, **values)
        histories.write(chunk)
        yield loader.rows["leads"]
    loader.insert("loads", INSERT_LOADS)
    _fill(plan, loader, written)


FRESH_AT_MOST = 100
"""Ids kept for the fresh leads that come on top of the history."""


def lead_rows(plan: NetworkPlan, chunk: Sequence[PlannedLead], uids: Uids) -> Iterator[tuple[object, ...]]:
    """Rows of LEAD_COLUMNS."""
    places, country = plan.geography.places, plan.brand.country
    sources = list(plan.brand.sources)
    first_message, count = [], 0
    for line in plan.brand.lines:
        first_message.append((count, len(line.messages)))
        count += len(line.messages)
    for lead in chunk:
        place = places[lead.place]
        name = names.person(lead.person, country)
        message, choices = first_message[lead.line]
        yield (
            lead.number,
            uids.at(lead.created),
            name,
            names.phone(lead.person, place.country),
            names.email(name, lead.person) if lead.person % 4 else "",
            lead.created,
            lead.changed,
            lead.place,
            lead.line,
            sources[lead.source],
            message + lead.person % choices,
            lead.state,
            lead.partner,
            lead.accepted,
            lead.contacted,
            lead.closed,
            lead.reason,
            lead.competitor,
            lead.duplicate_of,
        )


def number_offers(chunk: Sequence[PlannedLead], loader: Loader, uids: Uids) -> None:
    """Give the chunk's offers their ids and uids."""
    offers = [offer for lead in chunk for offer in lead.offers]
    first = loader.reserve("leads_offer", len(offers)) + 1 if offers else 0
    for number, offer in enumerate(offers, start=first):
        offer.id, offer.uid = number, uids.at(offer.offered)


def offer_rows(plan: NetworkPlan, chunk: Sequence[PlannedLead]) -> Iterator[tuple[object, ...]]:
    """Rows of OFFER_COLUMNS. A lapsed offer has no answer; a pending one is reminded of at half time."""
    for lead in chunk:
        for offer in lead.offers:
            remind = None
            if offer.state == "pending":
                half = plan.half_time(offer.offered)
                remind = half if half > plan.now else None
            yield (
                offer.id,
                offer.uid,
                lead.number,
                offer.partner,
                offer.hop,
                offer.state,
                offer.offered,
                offer.due,
                remind,
                None if offer.state == "lapsed" else offer.answered,
                offer.ended or offer.answered or offer.offered,
                offer.reason if offer.state == "declined" else "",
                offer.kilometres,
            )


def _policy(plan: NetworkPlan, loader: Loader, uids: Uids) -> int:
    """The routing policy that the plan was routed by; its id."""
    brand = plan.brand
    rows = loader.fetch(
        """INSERT INTO leads_routingpolicy
               (network_id, uid, version, strategy, offer_minutes, radius_km, max_offers, max_wait_minutes,
                created_at)
           VALUES (%(network)s, %(uid)s, 1, 'nearest', %(minutes)s, %(radius)s, %(hops)s, %(wait)s,
                   to_timestamp(%(start)s))
           RETURNING id""",
        uid=uids.at(plan.start),
        minutes=brand.clock_hours * 60,
        radius=brand.radius_km,
        hops=plan.hops,
        wait=2 * 24 * 60,
        start=plan.start,
    )
    return int(rows[0][0])


def _fill(plan: NetworkPlan, loader: Loader, written: Written) -> None:
    """Partners that are full to the last slot, so that leads wait for them."""
    for number, capacity in plan.filled.items():
        loader.run(
            """UPDATE partners_partner SET capacity = %(capacity)s
               WHERE network_id = %(network)s AND id = %(id)s""",
            capacity=capacity,
            id=written.partner(number),
        )
