"""Who works in a demo network: the brand's own people, somebody at every partner, and the logins to try it
with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dnm.demo import names
from dnm.demo.brands import Brand
from dnm.demo.channel import SELLING, PlannedPartner
from dnm.demo.geography import Geography, distance_km
from dnm.demo.problems import Problems

SHARED_EMAIL = "jonas.agent@both.example"
SHARED_NAME = "Jonas Keller"
OPERATOR_EMAIL = "operator@portal.example"
OPERATOR_NAME = "Vera Lang"
# One person at every partner up to this network size; above it only every so-many-th has one.
STAFFED_PARTNERS = 5_000
# So many dealers are looked at when the logins' partners are chosen.
LOOKED_AT = 400

STAFF = (
    ("admin", "network_administrator", "Network administrator"),
    ("programme", "programme_manager", "Programme manager"),
    ("claims", "claims_adjudicator", "Claims adjudicator"),
    ("finance", "finance", "Finance"),
    ("audit", "auditor", "Auditor"),
)
TITLES = {"partner_owner": "Owner", "sales": "Sales", "warehouse": "Warehouse", "service": "Workshop"}


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """A user with one membership: role held at a partner (by number) or at a territory (by code), never
    both.

    `login` is the part of the address before the @ for people who can log in to the demo, empty for the
    others.
    """

    email: str
    name: str
    title: str
    role: str
    partner: int | None = None
    area: str | None = None
    login: bool = False


@dataclass(frozen=True, slots=True)
class Cast:
    """The partners behind the demo's logins, by the part they play."""

    distributor: int
    dealer: int
    sibling: int
    rival: int
    rival_distributor: int
    sub_dealer: int
    retailer: int
    service_centre: int
    dormant: int
    slow: int

    def selling(self) -> tuple[int, ...]:
        """Those that take leads, so that each login finds one."""
        return self.dealer, self.sibling, self.rival, self.sub_dealer, self.retailer, self.slow


def cast(everyone: Sequence[PlannedPartner], problems: Problems) -> Cast:
    """Choose the demo's partners: two dealers side by side under different distributors, with all else
    nearby.

    The dealer is the one, among those that have all other parts at hand, around whom they stand closest.
    """
    below: dict[int, list[PlannedPartner]] = defaultdict(list)
    for partner in everyone[1:]:
        below[partner.parent or 0].append(partner)
    dealers = [p for p in everyone if p.kind == "dealer" and _fit(p, problems)][:LOOKED_AT]
    found = [
        {**parts, "dealer": dealer.number}
        for dealer in dealers
        if dealer.parent and (parts := _parts(dealer, below, dealers, problems))
    ]
    if not found:
        found = [_anybody(everyone, dealers, problems)]
    parts = min(found, key=lambda each: _spread(everyone, each))
    return Cast(
        distributor=_distributor(everyone, parts["dealer"]),
        rival_distributor=_distributor(everyone, parts["rival"]),
        dormant=problems.dormant_distributor,
        slow=problems.slow_dealer,
        **parts,
    )


def _fit(partner: PlannedPartner, problems: Problems) -> bool:
    return partner.status == "live" and partner.until is None and partner.state != problems.weak_territory


def _distributor(everyone: Sequence[PlannedPartner], number: int) -> int:
    """The dealer's own distributor; the nearest one where there is none above it."""
    dealer = everyone[number]
    nearest = _nearest([p for p in everyone if p.kind == "distributor"], dealer)
    return dealer.parent or (nearest.number if nearest else 0)


def _spread(everyone: Sequence[PlannedPartner], parts: dict[str, int]) -> float:
    """Kilometres from the dealer to all others, added up."""
    centre = everyone[parts["dealer"]].point
    return sum(distance_km(everyone[number].point, centre) for number in parts.values())


def _parts(
    dealer: PlannedPartner,
    below: dict[int, list[PlannedPartner]],
    dealers: Sequence[PlannedPartner],
    problems: Problems,
) -> dict[str, int] | None:
    """Sibling, rival, sub-dealer, retailer and service centre around a dealer; None when one is missing."""
    children, rivals = below[dealer.number], [p for p in dealers if p.parent]
    around = children + [partner for child in children for partner in below[child.number]]
    around += [partner for sibling in below[dealer.parent or 0] for partner in below[sibling.number]]
    siblings = [p for p in below[dealer.parent or 0] if p.kind == "dealer" and p.number != dealer.number]
    return _closest(
        dealer,
        {
            "sibling": siblings,
            "rival": [p for p in rivals if p.parent != dealer.parent and set(p.lines) & set(dealer.lines)],
            "sub_dealer": [p for p in children if p.kind == "sub_dealer"],
            "retailer": [p for p in around if p.kind == "retailer"],
            "service_centre": [p for p in around if p.kind == "service_centre"],
        },
        problems,
    )


def _anybody(
    everyone: Sequence[PlannedPartner], dealers: Sequence[PlannedPartner], problems: Problems
) -> dict[str, int]:
    """In a very small network: the nearest of each kind, whoever is upstream of them."""
    for dealer in dealers:
        others = [p for p in dealers if p.number != dealer.number]
        kinds = {
            kind: [p for p in everyone if p.kind == kind]
            for kind in ("sub_dealer", "retailer", "service_centre")
        }
        if parts := _closest(dealer, {"sibling": others, "rival": others, **kinds}, problems):
            return {**parts, "dealer": dealer.number}
    raise ValueError("too few partners for the demo's logins: ask for 20 or more")


def _closest(
    dealer: PlannedPartner, candidates: dict[str, list[PlannedPartner]], problems: Problems
) -> dict[str, int] | None:
    chosen = {}
    for part, partners in candidates.items():
        nearest = _nearest([partner for partner in partners if _fit(partner, problems)], dealer)
        if nearest is None:
            return None
        chosen[part] = nearest.number
    return chosen


def _nearest(candidates: Sequence[PlannedPartner], dealer: PlannedPartner) -> PlannedPartner | None:
    return min(candidates, key=lambda p: (distance_km(p.point, dealer.point), p.number), default=None)


def logins(
    brand: Brand, geography: Geography, everyone: Sequence[PlannedPartner], roles: Cast
) -> list[PlannedPerson]:
    """The people one can log in as: each role at each kind of place, rivals and siblings among them.

    Of the two zone managers the first has the dealers in the zone, the second another zone.
    """
    root, home = geography.areas[0], geography.area(everyone[roles.dealer].state).parent
    zones = sorted(geography.kind("zone"), key=lambda zone: (zone.code != home, zone.code))
    people = [
        _staff(brand, index, key, role, title, root.code) for index, (key, role, title) in enumerate(STAFF)
    ]
    for index, zone in enumerate(zones[:2], start=len(STAFF)):
        key = f"zone.{zone.code.split('-')[-1].lower()}"
        people.append(_staff(brand, index, key, "zone_manager", f"Manager, {zone.name}", zone.code))
    posts = (
        ("distributor", roles.distributor, "partner_owner"),
        ("warehouse", roles.distributor, "warehouse"),
        ("rival.distributor", roles.rival_distributor, "partner_owner"),
        ("dormant.distributor", roles.dormant, "partner_owner"),
        ("dealer", roles.dealer, "partner_owner"),
        ("dealer.sales", roles.dealer, "sales"),
        ("sibling", roles.sibling, "partner_owner"),
        ("rival", roles.rival, "partner_owner"),
        ("rival.sales", roles.rival, "sales"),
        ("slow.dealer", roles.slow, "partner_owner"),
        ("subdealer", roles.sub_dealer, "partner_owner"),
        ("retailer", roles.retailer, "partner_owner"),
        ("service", roles.service_centre, "partner_owner"),
        ("service.bench", roles.service_centre, "service"),
    )
    for index, (key, number, role) in enumerate(posts, start=len(people)):
        people.append(
            PlannedPerson(
                email=f"{key}@{brand.slug}.example",
                name=names.person(9_000 + index, brand.country),
                title=TITLES[role],
                role=role,
                partner=number,
                login=True,
            )
        )
    people.append(PlannedPerson(SHARED_EMAIL, SHARED_NAME, "Sales agent", "sales", roles.sibling, login=True))
    return people


def _staff(brand: Brand, index: int, key: str, role: str, title: str, area: str) -> PlannedPerson:
    name = names.person(8_000 + index, brand.country)
    return PlannedPerson(f"{key}@{brand.slug}.example", name, title, role, area=area, login=True)


def staff_of_partners(
    brand: Brand, everyone: Sequence[PlannedPartner], taken: Sequence[PlannedPerson]
) -> Iterator[PlannedPerson]:
    """An owner at every partner that no login owns, and sales or workshop people at the larger ones.

    None of them can log in: they are there for lists, alerts and counts.
    """
    owned = {person.partner for person in taken if person.role == "partner_owner"}
    step = 1 + (len(everyone) - 2) // STAFFED_PARTNERS
    for partner in everyone[1::step]:
        roles = ["partner_owner"] if partner.number not in owned else []
        roles += ["sales"] if partner.kind in SELLING - {"retailer"} else []
        roles += ["service"] if partner.kind == "service_centre" else []
        for role in roles:
            number = 20_000 + partner.number * 3 + (role != "partner_owner")
            name = names.person(number, partner.country)
            yield PlannedPerson(
                email=f"{names.email(name, number).split('@')[0]}@{brand.slug}-partner.example",
                name=name,
                title=TITLES[role],
                role=role,
                partner=partner.number,
            )
