"""A network of a bench: trees, people, and as many leads as asked for, loaded set-based."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connections
from django.utils import timezone

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership, Network, User
from dnm.accounts.tenancy import network_context
from dnm.scoping.actors import actor_for_membership
from leads.models import Lead, RoutingPolicy
from partners.domain.access import grant_role
from partners.models import Affiliation, BusinessCalendar, Partner, PostalArea, ProductLine, Territory
from partners.roles import Role

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
ZONES, STATES, DISTRICTS = 5, 6, 20
DISTRIBUTORS, DEALERS, RETAILERS = 50, 10, 10
HOURS = {str(day): [["00:00", "23:59"]] for day in range(7)}


@dataclass
class Bench:
    """The network and its people by name."""

    network: Network
    line: ProductLine
    members: dict[str, Membership] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """The member's actor; inside the network's context."""
        membership = Membership.objects.select_related("user", "network").get(pk=self.members[name].pk)
        return actor_for_membership(membership, via="session", at=timezone.now())

    def member(self, name: str, partner: Partner) -> Membership:
        user = User.objects.create_user(email=f"{name}@bench.example", password="bench", name=name)
        membership = Membership.objects.create(network=self.network, user=user)
        Affiliation.objects.create(network=self.network, membership=membership, partner=partner)
        self.members[name] = membership
        return membership


def build(slug: str = "bench") -> Bench:
    """Five zones of six states of twenty districts; fifty distributors, ten dealers each, ten retailers each.

    The last distributor is the dormant one. Written by the owner, row by row where triggers need the parent.
    """
    network = Network.objects.using("owner").create(
        slug=slug, name="Bench", country="IN", currency="INR", time_zone="Asia/Kolkata"
    )
    with network_context(network):
        line = ProductLine.objects.create(network=network, code="pumps", name="Pumps")
        BusinessCalendar.objects.create(network=network, name="Always", time_zone="UTC", hours=HOURS)
        RoutingPolicy.objects.create(network=network, version=1, radius_km=400)
        districts = _geography(network)
        _channel(network, line, districts)
    return Bench(network, line)


def _geography(network: Network) -> list[Territory]:
    def below(parents: list[Any], many: int, kind: str) -> list[Territory]:
        rows = [
            Territory(network=network, name=f"{kind} {n}", code=f"{kind}-{n}", kind=kind, parent=parent)
            for n, parent in enumerate(parent for parent in parents for _ in range(many))
        ]
        made = Territory.objects.bulk_create(rows)
        return list(Territory.objects.filter(pk__in=[row.pk for row in made]).order_by("pk"))

    districts = below(
        below(below(below([None], 1, "country"), ZONES, "zone"), STATES, "state"), DISTRICTS, "district"
    )
    PostalArea.objects.bulk_create(
        PostalArea(
            network=network, territory=district, country="IN", code=f"{100_000 + n}", name=f"Place {n}",
            latitude=9 + n % 25, longitude=72 + n // 25,
        )
        for n, district in enumerate(districts)
    )  # fmt: skip
    return districts


def _channel(network: Network, line: ProductLine, districts: list[Territory]) -> None:
    def below(parents: list[Any], many: int, kind: str) -> list[Partner]:
        rows = []
        for n, parent in enumerate(parent for parent in parents for _ in range(many)):
            place = n % len(districts)
            rows.append(
                Partner(
                    network=network, code=f"{kind}-{n}", trade_name=f"{kind} {n}", kind=kind, parent=parent,
                    state="live", territory=districts[place], latitude=9 + place % 25 + n / 10_000,
                    longitude=72 + place // 25 + n / 10_000, product_line_ids=[line.pk], created_at=BEGAN,
                )
            )  # fmt: skip
        made = Partner.objects.bulk_create(rows, batch_size=1000)
        return list(Partner.objects.filter(pk__in=[row.pk for row in made]).order_by("pk"))

    brand = below([None], 1, "brand_owner")
    below(below(below(brand, DISTRIBUTORS, "distributor"), DEALERS, "dealer"), RETAILERS, "retailer")


def people(bench: Bench) -> int:
    """The users of the scope bench; returns how many rows one grant of a role made."""
    with network_context(bench.network):
        brand = Partner.objects.get(kind="brand_owner")
        distributors = list(Partner.objects.filter(kind="distributor").order_by("pk"))
        retailers = list(Partner.objects.filter(kind="retailer").order_by("pk"))
        nodes: dict[str, list[Any]] = {
            "oem": [Territory.objects.get(parent=None)],
            "zone": [Territory.objects.filter(kind="zone").order_by("pk")[0]],
            "dist": [distributors[0]],
            "ret": [retailers[7]],
            "scat": retailers[:: len(retailers) // 10][:10],
            "stale": [distributors[-1]],
        }
        system = Actor.system("bench", bench.network.pk)
        for name, held in nodes.items():
            member = bench.member(name, brand)
            for node in held:
                role = Role.ZONE_MANAGER if isinstance(node, Territory) else Role.PARTNER_OWNER
                before = _rows()
                grant_role(membership=member, role=role, node=node, actor=system, at=BEGAN)
                made = _rows() - before
    return made


def _rows() -> int:
    """Rows in the permission tables."""
    tables = ["partners_partnerholding", "partners_territoryholding", "guardian_userobjectpermission"]
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT " + " + ".join(f"(SELECT count(*) FROM {table})" for table in tables))
        return int(cursor.fetchone()[0])


def load_leads(bench: Bench, upto: int) -> None:
    """Leads up to the number, spread over the retailers; those of the dormant distributor are the oldest.

    One INSERT … SELECT as the owner: the triggers write paths and level columns.
    """
    given = {
        "network_id": str(bench.network.pk),
        "uid": "gen_random_uuid()",
        "partner_id": "p.id",
        "territory_id": "p.territory_id",
        "product_line_id": str(bench.line.pk),
        "state": "'contacted'",
        "name": "'Prospect ' || g",
        "phone": "'+9198' || lpad(g::text, 8, '0')",
        "message": "'Please call'",
        "source": "'campaign'",
        "consent": "true",
        "created_at": "born",
        "state_changed_at": "born",
        "accepted_at": "born",
    }
    columns = [f for f in Lead._meta.concrete_fields if f.column != "id"]
    made = {f.column: given.get(f.column, "NULL" if f.null else "''") for f in columns}
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM leads_lead")
        have = cursor.fetchone()[0]
        cursor.execute(
            f"""
            WITH retailers AS (
                SELECT array_agg(id ORDER BY id) AS ids FROM partners_partner WHERE kind = 'retailer'
            ), last AS (
                SELECT max(id) AS id FROM partners_partner WHERE kind = 'distributor'
            )
            INSERT INTO leads_lead ({", ".join(made)})
            SELECT {", ".join(made.values())}
            FROM generate_series({have + 1}, {upto}) AS g
            CROSS JOIN retailers CROSS JOIN last
            JOIN partners_partner p
                ON p.id = retailers.ids[1 + (g::bigint * 7919) % cardinality(retailers.ids)]
            CROSS JOIN LATERAL (
                SELECT timestamptz '2026-01-01' + g * interval '10 seconds'
                    - CASE WHEN p.partner_2 = last.id THEN interval '3 years' ELSE interval '0' END AS born
            ) AS time
            """
        )
        cursor.execute("ANALYZE")
