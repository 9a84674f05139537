"""Publications: who reads them, what is published when, and who has acknowledged it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from dnm.accounts.tenancy import network_context
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from partners.domain.access import grant_role
from partners.domain.content.audience import members_addressed, not_acknowledged, readers
from partners.domain.content.publishing import (
    create_publication,
    edit_publication,
    file_of,
    newest_version,
    publish_publication,
    publishers,
    revise_publication,
    withdraw_publication,
)
from partners.domain.content.reading import acknowledge_publication, acknowledged_at, owed_by, versions_of
from partners.domain.partners import update_partner
from partners.models import Acknowledgement, Publication, PublicationVersion, StoredFile, TierStanding
from partners.permissions.content import ContentCapability
from partners.roles import Role
from tests.partners.climbing import night, set_up
from tests.partners.publishing import drafted, published
from tests.partners.uploads import pdf, upload
from tests.world import NOW, Net

VIEW, MANAGE = ContentCapability.VIEW, ContentCapability.MANAGE
DAY = timedelta(days=1)


def reading(net: Net, row: Publication) -> set[str]:
    """Everybody who reads it, managing it or not."""
    with network_context(net.network):
        return {
            name
            for name in net.members
            if Publication.objects.visible_to(net.actor(name), VIEW).filter(pk=row.pk).exists()
        }


def addressed(net: Net, row: Publication) -> set[str]:
    """Its readers, asked person by person; the same as asked of all roles at once."""
    with network_context(net.network):
        one_by_one = {
            name
            for name in net.members
            if Publication.objects.addressed_to(net.actor(name)).filter(pk=row.pk).exists()
        }
        row = Publication.objects.select_related("partner", "for_territory").get(pk=row.pk)
        at_once = set(members_addressed(row, NOW).values_list("pk", flat=True))
        assert {net.members[name].pk for name in one_by_one} == at_once
        assert len(members_addressed(row, NOW)) == len(at_once)
    return one_by_one


NORTH = {"owner_north", "owner_a", "sales_a", "sales_b", "warehouse_a", "service_a", "retail_a"}
SOUTH = {"owner_south", "sales_c"}
STAFF = {"administrator", "zone_north", "zone_south", "programme", "adjudicator", "finance", "auditor"}
PARTNERS = NORTH | SOUTH


def test_without_an_audience_everybody_below_the_owner_reads_it(voltara: Net) -> None:
    assert addressed(voltara, published(voltara)) == PARTNERS | STAFF


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ({"for_roles": ["sales"]}, {"sales_a", "sales_b", "sales_c", "retail_a"}),
        ({"for_roles": ["zone_manager", "warehouse"]}, {"zone_north", "zone_south", "warehouse_a"}),
        ({"for_kinds": ["retailer", "distributor"]}, {"owner_north", "owner_south", "retail_a"}),
        ({"for_kinds": ["brand_owner"]}, STAFF),
        ({"for_territory": "north"}, NORTH | {"zone_north"}),
        ({"for_territory": "south_a"}, {"sales_c"}),
        ({"for_roles": ["sales"], "for_territory": "north"}, {"sales_a", "sales_b", "retail_a"}),
        ({"for_lines": "pumps", "for_roles": ["sales"]}, {"sales_a", "sales_b", "sales_c", "retail_a"}),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",  # sets have no order
)
def test_the_audience_narrows(voltara: Net, audience: dict[str, Any], expected: set[str]) -> None:
    values = dict(audience)
    if "for_territory" in values:
        values["for_territory"] = voltara.territories[values["for_territory"]]
    if "for_lines" in values:
        values["for_lines"] = [voltara.lines[values["for_lines"]].pk]
    assert addressed(voltara, published(voltara, **values)) == expected


def test_by_tier_as_it_stands(voltara: Net) -> None:
    tiers = set_up(voltara)
    night(voltara)
    row = published(voltara, for_tiers=[tiers["Silver"].pk])
    assert addressed(voltara, row) == set()
    with network_context(voltara.network):
        mine = TierStanding.objects.filter(partner=voltara.partners["dealer_a"])
        mine.update(tier=tiers["Silver"])
    assert addressed(voltara, row) == {"owner_a", "sales_a", "warehouse_a", "service_a"}
    with network_context(voltara.network):
        mine.update(override_tier=tiers["Gold"], override_until=NOW.date() + DAY, override_reason="So")
    assert addressed(voltara, row) == set()


def test_by_product_line_of_partner_and_role(voltara: Net) -> None:
    drives = voltara.lines["drives"].pk
    row = published(voltara, for_lines=[drives], for_roles=["sales"])
    with network_context(voltara.network):
        update_partner(
            partner=voltara.partners["dealer_b"],
            changes={"product_lines": [voltara.lines["pumps"]]},
            actor=voltara.system,
            at=NOW,
        )
        grant_role(
            membership=voltara.members["sales_a"],
            role=Role.SALES,
            node=voltara.partners["dealer_a"],
            product_line_ids=[voltara.lines["pumps"].pk],
            actor=voltara.system,
            at=NOW,
        )
    assert addressed(voltara, row) == {"sales_c", "retail_a"}


def test_who_lost_the_role_reads_it_no_more(voltara: Net) -> None:
    row = published(voltara, for_roles=["warehouse"])
    with network_context(voltara.network):
        grant_role(
            membership=voltara.members["warehouse_a"],
            role=Role.WAREHOUSE,
            node=voltara.partners["dealer_a"],
            valid_to=NOW.date() - DAY,
            actor=voltara.system,
            at=NOW,
        )
    assert addressed(voltara, row) == set()


def test_a_distributors_news_stay_in_its_downstream(voltara: Net) -> None:
    row = published(voltara, by="owner_south", owner="distributor_south")
    assert addressed(voltara, row) == SOUTH
    assert reading(voltara, row) == SOUTH | {"administrator", "programme"}


def test_nobody_learns_of_drafts_and_of_what_was_withdrawn(voltara: Net) -> None:
    own = drafted(voltara, by="owner_south", owner="distributor_south")
    assert reading(voltara, own) == {"owner_south", "administrator", "programme"}
    row = drafted(voltara)
    assert reading(voltara, row) == {"administrator", "programme"}
    with network_context(voltara.network):
        actor = voltara.actor("administrator")
        row = publish_publication(publication=row, actor=actor, at=NOW)
        assert "sales_a" in reading(voltara, row)
        with pytest.raises(Invalid):
            withdraw_publication(publication=row, reason=" ", actor=actor, at=NOW)
        withdraw_publication(publication=row, reason="Wrong prices", actor=actor, at=NOW)
    assert reading(voltara, row) == {"administrator", "programme"}


def test_another_networks_people_read_nothing(voltara: Net, nordwerk: Net) -> None:
    row = published(voltara)
    with network_context(nordwerk.network):
        assert not Publication.objects.visible_to(nordwerk.actor("administrator"), VIEW).exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            drafted(nordwerk, for_lines=[voltara.lines["pumps"].pk])
    with network_context(voltara.network):
        assert Publication.objects.filter(pk=row.pk).exists()


def test_who_may_publish_in_whose_name(voltara: Net) -> None:
    with network_context(voltara.network):
        names = {
            name: [partner.code for partner in publishers(voltara.actor(name))]
            for name in ("administrator", "programme", "zone_north", "owner_north", "owner_a", "sales_a")
        }
    assert names == {
        "administrator": ["brand"],
        "programme": ["brand"],
        "zone_north": [],
        "owner_north": ["distributor_north"],
        "owner_a": [],
        "sales_a": [],
    }
    for name, owner in (
        ("zone_north", "brand"),
        ("owner_north", "brand"),
        ("owner_north", "distributor_south"),
        ("owner_north", "dealer_a"),
        ("owner_a", "dealer_a"),
        ("sales_a", "dealer_a"),
    ):
        with pytest.raises(NotAllowed):
            drafted(voltara, by=name, owner=owner)
    with pytest.raises(Invalid):
        drafted(voltara, by="owner_north", owner="distributor_north", kind="bulletin")


def test_rivals_change_nothing(voltara: Net) -> None:
    row = drafted(voltara, by="owner_south", owner="distributor_south")
    brand = published(voltara)
    with network_context(voltara.network):
        for name in ("owner_north", "owner_a", "zone_south", "auditor"):
            actor = voltara.actor(name)
            with pytest.raises(NotAllowed):
                publish_publication(publication=row, actor=actor, at=NOW)
            with pytest.raises(NotAllowed):
                edit_publication(publication=row, values={}, body="x", actor=actor, at=NOW)
            with pytest.raises(NotAllowed):
                withdraw_publication(publication=brand, reason="x", actor=actor, at=NOW)
            with pytest.raises(NotAllowed):
                revise_publication(
                    publication=brand, body="x", what_changed="x", is_anew=True, actor=actor, at=NOW
                )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": "  "}, "title"),
        ({"body": " "}, "body"),
        ({"body": "x" * 20_001}, "body"),
        ({"for_roles": ["king"]}, "for_roles"),
        ({"for_kinds": ["moon"]}, "for_kinds"),
        ({"kind": "rumour"}, "kind"),
    ],
    ids=str,
)
def test_what_may_not_be_published(voltara: Net, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        drafted(voltara, **wrong)
    assert field in refused.value.fields


def test_a_draft_changes_and_what_is_out_does_not(voltara: Net) -> None:
    row = drafted(voltara, file=upload("a.pdf", pdf()))
    with network_context(voltara.network):
        actor = voltara.actor("administrator")
        changes = {"title": "Other title", "for_roles": ["sales", "sales"]}
        file = upload("b.pdf", pdf(head=b"%b\n"))
        row = edit_publication(publication=row, values=changes, body="", file=file, actor=actor, at=NOW)
        assert (row.title, row.for_roles) == ("Other title", ["sales"])
        version = newest_version(row)
        assert [one.name for one in StoredFile.objects.about(version)] == ["b.pdf"]
        row = publish_publication(publication=row, actor=actor, at=NOW)
        with pytest.raises(Conflict):
            edit_publication(publication=row, values={}, body="x", actor=actor, at=NOW)
        for change in (
            lambda: PublicationVersion.objects.filter(pk=version.pk).update(body="x"),
            lambda: PublicationVersion.objects.filter(pk=version.pk).delete(),
            lambda: Publication.objects.filter(pk=row.pk).update(state="draft"),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()


def test_versions_are_kept_and_read_by_the_readers_alone(voltara: Net) -> None:
    row = published(voltara, kind="document", for_roles=["sales"], file=upload("a.pdf", pdf()))
    with network_context(voltara.network):
        actor = voltara.actor("programme")
        row = revise_publication(
            publication=row,
            body="Corrected",
            what_changed="Page 2",
            is_anew=False,
            file=upload("b.pdf", pdf(head=b"%b\n")),
            actor=actor,
            at=NOW + DAY,
        )
        versions = versions_of(row, voltara.actor("sales_a"))
        assert [(one.number, one.what_changed, one.file.name) for one in versions] == [
            (2, "Page 2", "b.pdf"),
            (1, "", "a.pdf"),
        ]
        files = [one.file for one in versions]
        assert {file.uploaded_by_id for file in files} == {None}
        for name, seen in (("sales_b", 2), ("administrator", 2), ("owner_a", 0), ("warehouse_a", 0)):
            mine = StoredFile.objects.visible_to(voltara.actor(name))
            assert mine.filter(pk__in=[file.pk for file in files]).count() == seen, name
        assert versions_of(row, voltara.actor("owner_a")) == []


def test_the_file_of_a_draft_is_nobodys(voltara: Net) -> None:
    row = drafted(voltara, file=upload("a.pdf", pdf()))
    with network_context(voltara.network):
        file = file_of(newest_version(row))
        assert file is not None
        seen = {
            name
            for name in voltara.members
            if StoredFile.objects.visible_to(voltara.actor(name)).filter(pk=file.pk).exists()
        }
    assert seen == {"administrator", "programme"}


def test_acknowledging_once_and_anew(voltara: Net) -> None:
    row = published(voltara, is_mandatory=True, kind="bulletin")
    with network_context(voltara.network):
        reader, boss = voltara.actor("sales_a"), voltara.actor("administrator")
        assert list(owed_by(reader)) == [row]
        acknowledge_publication(publication=row, actor=reader, at=NOW, version=1)
        acknowledge_publication(publication=row, actor=reader, at=NOW + DAY)
        assert acknowledged_at(row, reader) == NOW
        assert list(owed_by(reader)) == []
        words = {"body": "More", "actor": boss, "at": NOW + DAY}
        row = revise_publication(publication=row, what_changed="A comma", is_anew=False, **words)
        assert list(owed_by(reader)) == []
        row = revise_publication(publication=row, what_changed="A price", is_anew=True, **words)
        assert list(owed_by(reader)) == [row]
        assert acknowledged_at(row, reader) is None
        with pytest.raises(Conflict):
            acknowledge_publication(publication=row, actor=reader, at=NOW, version=2)
        acknowledge_publication(publication=row, actor=reader, at=NOW, version=3)
        assert Acknowledgement.objects.filter(membership=reader.membership).count() == 2
        with pytest.raises(DatabaseError), transaction.atomic():
            Acknowledgement.objects.all().delete()


def test_only_readers_acknowledge(voltara: Net) -> None:
    row = published(voltara, for_roles=["sales"])
    draft = drafted(voltara)
    with network_context(voltara.network):
        for name, one in (("owner_a", row), ("administrator", row), ("sales_a", draft)):
            with pytest.raises(NotAllowed):
                acknowledge_publication(publication=one, actor=voltara.actor(name), at=NOW)


def test_the_report_names_who_has_not(voltara: Net) -> None:
    row = published(voltara, is_mandatory=True, for_roles=["sales", "auditor"])
    with network_context(voltara.network):
        acknowledge_publication(publication=row, actor=voltara.actor("sales_a"), at=NOW)
        row = Publication.objects.select_related("partner", "for_territory").get(pk=row.pk)
        admin = voltara.actor("administrator")
        found = list(readers(row, admin, NOW, missing_only=True))
        assert [(one.place.code, one.role, one.member.user.name) for one in found] == [
            ("brand", "auditor", "Voltara auditor"),
            ("dealer_b", "sales", "Voltara sales_b"),
            ("dealer_c", "sales", "Voltara sales_c"),
            ("retailer_a", "sales", "Voltara retail_a"),
        ]
        assert len(list(readers(row, admin, NOW, missing_only=False))) == 5
        missing = not_acknowledged(members_addressed(row, NOW), row)
        assert {one.pk for one in missing} == {one.member.pk for one in found}


def test_the_owner_of_what_is_published_is_named_by_the_caller_alone(voltara: Net) -> None:
    with network_context(voltara.network), pytest.raises(TypeError):
        create_publication(
            owner=voltara.partners["brand"],
            kind="news",
            values={"title": "x", "partner": voltara.partners["dealer_a"]},
            body="x",
            actor=voltara.actor("administrator"),
            at=NOW,
        )
