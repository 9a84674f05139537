"""Who could take a lead: the nearest live partners, and the rules that rule some of them out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext_lazy as _

from leads.domain.slots import open_leads
from leads.models import Lead, Offer, PartnerLoad
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
    """A partner near the lead. `ruled_out` is the name of the rule that excludes it, "" when none does."""

    partner: Partner
    km: float | None
    open: int
    asked_before: bool
    ruled_out: str = ""

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


def candidates(lead: Lead, *, radius_km: float) -> Iterator[Candidate]:
    """Live partners within the radius, nearest first, each with the rule that rules it out, if any.

    Reads in growing batches until the radius is passed: nobody eligible is ever overlooked.
    """
    if lead.latitude is None or lead.longitude is None:
        return
    point = list(unit_vector(lead.latitude, lead.longitude))
    asked = set(Offer.objects.filter(lead=lead).values_list("partner_id", flat=True))
    limit, seen, reach = BATCH, 0, km_to_chord(radius_km)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(NEAREST, [point, lead.network_id, point, limit])
            found = [(pk, chord) for pk, chord in cursor.fetchall()[seen:] if chord <= reach]
        yield from _judged(lead, found, asked)
        if len(found) < limit - seen:
            return
        seen, limit = limit, limit * 4


def upstream_distributor(lead: Lead, near: Candidate | None) -> Candidate | None:
    """The distributor at or above the nearest candidate, if no rule but the one on kinds excludes it."""
    if near is None:
        return None
    ancestors = [int(label) for label in str(near.partner.path).split(".")]
    distributor = (
        Partner.objects.filter(pk__in=ancestors, kind=PartnerKind.DISTRIBUTOR, state=PartnerState.LIVE)
        .order_by("-path")
        .first()
    )
    if distributor is None:
        return None
    asked = Offer.objects.filter(lead=lead, partner=distributor).exists()
    candidate = Candidate(distributor, distance_between(lead, distributor), open_leads(distributor), asked)
    out = any(rule.excludes(lead, candidate) for rule in _RULES if rule.name != "kind")
    return None if out else candidate


def distance_between(lead: Lead, partner: Partner) -> float | None:
    """Kilometres along the great circle; None when either place is unknown."""
    if None in (partner.latitude, partner.longitude, lead.latitude, lead.longitude):
        return None
    return distance_km((lead.latitude, lead.longitude), (partner.latitude, partner.longitude))  # type: ignore[arg-type]


def _judged(lead: Lead, found: list[tuple[int, float]], asked: set[int]) -> Iterator[Candidate]:
    ids = [pk for pk, _chord in found]
    partners = Partner.objects.only(*FACTS).in_bulk(ids)
    loads = dict(PartnerLoad.objects.filter(partner__in=ids).values_list("partner_id", "open"))
    for pk, chord in found:
        candidate = Candidate(partners[pk], chord_to_km(chord), loads.get(pk, 0), pk in asked)
        for rule in _RULES:
            if rule.excludes(lead, candidate):
                candidate.ruled_out = rule.name
                break
        yield candidate
