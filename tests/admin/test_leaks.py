"""Side doors of a list: lookups in the address, search, masks, fields that offer rows, pop-ups."""

import json
from typing import Any

import pytest

from dnm.accounts.tenancy import network_context
from leads.models import Lead
from tests.admin.visiting import row_path, visit
from tests.world import Net

LEADS, PARTNERS = "/admin/leads/lead/", "/admin/partners/partner/"


@pytest.mark.parametrize(
    "query",
    [
        "phone__startswith=%2B91",
        "name=x",
        "email__contains=a",
        "network__slug=nordwerk",
        "partner__email__gt=a",
        "id=1",
    ],
)
def test_an_address_filters_by_declared_filters_only(voltara: Net, query: str) -> None:
    voltara.offered()
    for name in ("administrator", "auditor"):
        assert visit(voltara, name).get(f"{LEADS}?{query}").status_code == 400


def test_declared_filters_filter(voltara: Net) -> None:
    visitor = visit(voltara, "administrator")
    lead = voltara.offered().lead
    assert str(lead.uid) in visitor.text(LEADS, {"state__exact": "offered"})
    assert str(lead.uid) not in visitor.text(LEADS, {"state__exact": "desk"})
    line, other = voltara.lines["pumps"], voltara.lines["drives"]
    assert str(lead.uid) in visitor.text(LEADS, {"line": str(line.uid)})
    assert str(lead.uid) not in visitor.text(LEADS, {"line": str(other.uid)})
    assert "Voltara dealer_a" in visitor.text(PARTNERS, {"line": str(line.uid)})
    assert "Voltara dealer_a</a></th>" not in visitor.text(PARTNERS, {"line": "nonsense"})


def test_the_log_is_filtered_by_what_happened(voltara: Net) -> None:
    voltara.offered()
    visitor = visit(voltara, "administrator")

    def rows(**query: str) -> str:
        return visitor.text("/admin/events/event/", query).split("<tbody>")[1].split("</tbody>")[0]

    made = rows(kind="leads.offer_made")
    assert ("Offered</a>" in made, "Lead came in</a>" in made) == (True, False)
    assert "Lead came in</a>" in rows()
    none = visitor.text("/admin/events/event/", {"kind": "leads.offer_withdrawn"})
    assert "Nothing matches." in none


def test_contact_is_hidden_from_the_auditor_on_every_road(voltara: Net) -> None:
    lead = voltara.accepted(
        name="Voltara Asha Secret",
        phone="+91 98765 43210",
        email="asha@secret.example",
        message="Call 9876543210",
    )
    hidden = ("Asha Secret", "98765", "asha@secret")
    auditor, administrator = visit(voltara, "auditor"), visit(voltara, "administrator")
    for path in (LEADS, row_path(lead), row_path(lead).replace("change", "history")):
        text = auditor.text(path)
        assert not [word for word in hidden if word in text]
    shown = administrator.text(row_path(lead))
    assert all(word in shown for word in ("Asha Secret", "+919876543210", "asha@secret.example"))
    for words in ("Asha", "+919876543210", "asha@secret.example"):
        assert str(lead.uid) not in auditor.text(LEADS, {"q": words})
        assert str(lead.uid) in administrator.text(LEADS, {"q": words})
    assert str(lead.uid) in auditor.text(LEADS, {"q": "NA1"})


def finds(net: Net, name: str, model: str, field: str, term: str = "") -> Any:
    answer = visit(net, name).get(
        "/admin/autocomplete/",
        {
            "app_label": model.split(".")[0],
            "model_name": model.split(".")[1],
            "field_name": field,
            "term": term,
        },
    )
    return json.loads(answer.content)["results"] if answer.status_code == 200 else answer.status_code


def test_typing_finds_rows_in_sight_by_their_public_ids(voltara: Net, nordwerk: Net) -> None:
    assert nordwerk.partners
    found = finds(voltara, "administrator", "partners.partner", "parent")
    assert {one["id"] for one in found} == {str(one.uid) for one in voltara.partners.values()}
    assert not finds(voltara, "administrator", "partners.partner", "parent", "Nordwerk")
    north = {one["text"] for one in finds(voltara, "zone_north", "leads.offer", "partner")}
    assert "Voltara dealer_a (dealer_a)" in north
    assert not [name for name in north if "south" in name or "dealer_c" in name]
    members = finds(voltara, "zone_north", "partners.partnerholding", "membership", "voltara.example")
    assert {"Voltara sales_a (sales_a@voltara.example)"} <= {one["text"] for one in members}
    assert not [one for one in members if "sales_c" in one["text"] or "administrator" in one["text"]]


def test_typing_finds_nothing_behind_models_that_are_not_here(voltara: Net) -> None:
    for model, field in (
        ("accounts.membership", "user"),
        ("admin.logentry", "user"),
        ("partners.partner", "network"),
        ("partners.partner", "code"),
        ("guardian.userobjectpermission", "user"),
    ):
        assert finds(voltara, "zone_north", model, field) in {403, 404}


def test_a_form_takes_no_row_of_another_network(voltara: Net, nordwerk: Net) -> None:
    visitor = visit(voltara, "administrator")
    path = row_path(voltara.partners["dealer_a"])
    facts = {"trade_name": "Voltara dealer_a", "kind": "dealer", "capacity": "5"}
    for foreign in (nordwerk.territories["north"].uid, nordwerk.territories["north"].pk, "x"):
        answer = visitor.post(path, {**facts, "territory": str(foreign)})
        assert answer.status_code == 200
        assert "errorlist" in answer.content.decode()
        assert "Nordwerk" not in answer.content.decode()
    with network_context(voltara.network):
        partner = voltara.partners["dealer_a"]
        partner.refresh_from_db()
        assert partner.territory_id == voltara.territories["north_a"].pk


def test_an_action_reaches_only_rows_in_sight(voltara: Net, nordwerk: Net) -> None:
    rivals = [voltara.partners["dealer_c"], nordwerk.partners["dealer_a"]]
    visit(voltara, "zone_north").act(PARTNERS, "suspend", *rivals, apply="1", reason="No reason")
    for net, partner in ((voltara, rivals[0]), (nordwerk, rivals[1])):
        with network_context(net.network):
            partner.refresh_from_db()
            assert partner.state == "live"


def test_select_across_does_not_act_on_rows_that_nobody_ticked(voltara: Net) -> None:
    visitor = visit(voltara, "administrator")
    ticked = voltara.partners["dealer_a"]
    visitor.act(PARTNERS, "suspend", ticked, apply="1", reason="Stock check", select_across="1")
    with network_context(voltara.network):
        states = {name: type(one).objects.get(pk=one.pk).state for name, one in voltara.partners.items()}
    assert [name for name, state in states.items() if state != "live"] == ["dealer_a"]


def test_pop_ups_and_ways_by_inner_number_are_closed(voltara: Net) -> None:
    visitor = visit(voltara, "administrator")
    partner = voltara.partners["dealer_a"]
    for path in (f"{PARTNERS}?_popup=1", f"{PARTNERS}add/?_popup=1", f"{row_path(partner)}?_popup=1"):
        visitor.text(path, status=404)
    with network_context(voltara.network):
        from django.contrib.contenttypes.models import ContentType

        kind = ContentType.objects.get_for_model(Lead).pk
    visitor.text(f"/admin/r/{kind}/{voltara.lead().pk}/", status=404)
    visitor.text("/admin/password_change/", status=404)
    assert visitor.get(f"{PARTNERS}?_to_field=network").status_code == 400
