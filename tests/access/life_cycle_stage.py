"""What the stage has of partners to be, of changes and of exits."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile

from partners.domain.changes.requests import request_change, submit_change
from partners.domain.content.publishing import create_publication, publish_publication
from partners.domain.tiers.ladder import put_benefit, put_criterion, put_tier
from partners.models import ChecklistItem, ExitSettlement, Partner, SettlementItem, TierStanding
from tests.partners.taking_on import applied, open_track
from tests.partners.uploads import pdf

if TYPE_CHECKING:
    from tests.access.stage import Stage


def applications(stage: Stage) -> None:
    """An application from each zone, just come in, with a line on its checklist."""
    net = stage.net
    open_track(net)
    for zone, code in (("north", "NA1"), ("south", "SA1")):
        title = net.network.name
        stage.applications[zone] = applied(
            net,
            organisation=f"{title} Applicant-{zone}",
            contact_name=f"{title} Person-{zone}",
            email=f"applicant-{zone}@{net.network.slug}-new.example",
            message=f"{title} plan-{zone}",
            postal_code=code,
            at=stage.at,
        )
        stage.checklists[zone] = ChecklistItem.objects.get(application=stage.applications[zone])


def changes(stage: Stage) -> None:
    """A dealer's bank account, submitted; a distributor's relocation, a draft."""
    net, title = stage.net, stage.net.network.name.upper()
    bank = {"holder": f"{title} Holder", "bank_name": "Bank", "routing_code": "BANK0001"}
    for key, owner, kind, values in (
        ("dealer_a", "owner_a", "bank", {**bank, "account_number": f"{title}ACC1"}),
        ("distributor_south", "owner_south", "relocation", {"address": f"{title} Road", "postal_code": "1"}),
    ):
        stage.changes[key] = request_change(
            partner=Partner.objects.select_related("territory").get(pk=net.partners[key].pk),
            kind=kind,
            values=values,
            reason=f"{title} reason-{key}",
            actor=net.actor(owner, stage.at),
            at=stage.at,
        )
    row = stage.changes["dealer_a"]
    stage.changes["dealer_a"] = submit_change(request=row, actor=net.actor("owner_a", stage.at), at=stage.at)


def exits(stage: Stage) -> None:
    """Lines to settle of a dealer and of the other distributor, as if they were leaving: live they do more
    for the other tables.
    """
    net = stage.net
    for key, place in (("dealer_a", "north_a"), ("distributor_south", "south")):
        anchors = {"network": net.network, "partner": net.partners[key], "territory": net.territories[place]}
        settlement = ExitSettlement.objects.create(**anchors, reason="Retires", begun_at=stage.at)
        stage.exits[key] = settlement
        stage.lines_to_settle[key] = SettlementItem.objects.create(
            **anchors, settlement=settlement, source="stock", position=1, state_changed_at=stage.at
        )


def tiers(stage: Stage) -> None:
    """A ladder of two, a dealer on it, and a distributor set on it by hand."""
    net, by = stage.net, {"actor": stage.net.system, "at": stage.at}
    for rank, name in enumerate(("bronze", "silver"), start=1):
        values = {"rank": rank, "name": f"{net.network.name} {name}", "kinds": ["dealer", "distributor"]}
        stage.tiers[name] = put_tier(values=values, **by)
    top = stage.tiers["silver"]
    put_criterion(values={"tier": top, "metric": "leads.won", "operator": "gte", "value": Decimal(3)}, **by)
    put_benefit(values={"tier": top, "entitlement": "discount", "value": Decimal(2)}, **by)
    today = stage.at.date()
    for key, place in (("dealer_a", "north_a"), ("distributor_south", "south")):
        stage.tiered[key] = net.partners[key]
        stage.standings[key] = TierStanding.objects.create(
            network=net.network,
            partner=net.partners[key],
            territory=net.territories[place],
            tier=stage.tiers["bronze"],
            since=stage.at,
            review_on=today + timedelta(days=400),
        )
    by_hand = TierStanding.objects.filter(pk=stage.standings["distributor_south"].pk)
    title = net.network.name.upper()
    until = today + timedelta(days=300)
    by_hand.update(override_tier=top, override_until=until, override_reason=f"{title} favour")


PUBLICATIONS = {
    "brand": ("administrator", "brand", "news", []),
    "sales": ("programme", "brand", "bulletin", ["sales"]),
    "north": ("owner_north", "distributor_north", "news", []),
    "south": ("owner_south", "distributor_south", "news", []),
    "draft": ("administrator", "brand", "document", []),
}
"""By whom, in whose name, what, and for which roles."""


def publications(stage: Stage) -> None:
    """What is for everybody, for some roles, for the downstream of each distributor, and for nobody yet."""
    net = stage.net
    for key, (by, owner, kind, roles) in PUBLICATIONS.items():
        actor, title = net.actor(by, stage.at), f"{net.network.name} publication {key}"
        row = create_publication(
            owner=Partner.objects.get(pk=net.partners[owner].pk),
            kind=kind,
            values={"title": title, "is_mandatory": True, "for_roles": roles},
            body=f"{title} body",
            file=SimpleUploadedFile(f"{title} file.pdf", pdf(head=f"%{key}\n".encode())),
            actor=actor,
            at=stage.at,
        )
        if key != "draft":
            row = publish_publication(publication=row, actor=actor, at=stage.at)
        stage.publications[key] = row
