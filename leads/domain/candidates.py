"""Who could take a lead: the nearest live partners, and the rules that rule some of them out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from leads.domain.eligibility import Eligibility
from leads.domain.slots import open_leads
from leads.models import Lead, Offer, PartnerLoad
from partners.domain.authorisations import supplier_of
from partners.domain.places import chord_to_km, distance_km, km_to_chord, unit_vector
from partners.models import Partner, PartnerKind
from partners.states import PartnerState

SELLING_KINDS = frozenset(
    {PartnerKind.DEALER, PartnerKind.SUB_DEALER, PartnerKind.RETAILER, PartnerKind.BRANCH}
)
BATCH = 64
FACTS = (
    "uid",
    "network",
    "trade_name",
    "kind",
    "state",
    "path",
    "parent",
    "latitude",
    "longitude",
    "product_line_ids",
    "capacity",
    "calendar",
)
"""What routing reads of a partner."""

NEAREST = """
    SELECT id, position <-> cube(%s::float8[]) AS chord FROM partners_partner
    WHERE network_id = %s AND state = 'live' AND position IS NOT NULL
    ORDER BY position <-> cube(%s::float8[]) LIMIT %s
"""
"""Nearest neighbours over the GiST index on (network, position); unit vectors, so order by chord is order by
great-circle distance."""


@dataclass(slots=True)
class Candidate:
    """A partner near the lead. `ruled_out` is the name of the rule that excludes it, "" when none does.

    `is_authorised` for the lead's line and place; `is_barred` by somebody else's exclusive right;
    `is_blocked` while the gate for leads is closed to it (`partners.domain.gates`).
    """

    partner: Partner
    km: float | None
    open: int
    asked_before: bool
    ruled_out: str = ""
    is_authorised: bool = True
    is_barred: bool = False
    is_blocked: bool = False

    @property
    def is_full(self) -> bool:
        return self.partner.capacity is not None and self.open >= self.partner.capacity


@dataclass(frozen=True, slots=True)
class Rule:
    """A reason not to offer. `sentence` explains it to people; `excludes` asks no query a candidate."""

    name: str
    sentence: object
    excludes: Callable[[Lead, Candidate], bool]


def _wrong_line(lead: Lead, candidate: Candidate) -> bool:
    return lead.product_line_id is not None and lead.product_line_id not in candidate.partner.product_line_ids


def _never(_lead: Lead, _candidate: Candidate) -> bool:
    return False


CAPACITY, CLOSED, GONE, SPENT = "capacity", "calendar", "gone", "attempts"
_RULES: list[Rule] = [
    Rule("kind", _("does not sell to consumers"), lambda _lead, c: c.partner.kind not in SELLING_KINDS),
    Rule("asked_before", _("was asked before"), lambda _lead, c: c.asked_before),
    Rule("product_line", _("does not sell this product line"), _wrong_line),
    Rule("authorised", _("is not authorised for this line here"), lambda _lead, c: not c.is_authorised),
    Rule("exclusive", _("another partner has the exclusive right here"), lambda _lead, c: c.is_barred),
    Rule("documents", _("a required document is missing or has expired"), lambda _lead, c: c.is_blocked),
    Rule(CLOSED, _("is hardly ever open"), _never),
    Rule(GONE, _("is not live any more"), _never),
    Rule(SPENT, _("not asked: enough partners were"), _never),
    Rule(CAPACITY, _("has no free slot"), lambda _lead, c: c.is_full),
]


def register_rule(rule: Rule) -> None:
    """Add a rule of another app (certificates, credit, stock), before the one about capacity.

    Capacity stays last, so that "full" means "everything else would do".
    """
    _RULES.insert(len(_RULES) - 1, rule)


def rules() -> tuple[Rule, ...]:
    """The rules in the order in which they are asked."""
    return tuple(_RULES)


def candidates(lead: Lead, *, radius_km: float, at: datetime) -> Iterator[Candidate]:
    """Live partners within the radius, nearest first, each with the rule that rules it out, if any.

    Reads in growing batches until the radius is passed: nobody eligible is ever overlooked.
    """
    if lead.latitude is None or lead.longitude is None:
        return
    point = list(unit_vector(lead.latitude, lead.longitude))
    asked = set(Offer.objects.filter(lead=lead).values_list("partner_id", flat=True))
    eligibility = _eligibility(lead, at)
    limit, seen, reach = BATCH, 0, km_to_chord(radius_km)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(NEAREST, [point, lead.network_id, point, limit])
            found = [(pk, chord) for pk, chord in cursor.fetchall()[seen:] if chord <= reach]
        yield from _judged(lead, found, asked, eligibility)
        if len(found) < limit - seen:
            return
        seen, limit = limit, limit * 4


def upstream_distributor(lead: Lead, near: Candidate | None, *, at: datetime) -> Candidate | None:
    """The distributor from whom the nearest candidate buys the line (the supplier that its authorisation
    names, else the one at or above it in the tree), if no rule but the one on kinds excludes it.
    """
    distributor = _distributor_over(lead, near.partner, at) if near is not None else None
    if distributor is None:
        return None
    asked = Offer.objects.filter(lead=lead, partner=distributor).exists()
    eligibility = _eligibility(lead, at)
    eligibility.look_at([distributor.pk])
    km = distance_between(lead, distributor)
    candidate = _candidate(distributor, km, open_leads(distributor), asked, eligibility)
    out = any(rule.excludes(lead, candidate) for rule in _RULES if rule.name != "kind")
    return None if out else candidate


def _distributor_over(lead: Lead, partner: Partner, at: datetime) -> Partner | None:
    ancestors = [int(label) for label in str(partner.path).split(".")]
    if lead.product_line is not None:
        day = at.astimezone(lead.network.zone).date()
        supplier = supplier_of(partner=partner, line=lead.product_line, day=day)
        if supplier is not None:
            ancestors = [*(int(label) for label in str(supplier.path).split(".")), partner.pk]
    live = Partner.objects.filter(pk__in=ancestors, kind=PartnerKind.DISTRIBUTOR, state=PartnerState.LIVE)
    return live.order_by("-path").first()


def distance_between(lead: Lead, partner: Partner) -> float | None:
    """Kilometres along the great circle; None when either place is unknown."""
    if None in (partner.latitude, partner.longitude, lead.latitude, lead.longitude):
        return None
    return distance_km((lead.latitude, lead.longitude), (partner.latitude, partner.longitude))  # type: ignore[arg-type]


def _candidate(
    partner: Partner, km: float | None, open: int, asked: bool, eligibility: Eligibility
) -> Candidate:
    return Candidate(
        partner,
        km,
        open,
        asked,
        is_authorised=eligibility.is_authorised(partner),
        is_barred=eligibility.is_barred(partner),
        is_blocked=eligibility.is_blocked(partner),
    )


def _eligibility(lead: Lead, at: datetime) -> Eligibility:
    return Eligibility(lead, at.astimezone(lead.network.zone).date())


def _judged(
    lead: Lead, found: list[tuple[int, float]], asked: set[int], eligibility: Eligibility
) -> Iterator[Candidate]:
    ids = [pk for pk, _chord in found]
    partners = Partner.objects.only(*FACTS).in_bulk(ids)
    loads = dict(PartnerLoad.objects.filter(partner__in=ids).values_list("partner_id", "open"))
    eligibility.look_at(ids)
    for pk, chord in found:
        candidate = _candidate(partners[pk], chord_to_km(chord), loads.get(pk, 0), pk in asked, eligibility)
        for rule in _RULES:
            if rule.excludes(lead, candidate):
                candidate.ruled_out = rule.name
                break
        yield candidate
