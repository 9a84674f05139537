"""Every list and every page of the network's administration: who opens it, and whose rows it shows."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dnm.accounts.models import Membership
from dnm.accounts.models.memberships import MembershipState
from dnm.accounts.tenancy import network_context
from dnm.web.admin.sites import network_site
from partners.domain.authorisations import authorise_partner
from tests.admin.visiting import Visitor, list_path, row_path, visit
from tests.partners.changing import bank_changed
from tests.partners.climbing import night, set_up
from tests.partners.papers import document_type
from tests.partners.publishing import drafted
from tests.partners.taking_off import leaving
from tests.partners.taking_on import applied, open_track
from tests.signing_in import sign_in
from tests.world import NOW, PEOPLE, Net

STAFF = ("administrator", "zone_north", "zone_south", "auditor")
OUTSIDE = [*sorted({name for name, *_rest in PEOPLE} - set(STAFF)), "nobody"]
MODELS = sorted(network_site._registry, key=lambda model: model._meta.label_lower)
IDS = [model._meta.label_lower for model in MODELS]


def admin_of(model: Any) -> Any:
    return network_site._registry[model]


def rows_of(net: Net, model: Any, name: str = "administrator") -> list[Any]:
    """The rows that the list shows to a member."""
    with network_context(net.network):
        return list(admin_of(model).rows(net.actor(name))[:5])


def furnish(net: Net) -> None:
    """A row for every list that the world has none for."""
    net.accepted()
    open_track(net)
    applied(net)
    bank_changed(net)
    leaving(net, "dealer_b")
    authorised(net)
    document_type(net)
    set_up(net)
    night(net)
    drafted(net)


def authorised(net: Net) -> None:
    """dealer_a may sell pumps in the north."""
    with network_context(net.network):
        authorise_partner(
            partner=net.partners["dealer_a"],
            product_line=net.lines["pumps"],
            territory=net.territories["north"],
            activity="sell",
            valid_from=NOW.date(),
            actor=net.system,
            at=NOW,
        )


@pytest.mark.parametrize("model", MODELS, ids=IDS)
@pytest.mark.parametrize("name", STAFF)
def test_staff_opens_the_lists_of_its_roles(voltara: Net, name: str, model: Any) -> None:
    furnish(voltara)
    visitor = visit(voltara, name)
    answer = visitor.get(list_path(model))
    menu = visitor.text("/admin/")
    if name.startswith("zone") and admin_of(model).is_network_wide:
        assert answer.status_code == 403
        assert f'href="{list_path(model)}"' not in menu
    elif admin_of(model).is_single:
        assert answer.status_code == 302
        assert "Voltara" in visitor.text(answer["Location"])
    else:
        assert answer.status_code == 200, answer.content.decode()
        assert f'href="{list_path(model)}"' in menu


@pytest.mark.parametrize("name", OUTSIDE)
def test_others_do_not_enter(voltara: Net, name: str) -> None:
    visitor = visit(voltara, name)
    partner = voltara.partners["dealer_a"]
    for path in (
        "/admin/",
        "/admin/partners/partner/",
        row_path(partner),
        "/admin/autocomplete/",
        "/admin/x/",
    ):
        text = visitor.text(path, status=403)
        assert "Voltara dealer_a" not in text
    answer = visitor.act("/admin/partners/partner/", "suspend", partner, apply="1", reason="x")
    assert answer.status_code == 403


def test_strangers_are_sent_to_the_portals_login(voltara: Net) -> None:
    answer = Visitor(voltara.host).get("/admin/partners/partner/?state__exact=live")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=/admin/partners/partner/")
    assert Visitor(voltara.host).get("/admin/login/")["Location"].startswith("/accounts/login/")


def test_a_session_of_another_network_opens_nothing(voltara: Net, nordwerk: Net) -> None:
    visitor = Visitor(voltara.host)
    sign_in(visitor.client, nordwerk, "administrator")
    assert visitor.get("/admin/")["Location"].startswith("/accounts/login/")


def test_a_locked_member_is_out_at_the_next_request(voltara: Net) -> None:
    visitor = visit(voltara, "zone_north")
    visitor.text("/admin/partners/partner/")
    with network_context(voltara.network):
        Membership.objects.filter(pk=voltara.members["zone_north"].pk).update(state=MembershipState.LOCKED)
    visitor.text("/admin/partners/partner/", status=403)


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_nothing_of_another_network_on_lists_and_pages(voltara: Net, nordwerk: Net, model: Any) -> None:
    furnish(voltara)
    furnish(nordwerk)
    visitor = visit(voltara, "administrator")
    for path in [list_path(model), *(row_path(row) for row in rows_of(voltara, model))]:
        answer = visitor.get(path)
        text = answer.content.decode()
        assert "Nordwerk" not in text
        assert "nordwerk" not in text


ELSEWHERE = {"jobs.job", "notifications.notification", "accounts.identityprovider", "partners.invitation"}
"""Rows that this world lacks: tests/access asks for them."""


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_rows_of_another_network_are_not_there(voltara: Net, nordwerk: Net, model: Any) -> None:
    furnish(nordwerk)
    visitor = visit(voltara, "administrator")
    foreign = rows_of(nordwerk, model)
    assert foreign or model._meta.label_lower in ELSEWHERE
    for row in foreign:
        path = row_path(row)
        never = path.replace(str(row.uid), "01a20000-0000-7000-8000-000000000000")
        assert visitor.text(path, status=404) == visitor.text(never, status=404)
        visitor.text(path.replace("/change/", "/history/"), status=404)
        assert visitor.post(path, {}).status_code in {403, 404}


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_pages_of_rows_show_no_inner_numbers(voltara: Net, model: Any) -> None:
    furnish(voltara)
    visitor = visit(voltara, "administrator")
    for row in rows_of(voltara, model)[:2]:
        text = visitor.text(row_path(row))
        assert f"/{row.pk}/" not in text
        assert f'value="{row.pk}"' not in text
        visitor.text(f"{list_path(model)}{row.pk}/change/", status=404)
        status = 200 if admin_of(model).has_history else 404
        visitor.text(row_path(row).replace("/change/", "/history/"), status=status)
        visitor.text(row_path(row).replace("/change/", "/delete/"), status=403)


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_add_pages_open_for_those_who_may_add(voltara: Net, model: Any) -> None:
    path = list_path(model) + "add/"
    expected = 200 if admin_of(model).add_form is not None else 403
    visit(voltara, "administrator").text(path, status=expected)
    visit(voltara, "auditor").text(path, status=403)


def test_a_zone_manager_sees_the_zone(voltara: Net) -> None:
    north, south = voltara.offered(), voltara.lead(postal_code="SA1")
    visitor = visit(voltara, "zone_north")
    partners = visitor.text("/admin/partners/partner/")
    assert "Voltara dealer_a" in partners
    assert "Voltara dealer_c" not in partners
    assert str(north.lead.uid) in visitor.text("/admin/leads/lead/")
    assert str(south.uid) not in visitor.text("/admin/leads/lead/")
    people = visitor.text("/admin/accounts/membership/")
    assert "sales_a@voltara.example" in people
    assert "sales_c@voltara.example" not in people
    assert "administrator@voltara.example" not in people
    roles = visitor.text("/admin/partners/territoryholding/")
    assert "Voltara zone_north" in roles
    assert "Voltara administrator" not in roles
    for row in (voltara.partners["dealer_c"], south, voltara.members["sales_c"], voltara.members["auditor"]):
        visitor.text(row_path(row), status=404)


def test_a_parent_out_of_sight_is_not_named(voltara: Net) -> None:
    text = visit(voltara, "zone_north").text(row_path(voltara.partners["distributor_north"]))
    assert str(voltara.partners["brand"].uid) not in text


def test_a_list_costs_the_same_with_one_row_and_with_many(
    voltara: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dnm.web.identity.SECONDS", 3600)  # it is not asked for anew while this counts
    visitor = visit(voltara, "administrator")

    def cost(path: str) -> int:
        visitor.text(path)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            visitor.text(path)
        return len(queries)

    voltara.offered()
    paths = [list_path(model) for model in MODELS if not admin_of(model).is_single]
    before = [cost(path) for path in paths]
    for _ in range(3):
        voltara.offered()
    assert [cost(path) for path in paths] == before
    assert max(before) <= 14, dict(zip(paths, before, strict=True))


def test_lists_page_by_keyset(voltara: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    from partners.models import Partner

    monkeypatch.setattr(admin_of(Partner), "list_per_page", 3)
    visitor = visit(voltara, "administrator")
    seen: list[str] = []
    path = "/admin/partners/partner/"
    while path:
        text = visitor.text(path)
        seen += [
            str(one.uid) for one in voltara.partners.values() if str(one.uid) + "/change" in _table(text)
        ]
        onward = text.split('rel="next" href="')[1].split('"')[0] if 'rel="next"' in text else ""
        path = "/admin/partners/partner/" + onward if onward else ""
    assert sorted(seen) == sorted(str(one.uid) for one in voltara.partners.values())
    assert "Nothing matches" not in visitor.text("/admin/partners/partner/?cursor=nonsense")


def _table(text: str) -> str:
    """The links of the first column, without those to parents."""
    rows = text.split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:]
    return " ".join(row.split("</th>")[0] for row in rows)
