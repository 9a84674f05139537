"""The default world of the tests: two networks side by side, each with two territories and data that could
leak.

Every name begins with its network's, so that a leak shows in any text. Written as the application role,
through the network context, like everything else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership, Network, User
from dnm.accounts.tenancy import network_context
from dnm.events.models import Delivery, DeliveryState
from dnm.scoping.actors import actor_for_membership
from leads.domain.intake import capture_lead, screen_lead
from leads.domain.offers import accept_offer
from leads.domain.routing import route_lead
from leads.models import Lead, Offer, RoutingPolicy
from leads.states import OfferState
from partners.domain.access import grant_role
from partners.domain.partners import create_partner
from partners.domain.people import create_token
from partners.models import (
    Affiliation,
    BusinessCalendar,
    Partner,
    PartnerKind,
    PostalArea,
    ProductLine,
    Territory,
)
from partners.roles import Role
from partners.states import PartnerState

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
"""A Monday, half past eleven in India: every calendar of the world is open."""
PASSWORD = "a long pass phrase"
ALWAYS_OPEN = {str(day): [["00:00", "23:59"]] for day in range(7)}


@dataclass
class Net:
    """One network of the world: rows by short names."""

    network: Network
    territories: dict[str, Territory] = field(default_factory=dict)
    lines: dict[str, ProductLine] = field(default_factory=dict)
    partners: dict[str, Partner] = field(default_factory=dict)
    members: dict[str, Membership] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"{self.network.slug}.localhost"

    @property
    def system(self) -> Actor:
        return Actor.system("test", self.network.pk)

    def actor(self, name: str, at: datetime = NOW) -> Actor:
        """The member's actor with its grants read anew; inside the network's context."""
        with network_context(self.network):
            membership = Membership.objects.select_related("user", "network").get(pk=self.members[name].pk)
            return actor_for_membership(membership, via="session", at=at)

    def bearer(self, name: str) -> dict[str, str]:
        """Headers for the test client: the network's host and the member's token."""
        return {"host": self.host, "authorization": f"Bearer {self.secrets[name]}"}

    def lead(self, **values: Any) -> Lead:
        """A lead as captured, in state new, at the door of dealer_a."""
        prefix = self.network.name
        number = next(_numbers)
        values = {
            "name": f"{prefix} Prospect {number}",
            "phone": f"+91 98{number:08d}" if self.network.country == "IN" else f"+49 30 {number:08d}",
            "email": f"prospect{number}@{self.network.slug}.example",
            "postal_code": "NA1",
            "message": f"{prefix} message {number}",
            "product_line": self.lines["pumps"],
            "consent": True,
            "source": "web_form",
            "at": NOW,
            **values,
        }
        with network_context(self.network):
            return capture_lead(actor=self.system, network=self.network, **values)

    def offered(self, **values: Any) -> Offer:
        """A lead routed as far as its first offer."""
        lead = self.lead(**values)
        with network_context(self.network):
            at = values.get("at", NOW)
            screen_lead(lead=lead, actor=self.system, at=at)
            route_lead(lead_id=lead.pk, actor=self.system, at=at)
            return Offer.objects.select_related("partner", "lead", "product_line").get(
                lead=lead, state=OfferState.PENDING
            )

    def accepted(self, by: str = "sales_a", **values: Any) -> Lead:
        """A lead that dealer_a's sales accepted."""
        offer = self.offered(**values)
        with network_context(self.network):
            return accept_offer(offer=offer, actor=self.actor(by), at=values.get("at", NOW))


def _count() -> Any:
    number = 10_000_000
    while True:
        number += 1
        yield number


_numbers = _count()

TREE = [
    ("distributor_north", "brand", PartnerKind.DISTRIBUTOR, "north", None),
    ("distributor_south", "brand", PartnerKind.DISTRIBUTOR, "south", None),
    ("dealer_a", "distributor_north", PartnerKind.DEALER, "north_a", (28.60, 77.20)),
    ("dealer_b", "distributor_north", PartnerKind.DEALER, "north_a", (28.70, 77.20)),
    ("dealer_c", "distributor_south", PartnerKind.DEALER, "south_a", (13.00, 77.60)),
    ("retailer_a", "dealer_a", PartnerKind.RETAILER, "north_a", (28.90, 77.20)),
]
"""short name, parent, kind, territory, (latitude, longitude)"""

PEOPLE = [
    ("administrator", "brand", Role.NETWORK_ADMINISTRATOR, "territory", "root"),
    ("zone_north", "brand", Role.ZONE_MANAGER, "territory", "north"),
    ("zone_south", "brand", Role.ZONE_MANAGER, "territory", "south"),
    ("programme", "brand", Role.PROGRAMME_MANAGER, "territory", "root"),
    ("adjudicator", "brand", Role.CLAIMS_ADJUDICATOR, "territory", "root"),
    ("finance", "brand", Role.FINANCE, "territory", "root"),
    ("auditor", "brand", Role.AUDITOR, "territory", "root"),
    ("owner_north", "distributor_north", Role.PARTNER_OWNER, "partner", "distributor_north"),
    ("owner_south", "distributor_south", Role.PARTNER_OWNER, "partner", "distributor_south"),
    ("owner_a", "dealer_a", Role.PARTNER_OWNER, "partner", "dealer_a"),
    ("sales_a", "dealer_a", Role.SALES, "partner", "dealer_a"),
    ("sales_b", "dealer_b", Role.SALES, "partner", "dealer_b"),
    ("sales_c", "dealer_c", Role.SALES, "partner", "dealer_c"),
    ("warehouse_a", "dealer_a", Role.WAREHOUSE, "partner", "dealer_a"),
    ("service_a", "dealer_a", Role.SERVICE, "partner", "dealer_a"),
    ("retail_a", "retailer_a", Role.SALES, "partner", "retailer_a"),
]
"""short name, affiliated partner, role, kind of node, node"""


def build_network(slug: str, name: str, *, country: str, currency: str, time_zone: str) -> Net:
    """One network with its trees, people and tokens."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.operator', 'on', true)")
        network = Network.objects.create(
            slug=slug,
            name=name,
            country=country,
            currency=currency,
            time_zone=time_zone,
            consent_text="You may call.",
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.operator', '', true)")
    net = Net(network)
    with network_context(network):
        _geography(net)
        _channel(net)
        _people(net)
        Delivery.objects.update(state=DeliveryState.DONE, done_at=NOW)  # nobody waits for what made the world
    return net


def _geography(net: Net) -> None:
    def territory(key: str, parent: str | None, latitude: float, longitude: float) -> None:
        net.territories[key] = Territory.objects.create(
            network=net.network,
            name=f"{net.network.name} {key}",
            code=key,
            kind="zone",
            parent=net.territories.get(parent or ""),
            latitude=latitude,
            longitude=longitude,
        )
        net.territories[key].refresh_from_db()

    territory("root", None, 20.0, 77.0)
    for zone, latitude in (("north", 28.6), ("south", 13.0)):
        territory(zone, "root", latitude, 77.2)
        territory(f"{zone}_a", zone, latitude, 77.2)
    for code, key, latitude in (
        ("NA1", "north_a", 28.61),
        ("SA1", "south_a", 13.01),
        ("FAR1", "south_a", 20.0),
    ):
        PostalArea.objects.create(
            network=net.network,
            territory=net.territories[key],
            country=net.network.country,
            code=code,
            name=f"{net.network.name} place {code}",
            latitude=latitude,
            longitude=77.2 if key == "north_a" else 77.6,
        )


def _channel(net: Net) -> None:
    network = net.network
    for code in ("pumps", "drives"):
        net.lines[code] = ProductLine.objects.create(
            network=network, code=code, name=f"{network.name} {code}"
        )
    BusinessCalendar.objects.create(network=network, name="Always", time_zone="UTC", hours=ALWAYS_OPEN)
    RoutingPolicy.objects.create(network=network, version=1, offer_minutes=120, radius_km=100, max_offers=2)
    brand = Partner.objects.create(
        network=network,
        code="brand",
        trade_name=network.name,
        kind=PartnerKind.BRAND_OWNER,
        state=PartnerState.LIVE,
        territory=net.territories["root"],
        created_at=NOW,
    )
    brand.refresh_from_db()
    net.partners["brand"] = brand
    for key, parent, kind, territory, place in TREE:
        latitude, longitude = place or (None, None)
        net.partners[key] = create_partner(
            code=key,
            trade_name=f"{network.name} {key}",
            kind=kind,
            parent=net.partners[parent],
            territory=net.territories[territory],
            latitude=latitude,
            longitude=longitude,
            product_lines=list(net.lines.values()),
            capacity=5,
            state=PartnerState.LIVE,
            actor=net.system,
            at=NOW,
        )


def _people(net: Net) -> None:
    for key, partner, role, tree, node in PEOPLE:
        member = add_person(net, key, partner)
        nodes: Any = net.territories if tree == "territory" else net.partners
        grant_role(membership=member, role=role, node=nodes[node], actor=net.system, at=NOW)
    add_person(net, "nobody", "dealer_a")


def add_person(net: Net, key: str, partner: str) -> Membership:
    """A member without any role, with a token."""
    user = User.objects.create_user(
        email=f"{key}@{net.network.slug}.example", password=PASSWORD, name=f"{net.network.name} {key}"
    )
    membership = Membership.objects.create(network=net.network, user=user)
    Affiliation.objects.create(network=net.network, membership=membership, partner=net.partners[partner])
    _token, net.secrets[key] = create_token(membership=membership, name="test", actor=net.system, at=NOW)
    net.members[key] = membership
    return membership


def build_world() -> tuple[Net, Net]:
    """Voltara and Nordwerk, strangers to each other."""
    voltara = build_network("voltara", "Voltara", country="IN", currency="INR", time_zone="Asia/Kolkata")
    nordwerk = build_network("nordwerk", "Nordwerk", country="DE", currency="EUR", time_zone="Europe/Berlin")
    return voltara, nordwerk
