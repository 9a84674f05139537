"""Saving goes through the verbs: their events are written, their refusals shown, nothing is half done."""

from datetime import date
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from dnm.accounts.models import Membership, User
from dnm.accounts.tenancy import network_context
from dnm.events.models import Event
from leads.models import RoutingPolicy
from partners.models import (
    BusinessCalendar,
    Invitation,
    Partner,
    PartnerHolding,
    PostalArea,
    ProductLine,
    Territory,
    TerritoryHolding,
)
from tests.admin.visiting import Visitor, list_path, row_path, visit
from tests.world import Net


@pytest.fixture
def admin(voltara: Net) -> Visitor:
    return visit(voltara, "administrator")


def happened(net: Net, kind: str) -> list[Event]:
    """Events of a kind that people caused through a page."""
    with network_context(net.network):
        return list(Event.objects.filter(kind=kind, via="session").order_by("id"))


def count(net: Net, model: Any, **terms: Any) -> int:
    with network_context(net.network):
        return model.objects.filter(**terms).count()


def partner_form(net: Net, **values: Any) -> dict[str, Any]:
    return {
        "code": "D-9",
        "trade_name": "Voltara Newcomer",
        "kind": "dealer",
        "parent": str(net.partners["distributor_north"].uid),
        "territory": str(net.territories["north_a"].uid),
        "state": "prospect",
        "product_lines": [str(net.lines["pumps"].uid)],
        "latitude": "28.6",
        "longitude": "77.2",
        **values,
    }


def test_a_partner_is_entered_with_its_owner(voltara: Net, admin: Visitor) -> None:
    owner = {"owner_name": "Asha Owner", "owner_email": "asha@newcomer.example"}
    answer = admin.post("/admin/partners/partner/add/", partner_form(voltara, **owner))
    assert answer.status_code == 302
    with network_context(voltara.network):
        partner = Partner.objects.get(code="D-9")
        assert answer["Location"] == row_path(partner)
        assert (partner.parent, partner.state) == (voltara.partners["distributor_north"], "prospect")
        assert partner.product_line_ids == [voltara.lines["pumps"].pk]
        invitation = Invitation.objects.get(email="asha@newcomer.example")
        assert (invitation.role, invitation.partner) == ("partner_owner", partner)
    (added,) = happened(voltara, "partners.partner_added")
    assert (added.subject_id, added.membership_id) == (partner.pk, voltara.members["administrator"].pk)
    assert happened(voltara, "partners.person_invited")
    assert not LogEntry.objects.exists(), "Django's own log knows no network and stays empty"


def test_what_the_verb_refuses_stands_in_the_form_and_leaves_nothing(voltara: Net, admin: Visitor) -> None:
    path = "/admin/partners/partner/add/"
    answer = admin.post(path, partner_form(voltara, code="dealer_a"))
    assert answer.status_code == 409
    assert "The code dealer_a is taken." in answer.content.decode()
    assert count(voltara, Partner, code="D-9") == 0
    answer = admin.post(path, partner_form(voltara, latitude="28.6", longitude=""))
    assert answer.status_code == 422
    assert "Latitude and longitude come together." in answer.content.decode()
    answer = admin.post(path, partner_form(voltara, owner_name="Asha"))
    assert "An owner has a name and an e-mail address." in answer.content.decode()
    assert not happened(voltara, "partners.partner_added")


def test_facts_change_and_states_do_not(voltara: Net, admin: Visitor) -> None:
    partner = voltara.partners["dealer_a"]
    values = partner_form(voltara, trade_name="Voltara Renamed", state="closed", code="HACK", path="1")
    assert admin.post(row_path(partner), values).status_code == 302
    with network_context(voltara.network):
        partner.refresh_from_db()
    assert (partner.trade_name, partner.state, partner.code) == ("Voltara Renamed", "live", "dealer_a")
    (changed,) = happened(voltara, "partners.partner_changed")
    assert "trade_name" in changed.payload["fields"]
    assert "territory" not in changed.payload["fields"]
    assert "Voltara administrator" in admin.text(row_path(partner).replace("change", "history"))
    assert admin.post(row_path(partner), values).status_code == 302
    assert len(happened(voltara, "partners.partner_changed")) == 1, "no change, no event"


def test_the_brand_owner_is_shown_and_not_changed(voltara: Net, admin: Visitor) -> None:
    brand = voltara.partners["brand"]
    text = admin.text(row_path(brand))
    assert "Brand owner" in text
    assert 'name="_save"' not in text
    assert text.count('class="button" disabled') == text.count('name="action"') == 2, "told why not"
    assert admin.post(row_path(brand), partner_form(voltara)).status_code == 403
    admin.act("/admin/partners/partner/", "suspend", brand, apply="1", reason="x")
    assert "The brand owner itself is not changed here." in admin.text("/admin/")


def test_a_zone_manager_changes_facts_in_the_zone_and_adds_nobody(voltara: Net) -> None:
    zone = visit(voltara, "zone_north")
    values = partner_form(voltara, trade_name="Voltara Zoned")
    assert zone.post(row_path(voltara.partners["dealer_a"]), values).status_code == 302
    assert zone.post(row_path(voltara.partners["dealer_c"]), values).status_code == 404
    assert zone.get("/admin/partners/partner/add/").status_code == 403
    assert zone.post("/admin/partners/partner/add/", values).status_code == 403
    assert [one.subject_id for one in happened(voltara, "partners.partner_changed")] == [
        voltara.partners["dealer_a"].pk
    ]


def test_an_auditor_reads_and_nothing_else(voltara: Net) -> None:
    auditor = visit(voltara, "auditor")
    partner = voltara.partners["dealer_a"]
    text = auditor.text(row_path(partner))
    assert "Voltara dealer_a" in text
    assert 'name="_save"' not in text
    assert 'name="action"' not in text + auditor.text("/admin/partners/partner/")
    assert auditor.post(row_path(partner), partner_form(voltara)).status_code == 403
    auditor.act("/admin/partners/partner/", "suspend", partner, apply="1", reason="x")
    with network_context(voltara.network):
        partner.refresh_from_db()
    assert partner.state == "live"


def test_people_are_invited_and_not_added(voltara: Net, nordwerk: Net, admin: Visitor) -> None:
    assert admin.get("/admin/accounts/membership/add/").status_code == 403
    path = "/admin/partners/invitation/add/"
    values = {
        "name": "Ravi",
        "email": "Sales_A@nordwerk.example",
        "partner": str(voltara.partners["dealer_b"].uid),
        "role": "sales",
    }
    assert admin.post(path, values).status_code == 302
    with network_context(voltara.network):
        row = Invitation.objects.get(email="sales_a@nordwerk.example")
        assert (row.role, row.partner) == ("sales", voltara.partners["dealer_b"])
    answer = admin.post(path, values)
    assert (answer.status_code, "invited already" in answer.content.decode()) == (409, True)
    assert User.objects.get(email="sales_a@nordwerk.example").name == "Nordwerk sales_a"
    admin.act("/admin/partners/invitation/", "revoke", row, apply="1")
    with network_context(voltara.network):
        assert Invitation.objects.get(pk=row.pk).state == "revoked"


def test_a_member_has_a_job_title_and_may_be_removed(voltara: Net, admin: Visitor) -> None:
    row = voltara.members["sales_b"]
    values = {"title": "Counter", "user": "1", "state": "locked"}
    assert admin.post(row_path(row), values).status_code == 302
    with network_context(voltara.network):
        row.refresh_from_db()
    assert (row.title, row.state) == ("Counter", "active")
    admin.act("/admin/accounts/membership/", "remove", row, apply="1")
    with network_context(voltara.network):
        row.refresh_from_db()
    assert row.state == "removed"


def test_roles_are_granted_limited_and_taken_away(voltara: Net, admin: Visitor) -> None:
    path = "/admin/partners/partnerholding/"
    member = voltara.members["nobody"]
    values = {
        "membership": str(member.uid),
        "role": "sales",
        "content_object": str(voltara.partners["dealer_a"].uid),
        "valid_from": "2026-01-01",
    }
    assert admin.post(f"{path}add/", values).status_code == 302
    with network_context(voltara.network):
        holding = PartnerHolding.objects.get(membership=member)
        assert (holding.role, holding.product_line_ids) == ("sales", None)
    limits = {
        "within_territory": str(voltara.territories["north"].uid),
        "product_lines": [str(voltara.lines["drives"].uid)],
        "valid_to": "2026-12-31",
    }
    assert admin.post(row_path(holding), limits).status_code == 302
    with network_context(voltara.network):
        holding.refresh_from_db()
    assert holding.within_territory_id == voltara.territories["north"].pk
    assert holding.product_line_ids == [voltara.lines["drives"].pk]
    assert (holding.valid_from, holding.valid_to) == (None, date(2026, 12, 31))
    text = admin.text(row_path(holding))
    assert "Voltara north (north)" in text
    answer = admin.post(row_path(holding), {"valid_from": "2027-01-01", "valid_to": "2026-01-01"})
    assert "Ends before it begins." in answer.content.decode()
    assert len(happened(voltara, "partners.role_granted")) == 2
    admin.act(path, "revoke", holding, apply="1")
    assert count(voltara, PartnerHolding, membership=member) == 0
    assert happened(voltara, "partners.role_revoked")


def test_roles_of_the_staff_belong_to_territories(voltara: Net, admin: Visitor) -> None:
    member = str(voltara.members["nobody"].uid)
    values = {"membership": member, "role": "zone_manager"}
    at_partner = {**values, "content_object": str(voltara.partners["dealer_a"].uid)}
    answer = admin.post("/admin/partners/partnerholding/add/", at_partner)
    assert "This role is for the brand owner" in answer.content.decode()
    at_territory = {**values, "content_object": str(voltara.territories["north"].uid)}
    assert admin.post("/admin/partners/territoryholding/add/", at_territory).status_code == 302
    assert count(voltara, TerritoryHolding, membership=voltara.members["nobody"]) == 1


def test_nobody_takes_the_last_key_from_himself(voltara: Net, admin: Visitor) -> None:
    with network_context(voltara.network):
        own = TerritoryHolding.objects.get(membership=voltara.members["administrator"])
    admin.act("/admin/partners/territoryholding/", "revoke", own, apply="1")
    assert "Somebody else must take a role from you." in admin.text("/admin/")
    assert count(voltara, TerritoryHolding, pk=own.pk) == 1


def test_territories_and_postal_areas(voltara: Net, admin: Visitor) -> None:
    values = {
        "parent": str(voltara.territories["north"].uid),
        "name": "Voltara Hills",
        "code": "hills",
        "kind": "district",
    }
    assert admin.post("/admin/partners/territory/add/", values).status_code == 302
    with network_context(voltara.network):
        hills = Territory.objects.get(code="hills")
    assert hills.level == 3
    assert admin.post(row_path(hills), {**values, "name": "Voltara Highlands"}).status_code == 302
    answer = admin.post("/admin/partners/territory/add/", values)
    assert "The code hills is taken." in answer.content.decode()
    area = {"country": "in", "code": "na 9", "name": "Peak", "territory": str(hills.uid)}
    assert admin.post("/admin/partners/postalarea/add/", area).status_code == 302
    with network_context(voltara.network):
        row = PostalArea.objects.get(code="NA9", country="IN")
        assert row.territory.name == "Voltara Highlands"
    answer = admin.post(row_path(row), {"name": "Peak", "territory": str(hills.uid), "latitude": "100"})
    assert "Latitude" in answer.content.decode()
    assert happened(voltara, "partners.territory_added")
    assert happened(voltara, "partners.territory_changed")
    assert happened(voltara, "partners.postal_area_added")


def test_territories_end_where_the_tree_ends(voltara: Net, admin: Visitor) -> None:
    parent, number = voltara.territories["north_a"], 0
    answer: Any = None
    while number < 8:
        number += 1
        values = {"parent": str(parent.uid), "name": f"Voltara {number}", "code": f"t{number}", "kind": "x"}
        answer = admin.post("/admin/partners/territory/add/", values)
        if answer.status_code != 302:
            break
        with network_context(voltara.network):
            parent = Territory.objects.get(code=f"t{number}")
    assert (answer.status_code, number) == (422, 6)
    assert "at most 8 levels" in answer.content.decode()


def test_a_postal_area_moves_only_between_ones_own_territories(voltara: Net) -> None:
    with network_context(voltara.network):
        area = PostalArea.objects.get(code="NA1")
    assert visit(voltara, "zone_north").post(row_path(area), {}).status_code == 403


def test_product_lines(voltara: Net, admin: Visitor) -> None:
    assert admin.post("/admin/partners/productline/add/", {"code": "fans", "name": "Fans"}).status_code == 302
    answer = admin.post("/admin/partners/productline/add/", {"code": "fans", "name": "Fans"})
    assert "is taken" in answer.content.decode()
    with network_context(voltara.network):
        fans = ProductLine.objects.get(code="fans")
    assert admin.post(row_path(fans), {"code": "fans", "name": "Ceiling fans"}).status_code == 302
    assert count(voltara, ProductLine, name="Ceiling fans") == 1
    assert happened(voltara, "partners.product_line_changed")


def test_calendars(voltara: Net, admin: Visitor) -> None:
    path = "/admin/partners/businesscalendar/add/"
    values = {
        "name": "Shops",
        "time_zone": "Asia/Kolkata",
        "day_0": "09:30-13:00, 14:00\N{EN DASH}19:00",
        "holidays": "2026-08-15\n2026-01-26",
    }
    assert admin.post(path, values).status_code == 302
    with network_context(voltara.network):
        calendar = BusinessCalendar.objects.get(name="Shops")
    assert calendar.hours == {"0": [["09:30", "13:00"], ["14:00", "19:00"]]}
    assert calendar.holidays == ["2026-01-26", "2026-08-15"]
    assert "09:30-13:00, 14:00-19:00" in admin.text(row_path(calendar))
    faults = {
        "day_0": ("9 to 5", "Write hours like"),
        "day_1": ("19:00-09:00", "Write spans like"),
        "holidays": ("Christmas", "Write each day like"),
    }
    for field, (wrong, told) in faults.items():
        answer = admin.post(row_path(calendar), {**values, field: wrong})
        assert answer.status_code in {200, 422}
        assert told in answer.content.decode(), field
    closed = {"name": "Shops", "time_zone": "Asia/Kolkata"}
    assert "never opens" in admin.post(row_path(calendar), closed).content.decode()
    assert len(happened(voltara, "partners.calendar_added")) == 1
    assert not happened(voltara, "partners.calendar_changed")


def test_a_routing_policy_is_a_new_version(voltara: Net, admin: Visitor) -> None:
    path = "/admin/leads/routingpolicy/add/"
    assert 'value="100"' in admin.text(path), "begins with what is in force"
    values = {"offer_minutes": "60", "radius_km": "50", "max_offers": "3", "max_wait_minutes": "10"}
    assert admin.post(path, values).status_code == 302
    with network_context(voltara.network):
        newest = RoutingPolicy.objects.order_by("-version")[0]
    assert (newest.version, newest.radius_km) == (2, 50)
    assert happened(voltara, "leads.routing_policy_published")
    answer = admin.post(path, {**values, "max_offers": "51"})
    assert "Between 1 and 50." in answer.content.decode()
    assert admin.post(row_path(newest), values).status_code == 403
    assert visit(voltara, "zone_north").post(path, values).status_code == 403


def test_network_settings(voltara: Net, admin: Visitor) -> None:
    network = voltara.network
    path = row_path(network)
    values = {
        "portal_name": "Voltara World",
        "accent": "#0b6e69",
        "language": "en",
        "locale": "en_IN",
        "consent_text": "You may call me.",
        "embedding_sites": "https://www.voltara.example\nhttps://shop.voltara.example:8443",
        "slug": "hacked",
        "is_active": "",
    }
    assert admin.post(path, values).status_code == 302
    network.refresh_from_db()
    assert (network.portal_name, network.slug, network.is_active) == ("Voltara World", "voltara", True)
    assert network.embedding_sites == ["https://www.voltara.example", "https://shop.voltara.example:8443"]
    assert network.consent_version == "2"
    assert "Voltara World" in admin.text("/admin/")
    for field, wrong in (
        ("accent", "#ffff00"),
        ("locale", "nonsense"),
        ("embedding_sites", "https://x.example; script-src *"),
        ("embedding_sites", "http://x.example"),
        ("embedding_sites", "https://x.example/path"),
    ):
        answer = admin.post(path, {**values, field: wrong})
        assert answer.status_code == 422, (field, wrong, answer.content.decode().split("errorlist")[1][:300])
        assert "errorlist" in answer.content.decode()
    network.refresh_from_db()
    assert network.accent == "#0b6e69"
    (changed,) = happened(voltara, "partners.network_changed")
    assert "consent_version" in changed.payload["fields"]


def test_the_menu_and_the_lists_have_one_home_each(voltara: Net, admin: Visitor) -> None:
    menu = admin.text("/admin/")
    for path in (list_path(Partner), list_path(Membership), list_path(RoutingPolicy)):
        assert menu.count(f'href="{path}"') == 1
    assert "Recent actions" not in menu
    assert "<h1>Administration</h1>" in menu
