"""Who sees and may do what, from the spec and by hand. Nothing here asks the code under test.

Partners' people reach their own partner and those below it; staff reach their territory. Contact data and
work on a lead are the owner's alone; among staff the desk and the programme see contact data.
"""

from collections.abc import Iterable, Mapping

from tests.access.stage import Scene

BELOW = {
    "brand": {
        "brand", "distributor_north", "distributor_south",
        "dealer_a", "dealer_b", "dealer_c", "dealer_d", "dealer_s", "retailer_a",
    },
    "distributor_north": {"distributor_north", "dealer_a", "dealer_b", "dealer_s", "retailer_a"},
    "distributor_south": {"distributor_south", "dealer_c", "dealer_d"},
    "dealer_a": {"dealer_a", "retailer_a"},
    "dealer_b": {"dealer_b"},
    "dealer_c": {"dealer_c"},
    "dealer_s": {"dealer_s"},
    "retailer_a": {"retailer_a"},
}  # fmt: skip
"""A partner and everything below it."""
IN_ZONE = {
    "north": {"distributor_north", "dealer_a", "dealer_b", "dealer_s", "retailer_a"},
    "south": {"distributor_south", "dealer_c", "dealer_d"},
}
EVERYWHERE = {"administrator", "programme", "adjudicator", "finance", "auditor"}
"""Staff with a role at the root of the geography."""
ZONE_OF = {"zone_north": "north", "zone_south": "south"}
SEAT = {
    "owner_north": "distributor_north",
    "owner_south": "distributor_south",
    "owner_a": "dealer_a",
    "sales_a": "dealer_a",
    "sales_b": "dealer_b",
    "sales_c": "dealer_c",
    "sales_s": "dealer_s",
    "warehouse_a": "dealer_a",
    "service_a": "dealer_a",
    "retail_a": "retailer_a",
}
"""Partners' people and their partner."""
STAFF = EVERYWHERE | set(ZONE_OF)
OWNERS = {"owner_north", "owner_south", "owner_a"}
SELLERS = OWNERS | {"sales_a", "sales_b", "sales_c", "sales_s", "retail_a"}
DESK = {"administrator", "zone_north", "zone_south"}
READERS = STAFF | SELLERS
"""Everybody but the warehouse, the workshop and those without a role."""
MEMBERS = STAFF | set(SEAT)
"""Everybody with a role."""
PEOPLE = sorted(MEMBERS | {"nobody"})
CARD = {
    **SEAT,
    **dict.fromkeys(STAFF, "brand"),
    **dict.fromkeys(["nobody", "expired", "left"], "dealer_a"),
}
"""The partner on each member's card, which is no secret from them, whatever the role."""
HELD_ELSEWHERE = {"expired": "dealer_c"}
"""Who held a role at another partner than the own: whoever looks at roles there reads the name."""
STRANGERS = ["anonymous", "locked", "removed", "deactivated", "foreigner"]
"""Nobody; a locked member; one whose membership was ended; one whose login is shut; a member of the other
network with that network's session or token.
"""
FORMER = ["expired", "left"]
"""Sold for dealer_a until yesterday; sold for dealer_a until the role was taken away. Now like `nobody`."""


def sees_partner(person: str, partner: str) -> bool:
    if person in EVERYWHERE:
        return True
    if person in ZONE_OF:
        return partner in IN_ZONE[ZONE_OF[person]]
    return person in SEAT and partner in BELOW[SEAT[person]]


def in_reach(person: str, scene: Scene) -> bool:
    """Whether the lead's place lies in the staff member's territory."""
    return person in EVERYWHERE or ZONE_OF.get(person) == scene.zone


def sees_lead(person: str, scene: Scene) -> bool:
    if person in STAFF:
        return in_reach(person, scene)
    return person in SELLERS and bool(scene.owner) and scene.owner in BELOW[SEAT[person]]


def sees_contact(person: str, scene: Scene) -> bool:
    if person in STAFF:
        return person in DESK | {"programme"} and in_reach(person, scene)
    return person in SELLERS and bool(scene.owner) and scene.owner == SEAT[person]


def sees_offer(person: str, scene: Scene, partner: str) -> bool:
    if person in STAFF:
        return in_reach(person, scene)
    return person in SELLERS and partner in BELOW[SEAT[person]]


def knows_partner(person: str, partner: str, scenes: Iterable[Scene]) -> bool:
    """Whether the person reads a partner's name: partners in sight, the own card's, and whoever holds a lead
    or an offer that the person sees.
    """
    if partner in ("brand", CARD.get(person)) or sees_partner(person, partner):
        return True
    return any(
        (scene.owner == partner and sees_lead(person, scene))
        or (partner in scene.offers and sees_offer(person, scene, partner))
        for scene in scenes
    )


def sees_some_offer(person: str, scene: Scene) -> bool:
    return any(sees_offer(person, scene, partner) for partner in scene.offers)


def may_answer(person: str, partner: str) -> bool:
    return person in SELLERS and SEAT[person] == partner


def may_work(person: str, scene: Scene) -> bool:
    """Contact, qualify, quote, win, lose: the owner's sellers."""
    return person in SELLERS and bool(scene.owner) and scene.owner == SEAT[person]


def may_recycle(person: str, scene: Scene) -> bool:
    return may_work(person, scene) or may_manage_desk(person, scene)


def may_manage_desk(person: str, scene: Scene) -> bool:
    return person in DESK and in_reach(person, scene)


def may_change_partner(person: str, partner: str) -> bool:
    return person in DESK and sees_partner(person, partner)


def manages_people(person: str, partner: str) -> bool:
    return person in OWNERS | {"administrator"} and sees_partner(person, partner)


def manages_member(person: str, member: str, partner: str) -> bool:
    """Nobody shuts out somebody with rights elsewhere."""
    places = {partner, HELD_ELSEWHERE.get(member, partner)}
    return all(manages_people(person, place) for place in places)


def sees_member(person: str, partner: str) -> bool:
    """Members are seen by staff and partner owners who see the member's partner."""
    return person in STAFF | OWNERS and sees_partner(person, partner)


def sees_file(person: str, known: tuple[str, bool]) -> bool:
    """Staff in whose reach the partner is; the partner's own owner, unless the file is internal."""
    partner, internal = known
    if person in STAFF:
        return sees_partner(person, partner)
    return person in OWNERS and SEAT[person] == partner and not internal


CHANNEL = DESK | {"programme"}
"""They see who applies, and enter applications."""
READ_APPLICATIONS = STAFF - {"adjudicator"}


def sees_application(person: str, zone: str) -> bool:
    """Applications are the staff's business, by territory."""
    return person in READ_APPLICATIONS and (person in EVERYWHERE or ZONE_OF[person] == zone)


def sees_applicant(person: str, zone: str) -> bool:
    return person in CHANNEL and sees_application(person, zone)


def decides_application(person: str, zone: str) -> bool:
    """The track of the stage names administrators and zone managers."""
    return person in DESK and sees_application(person, zone)


def settles_items(person: str, zone: str) -> bool:
    return person in CHANNEL | {"finance"} and sees_application(person, zone)


READ_CHANGES = READ_APPLICATIONS | OWNERS
BANKERS = {"administrator", "finance"}


def sees_change(person: str, partner: str) -> bool:
    return person in READ_CHANGES and sees_partner(person, partner)


def asks_for_change(person: str, partner: str) -> bool:
    """The office of the place, and the partner's own owner: nobody for its downstream."""
    return (person in DESK and sees_partner(person, partner)) or (
        person in OWNERS and SEAT[person] == partner
    )


def decides_change(person: str, partner: str) -> bool:
    """The dealer's is a bank account."""
    deciders = BANKERS if partner == "dealer_a" else DESK | BANKERS
    return person in deciders and sees_partner(person, partner)


def sees_bank(person: str, partner: str) -> bool:
    return person in BANKERS or (person in OWNERS and SEAT[person] == partner)


def sees_settlement(person: str, partner: str) -> bool:
    """Staff of the place, and the leaving partner's own owner."""
    return (person in STAFF and sees_partner(person, partner)) or (
        person in OWNERS and SEAT[person] == partner
    )


def settles_exit(person: str, partner: str) -> bool:
    return person in DESK | BANKERS | {"adjudicator"} and sees_partner(person, partner)


def waives(person: str, partner: str) -> bool:
    return person in BANKERS and sees_partner(person, partner)


VERIFIERS = DESK | {"finance"}
SEES_COPIES = VERIFIERS | {"auditor"}


def sees_document(person: str, partner: str) -> bool:
    """Staff in whose reach the partner is, and owners of it or of one above it: that it is there."""
    return person in STAFF | OWNERS and sees_partner(person, partner)


def sees_copy(person: str, partner: str) -> bool:
    """What stands in it: those who verify, the auditor, and the partner's own owner."""
    if person in STAFF:
        return person in SEES_COPIES and sees_partner(person, partner)
    return person in OWNERS and SEAT[person] == partner


def brings_document(person: str, partner: str) -> bool:
    return sees_partner(person, partner) if person in DESK else person in OWNERS and SEAT[person] == partner


def verifies_document(person: str, partner: str) -> bool:
    return person in VERIFIERS and sees_partner(person, partner)


def sees_comment(person: str, name: str, scenes: Mapping[str, Scene]) -> bool:
    """Staff what is about records in their sight; of a partner's people only its own, the shared ones, while
    the record is still theirs and they may open it.
    """
    partner, about, kind = name.split()
    lead = {"dealer_a": "own", "dealer_b": "sibling", "dealer_c": "south", "retailer_a": "downstream"}
    if person in STAFF:
        if about == "partner":
            return sees_partner(person, partner)
        return in_reach(person, scenes["released" if about == "former" else lead[partner]])
    if kind == "internal" or about == "former" or SEAT.get(person) != partner:
        return False
    return about == "partner" or person in SELLERS


def sees_standing(person: str, partner: str) -> bool:
    """As with exits: staff of the place, and the partner's own owner."""
    return sees_settlement(person, partner)


def sets_tier(person: str, partner: str) -> bool:
    return person in {"administrator", "programme"} and sees_partner(person, partner)


PUBLISHERS = {"administrator", "programme"}
"""They publish in the network's name, and look after what its distributors publish."""


def manages_publication(person: str, key: str) -> bool:
    """A distributor's owner what it publishes itself."""
    return person in PUBLISHERS or (person, key) in {("owner_north", "north"), ("owner_south", "south")}


def is_addressed(person: str, key: str) -> bool:
    """Whom what is out is for: everybody, the sellers by role, everybody below a distributor."""
    if key in {"north", "south"}:
        return person in SEAT and SEAT[person] in BELOW[f"distributor_{key}"]
    if key == "sales":
        return person in SELLERS - OWNERS
    return key == "brand" and person in MEMBERS


def sees_publication(person: str, key: str) -> bool:
    return manages_publication(person, key) or is_addressed(person, key)


def is_told_by(person: str, partner: str) -> bool:
    """A distributor names itself to those below it by what it publishes for them."""
    return partner.startswith("distributor_") and SEAT.get(person) in BELOW[partner]
