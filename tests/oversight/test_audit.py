"""The audit: who did what when, before and after, for those who may know, and never to be changed."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dnm.accounts.history import sign
from dnm.accounts.tenancy import network_context
from dnm.events.models import Event
from dnm.scoping.errors import Invalid, NotAllowed
from dnm.scoping.masks import hidden_fields
from leads.models import Lead
from partners.domain.audit import Asked, audit_page, kinds, take_audit_file
from partners.domain.audit.sources import sources
from partners.domain.partners import change_partner_state, update_partner
from partners.domain.people import lock_member
from partners.models import Answer
from tests.partners.taking_on import answered, applied, led_to, open_track
from tests.signing_in import sign_in
from tests.world import NOW, Net


def rename(net: Net, key: str, name: str, by: str = "administrator") -> None:
    """By a signed actor, as a request has it."""
    actor = net.actor(by)
    sign(actor)
    partner = net.partners[key]
    partner.refresh_from_db()
    update_partner(
        partner=partner, changes={"trade_name": name, "phone": "+911234567890"}, actor=actor, at=NOW
    )


def entries(net: Net, by: str = "auditor", limit: int = 200, **asked: Any) -> list[Any]:
    return audit_page(actor=net.actor(by), asked=Asked(**asked), limit=limit).entries


def changed(found: list[Any], kind: str) -> list[Any]:
    return [entry for entry in found if entry.kind == kind]


def test_before_and_after_with_the_one_who_did_it(voltara: Net) -> None:
    with network_context(voltara.network):
        rename(voltara, "dealer_a", "First")
        rename(voltara, "dealer_a", "Second", by="zone_north")
        second, first = changed(entries(voltara, record=voltara.partners["dealer_a"]), "partners.partner")
    names = [{one.name: (one.before, one.after) for one in entry.changes} for entry in (first, second)]
    assert names[0]["trade_name"] == ("Voltara dealer_a", "First")
    assert names[0]["phone"] == ("", "+911234567890")
    assert names[1] == {"trade_name": ("First", "Second")}
    assert [entry.who for entry in (first, second)] == ["Voltara administrator", "Voltara zone_north"]
    assert first.record == "Second"
    assert first.url == f"/partners/{voltara.partners['dealer_a'].uid}/"


def test_a_step_shows_the_states_and_the_reason(voltara: Net) -> None:
    with network_context(voltara.network):
        actor = voltara.actor("administrator")
        change_partner_state(
            partner=voltara.partners["dealer_b"], transition="suspend", reason="Dues", actor=actor, at=NOW
        )
        found = entries(voltara, kind="partners.partner_state_changed") or entries(
            voltara, record=voltara.partners["dealer_b"]
        )
    step = next(entry for entry in found if entry.detail == "Dues")
    assert [(one.label, one.before, one.after) for one in step.changes] == [("State", "Live", "Suspended")]


def test_requests_sign_their_changes(voltara: Net) -> None:
    """Through the page and through the API: name, road and the request's id stand in the history."""
    desk = sign_in(Client(headers={"host": voltara.host}), voltara, "administrator")
    a, b = voltara.partners["dealer_a"], voltara.partners["dealer_b"]
    desk.post(f"/partners/{a.uid}/suspend/", {"reason": "x"})
    response = Client().patch(
        f"/api/v1/partners/{b.uid}/",
        '{"trade_name": "By API"}',
        content_type="application/json",
        headers=voltara.bearer("administrator"),
    )
    assert response.status_code == 200
    with network_context(voltara.network):
        (page,) = changed(entries(voltara, record=a), "partners.partner")
        (api,) = changed(entries(voltara, record=b), "partners.partner")
    assert (page.who, page.via) == ("Voltara administrator", "session")
    assert (api.who, api.via) == ("Voltara administrator", "token")
    assert api.request == response["X-Request-ID"]


def test_in_whose_name(voltara: Net) -> None:
    with network_context(voltara.network):
        actor = replace(voltara.actor("zone_north"), on_behalf_of=voltara.members["administrator"])
        sign(actor)
        update_partner(partner=voltara.partners["dealer_a"], changes={"trade_name": "N"}, actor=actor, at=NOW)
        found = entries(voltara, record=voltara.partners["dealer_a"])
        assert {entry.behalf for entry in found if entry.who == "Voltara zone_north"} == {
            "Voltara administrator"
        }
        assert entries(voltara, person=voltara.members["administrator"])
        assert [
            e for e in entries(voltara, person=voltara.members["zone_north"]) if e.kind == "partners.partner"
        ]


def test_masks_hold_in_before_and_after(voltara: Net) -> None:
    lead = voltara.accepted()
    with network_context(voltara.network):
        Lead.objects.filter(pk=lead.pk).update(
            phone="+91 99999 11111", message="call +91 99999 22222", competitor="Acme"
        )
        (hidden,) = [e for e in changed(entries(voltara, record=lead), "leads.lead") if has(e, "phone")]
        (shown,) = [
            e
            for e in changed(entries(voltara, "administrator", record=lead), "leads.lead")
            if has(e, "phone")
        ]
    values = {one.name: (one.before, one.after) for one in hidden.changes}
    assert values["phone"] == ("hidden", "hidden")
    assert values["message"] == ("hidden", "hidden"), "free text may hold what is masked"
    assert values["competitor"] == ("", "Acme")
    assert {one.name: one.after for one in shown.changes}["phone"] == "+91 99999 11111"


def test_a_part_of_a_masked_record_is_masked_with_it(voltara: Net) -> None:
    """The answers of an application, for who may not see who applies."""
    open_track(voltara)
    row = led_to(voltara, applied(voltara), "questionnaire")
    answered(voltara, row)
    with network_context(voltara.network):
        answer = Answer.objects.filter(application=row).first()
        Answer.objects.filter(pk=answer.pk).update(given="call +91 98100 00000")
        entry = changed(entries(voltara, kind="partners.answer"), "partners.answer")[0]
        shut = bool(hidden_fields(voltara.actor("auditor"), row))
        (given,) = [one for one in entry.changes if one.name == "given"]
        assert (given.after == "hidden") == shut
        assert ("98100" in entry.record) != shut


def has(entry: Any, name: str) -> bool:
    return any(one.name == name for one in entry.changes)


def test_an_owner_sees_its_own_peoples_actions(voltara: Net) -> None:
    lead = voltara.accepted()
    other = voltara.accepted(by="sales_c", postal_code="SA1")
    with network_context(voltara.network):
        for row, name in ((lead, "sales_a"), (other, "sales_c")):
            actor = voltara.actor(name)
            sign(actor)
            Lead.objects.filter(pk=row.pk).update(phone="+91 99999 33333", competitor="Acme")
        rename(voltara, "dealer_a", "By the brand")
        found = entries(voltara, "owner_a")
        assert found
        assert {entry.who for entry in found} <= {"Voltara sales_a", "Voltara owner_a"}
        assert changed(found, "leads.lead")
        above = entries(voltara, "owner_north")
        assert {entry.who for entry in above} == {"Voltara sales_a"}
        contact = [one for e in changed(above, "leads.lead") for one in e.changes if one.name == "phone"]
        assert all(one.after == "hidden" for one in contact)
        for name in ("zone_north", "sales_a", "nobody", "finance"):
            with pytest.raises(NotAllowed):
                entries(voltara, name)


def test_an_owner_reads_nothing_of_a_record_that_went_to_another(voltara: Net) -> None:
    """The action is its people's; the record is not in sight any more: no name, no values."""
    lead = voltara.accepted()
    with network_context(voltara.network):
        actor = voltara.actor("sales_a")
        sign(actor)
        Lead.objects.filter(pk=lead.pk).update(competitor="Ours")
        sign(voltara.system)
        Lead.objects.filter(pk=lead.pk).update(partner=voltara.partners["dealer_c"], competitor="Theirs")
        for entry in entries(voltara, "owner_a"):
            if entry.record_kind == "Lead":
                assert (entry.record, entry.url, entry.detail) == ("", "", "")
                assert all((one.before, one.after) == ("hidden", "hidden") for one in entry.changes)


def test_internal_events_and_view_as_are_not_for_owners(voltara: Net) -> None:
    desk = sign_in(Client(headers={"host": voltara.host}), voltara, "administrator")
    desk.post(f"/people/{voltara.members['owner_a'].uid}/view-as/", {"reason": "ticket 9"})
    desk.get("/leads/?export=csv")
    desk.post("/view-as/end/")
    with network_context(voltara.network):
        looked = [entry for entry in entries(voltara) if entry.kind.startswith("accounts.view_as")]
        assert [entry.kind for entry in looked] == [
            "accounts.view_as_ended",
            "accounts.view_as_downloaded",
            "accounts.view_as_began",
        ]
        assert {(entry.who, entry.behalf) for entry in looked} == {
            ("Voltara administrator", "Voltara owner_a")
        }
        assert looked[-1].detail == "ticket 9"
        assert not [e for e in entries(voltara, "owner_a") if e.kind.startswith("accounts.view_as")]


def test_filters(voltara: Net) -> None:
    with network_context(voltara.network):
        rename(voltara, "dealer_a", "First")
        actor = voltara.actor("administrator")
        lock_member(membership=voltara.members["sales_b"], actor=actor, at=NOW - timedelta(days=3))
        (locked,) = entries(voltara, kind="partners.member_locked")
        assert locked.record == "Voltara sales_b"
        assert [e.kind for e in entries(voltara, kind="partners.partner")] == ["partners.partner"]
        day = NOW.date() - timedelta(days=3)
        assert locked.kind in {entry.kind for entry in entries(voltara, first=day, last=day)}
        assert not entries(voltara, first=day - timedelta(days=9), last=day - timedelta(days=1))
        assert {e.who for e in entries(voltara, person=voltara.members["administrator"])} == {
            "Voltara administrator"
        }
        assert entries(voltara, kind="nothing.such") == []


def test_pages_have_everything_once_in_order(voltara: Net) -> None:
    voltara.accepted()
    with network_context(voltara.network):
        for number in range(4):
            rename(voltara, "dealer_a", f"Name {number}")
        auditor = voltara.actor("auditor")
        whole = audit_page(actor=auditor, asked=Asked(), limit=200).entries
        pieces: list[Any] = []
        cursor = None
        while True:
            found = audit_page(actor=auditor, asked=Asked(), cursor=cursor, limit=3)
            pieces += found.entries
            cursor = found.older
            if cursor is None:
                break
        assert pieces == whole
        assert [e.at for e in whole] == sorted((e.at for e in whole), reverse=True)
        with pytest.raises(Invalid):
            audit_page(actor=auditor, asked=Asked(), cursor="made-up")


def test_another_networks_audit_is_its_own(voltara: Net, nordwerk: Net) -> None:
    with network_context(nordwerk.network):
        rename(nordwerk, "dealer_a", "Nordwerk secret")
    desk = sign_in(Client(headers={"host": voltara.host}), voltara, "auditor")
    for query in (
        {},
        {"record": f"/partners/{nordwerk.partners['dealer_a'].uid}/"},
        {"person": "sales_a@nordwerk.example"},
    ):
        page = desk.get("/audit/", query)
        assert page.status_code == 200
        assert "Nordwerk secret" not in page.content.decode()
        assert Client().get("/api/v1/audit/", query, headers=voltara.bearer("auditor")).status_code == (
            200 if not query else 400
        )


@pytest.mark.parametrize("source", [source.key for source in sources()])
def test_the_application_cannot_change_or_remove_it(voltara: Net, source: str) -> None:
    """As the application's role, straight at the tables."""
    table = next(one.model._meta.db_table for one in sources() if one.key == source)
    column = "actor_name" if source == "event" else "pgh_label"
    with network_context(voltara.network):
        for statement in (
            f'UPDATE "{table}" SET {column} = %s',
            f'DELETE FROM "{table}" WHERE {column} <> %s',
            f'TRUNCATE "{table}"',
        ):
            with pytest.raises(DatabaseError) as refused, transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(statement, [] if statement.startswith("TRUNCATE") else ["x"])
            assert refused.value.__cause__.sqlstate == "42501"


def test_the_file_is_logged_and_holds_no_formula(voltara: Net) -> None:
    desk = sign_in(Client(headers={"host": voltara.host}), voltara, "auditor")
    with network_context(voltara.network):
        rename(voltara, "dealer_a", "=HYPERLINK(1)")
    response = desk.get("/audit/", {"export": "csv", "kind": "partners.partner"})
    assert response["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["When", "Who", "In whose name"]
    assert any("'=HYPERLINK(1)" in row for row in rows)
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    assert desk.get("/audit/", {"export": "xlsx"}).status_code == 200
    with network_context(voltara.network):
        taken = Event.objects.filter(kind="partners.audit_exported").order_by("id")
        assert [event.payload["filters"] for event in taken] == [["kind"], []]
        assert taken[0].payload["rows"] == 1


def test_a_file_is_not_taken_through_other_eyes(voltara: Net) -> None:
    desk = sign_in(Client(headers={"host": voltara.host}), voltara, "administrator")
    desk.post(f"/people/{voltara.members['auditor'].uid}/view-as/", {"reason": "x"})
    assert desk.get("/audit/").status_code == 200
    assert desk.get("/audit/?export=csv").status_code == 403


def test_too_much_for_a_file_is_refused(voltara: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("partners.domain.audit.exporting.MOST", 2)
    monkeypatch.setattr("partners.domain.audit.exporting.MOST_ROWS", 4)
    with network_context(voltara.network):
        for number in range(4):
            rename(voltara, "dealer_a", f"Name {number}")
        with pytest.raises(Invalid):
            take_audit_file(format="csv", asked=Asked(), actor=voltara.actor("auditor"), at=NOW)


def test_the_api_says_the_same(voltara: Net) -> None:
    with network_context(voltara.network):
        rename(voltara, "dealer_a", "First")
    query = {"record": f"/partners/{voltara.partners['dealer_a'].uid}/", "kind": "partners.partner"}
    answer = Client().get("/api/v1/audit/", query, headers=voltara.bearer("auditor"))
    (entry,) = answer.json()["results"]
    assert entry["who"] == "Voltara administrator"
    assert {
        "name": "trade_name",
        "label": "Trade name",
        "before": "Voltara dealer_a",
        "after": "First",
    } in entry["changes"]
    first = Client().get("/api/v1/audit/", {"limit": "2"}, headers=voltara.bearer("auditor")).json()
    assert len(first["results"]) == 2
    second = Client().get(first["next"], headers=voltara.bearer("auditor")).json()
    assert second["results"][0] not in first["results"]
    for bad in ({"cursor": "x"}, {"limit": "0"}, {"kind": "no"}, {"since": "yesterday"}, {"other": "1"}):
        assert Client().get("/api/v1/audit/", bad, headers=voltara.bearer("auditor")).status_code == 400
    assert Client().get("/api/v1/audit/", headers=voltara.bearer("sales_a")).status_code == 403
    for verb in ("post", "put", "patch", "delete"):
        assert getattr(Client(), verb)("/api/v1/audit/", headers=voltara.bearer("auditor")).status_code == 405


def test_queries_do_not_grow_with_the_entries(voltara: Net) -> None:
    counts = []
    with network_context(voltara.network):
        auditor = voltara.actor("auditor")
        for limit in (3, 60):
            for number in range(limit):
                rename(voltara, "dealer_a", f"Name {limit} {number}")
            with CaptureQueriesContext(connection) as asked:
                audit_page(actor=auditor, asked=Asked(kind="partners.partner"), limit=limit)
            counts.append(len(asked))
    assert counts[0] == counts[1]


def test_every_kind_has_a_word() -> None:
    assert all(label for _key, label in kinds())
