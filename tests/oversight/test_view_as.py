"""Looking at the portal as another member: how it begins, what it shows, how it ends."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership, ViewAs
from dnm.accounts.models.memberships import MembershipState
from dnm.accounts.tenancy import network_context
from dnm.events.models import Event
from dnm.events.publishing import publish
from dnm.events.viewing import ViewAsBegan, begin_view_as, end_expired_views
from dnm.scoping.authority import may
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from dnm.scoping.masks import hidden_fields
from dnm.scoping.viewing import looking
from leads.models import Lead
from leads.permissions import LeadCapability
from partners.domain.access import grant_role, revoke_role
from partners.models import TerritoryHolding
from partners.roles import Role
from tests.signing_in import sign_in
from tests.world import NOW, Net, add_person

BANNER = 'class="viewing"'


def member(net: Net, name: str) -> Membership:
    return Membership.objects.select_related("user", "network").get(pk=net.members[name].pk)


def begin(net: Net, name: str, by: str = "administrator", at: Any = NOW, reason: str = "ticket 7") -> ViewAs:
    return begin_view_as(target=member(net, name), reason=reason, actor=net.actor(by, at), at=at)


@pytest.fixture
def desk(voltara: Net) -> Client:
    """The administrator's browser at the network's host."""
    return sign_in(Client(headers={"host": voltara.host}), voltara, "administrator")


def start(desk: Client, net: Net, name: str) -> Any:
    return desk.post(f"/people/{net.members[name].uid}/view-as/", {"reason": "ticket 7"})


def test_it_shows_the_members_portal_with_a_banner_and_a_way_out(voltara: Net, desk: Client) -> None:
    voltara.accepted()
    other = voltara.accepted(by="sales_c", postal_code="SA1")
    assert start(desk, voltara, "sales_a").status_code == 302
    page = desk.get("/leads/").content.decode()
    assert "You see the portal as Voltara sales_a" in page
    assert "30 minutes left" in page
    assert "ticket 7" in page
    assert desk.get(f"/leads/{other.uid}/").status_code == 404
    refused = desk.post("/leads/new/", {})
    assert refused.status_code == 403
    assert "change nothing" in refused.content.decode()
    assert desk.post("/view-as/end/").status_code == 302
    again = desk.get("/leads/").content.decode()
    assert BANNER not in again
    assert desk.get(f"/leads/{other.uid}/").status_code == 200


def test_beginning_and_end_stand_in_the_log_with_both_names(voltara: Net, desk: Client) -> None:
    start(desk, voltara, "sales_a")
    desk.post("/view-as/end/")
    with network_context(voltara.network):
        ended, began = Event.objects.about(voltara.members["sales_a"])[:2]
        assert (began.kind, ended.kind) == ("accounts.view_as_began", "accounts.view_as_ended")
        assert began.payload["reason"] == "ticket 7"
        assert ended.payload["cause"] == "left"
        for event in (began, ended):
            assert event.membership == voltara.members["administrator"]
            assert event.on_behalf_of == voltara.members["sales_a"]
            assert event.internal


def test_logging_out_ends_it(voltara: Net, desk: Client) -> None:
    start(desk, voltara, "sales_a")
    desk.post("/accounts/logout/")
    with network_context(voltara.network):
        assert Event.objects.about(voltara.members["sales_a"])[0].payload["cause"] == "logged_out"
        assert not ViewAs.objects.filter(ended_at=None).exists()


def test_a_file_taken_meanwhile_is_logged_and_masked(voltara: Net, desk: Client) -> None:
    lead = voltara.accepted()
    start(desk, voltara, "owner_north")
    response = desk.get("/leads/?export=csv")
    assert response.status_code == 200
    assert lead.phone not in response.content.decode()
    with network_context(voltara.network):
        event = Event.objects.about(voltara.members["owner_north"])[0]
        assert event.kind == "accounts.view_as_downloaded"
        assert event.payload["path"] == "/leads/?export=csv"


def test_after_thirty_minutes_it_is_over_and_a_late_form_is_not_done_in_ones_own_name(
    voltara: Net, desk: Client
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        start(desk, voltara, "sales_a")
        clock.shift(timedelta(minutes=29, seconds=30))
        assert "1 minute left" in desk.get("/").content.decode()
        clock.shift(timedelta(seconds=31))
        late = desk.post(f"/people/{voltara.members['sales_b'].uid}/lock/")
        assert late.status_code == 403
        assert "has ended" in late.content.decode()
        with network_context(voltara.network):
            assert member(voltara, "sales_b").state == MembershipState.ACTIVE
            assert Event.objects.about(voltara.members["sales_a"])[0].payload["cause"] == "expired"
        assert BANNER not in desk.get("/").content.decode()
        assert desk.post(f"/people/{voltara.members['sales_b'].uid}/lock/").status_code == 302


def test_a_page_left_open_cannot_be_sent_after_the_end(voltara: Net) -> None:
    """The forms' token changes with the end."""
    desk = sign_in(Client(headers={"host": voltara.host}, enforce_csrf_checks=True), voltara, "administrator")
    uid = voltara.members["sales_a"].uid

    def token(path: str) -> str:
        return desk.get(path).content.decode().split('csrfmiddlewaretoken" value="')[1].split('"')[0]

    def send(path: str, with_token: str, **values: str) -> int:
        return desk.post(path, {"csrfmiddlewaretoken": with_token, **values}).status_code

    assert send(f"/people/{uid}/view-as/", token(f"/people/{uid}/view-as/"), reason="x") == 302
    old = token("/leads/")
    assert send("/view-as/end/", old) == 302
    assert send(f"/people/{voltara.members['sales_b'].uid}/lock/", old) == 403
    assert send(f"/people/{voltara.members['sales_b'].uid}/lock/", token("/leads/")) == 302


def test_nobody_notices_the_end_and_the_clock_writes_it(voltara: Net) -> None:
    with network_context(voltara.network):
        view = begin(voltara, "sales_a")
        assert end_expired_views(actor=voltara.system, at=NOW + timedelta(minutes=29)) == 0
        assert end_expired_views(actor=voltara.system, at=NOW + timedelta(minutes=31)) == 1
        assert end_expired_views(actor=voltara.system, at=NOW + timedelta(minutes=32)) == 0
        view.refresh_from_db()
        assert view.ended_at == view.expires_at


def test_who_may_not(voltara: Net) -> None:
    with network_context(voltara.network):
        for name in ("auditor", "zone_north", "owner_north", "nobody"):
            with pytest.raises(NotAllowed):
                begin(voltara, "sales_a", by=name)
        with pytest.raises(Invalid):
            begin(voltara, "sales_a", reason="   ")
        with pytest.raises(Conflict):
            begin(voltara, "administrator")
        Membership.objects.filter(pk=voltara.members["sales_a"].pk).update(state=MembershipState.LOCKED)
        with pytest.raises(Conflict):
            begin(voltara, "sales_a")


def test_an_administrator_of_a_part_may_not(voltara: Net) -> None:
    """Held in the north only: the look reaches over the whole network, so it needs the whole network."""
    with network_context(voltara.network):
        extra = add_person(voltara, "half", "brand")
        grant_role(
            membership=extra,
            role=Role.NETWORK_ADMINISTRATOR,
            node=voltara.territories["north"],
            actor=voltara.system,
            at=NOW,
        )
        with pytest.raises(NotAllowed):
            begin(voltara, "sales_a", by="half")


def test_it_ends_when_the_right_or_the_member_goes(voltara: Net, desk: Client) -> None:
    start(desk, voltara, "sales_a")
    with network_context(voltara.network):
        Membership.objects.filter(pk=voltara.members["sales_a"].pk).update(state=MembershipState.LOCKED)
    assert BANNER not in desk.get("/").content.decode()
    start(desk, voltara, "sales_b")
    with network_context(voltara.network):
        held = TerritoryHolding.objects.get(membership=voltara.members["administrator"])
        revoke_role(holding=held, actor=voltara.system, at=NOW)
    assert BANNER not in desk.get("/").content.decode()


def test_another_administrators_look_cannot_be_taken_over(voltara: Net, desk: Client) -> None:
    """The public id in a session is worth nothing to anybody else."""
    with network_context(voltara.network):
        other = add_person(voltara, "second", "brand")
        root = voltara.territories["root"]
        grant_role(membership=other, role=Role.NETWORK_ADMINISTRATOR, node=root, actor=voltara.system, at=NOW)
        view = begin(voltara, "sales_a", by="second", at=timezone.now())
    session = desk.session
    session["viewing_as"] = str(view.uid)
    session.save()
    assert BANNER not in desk.get("/").content.decode()
    with network_context(voltara.network):
        view.refresh_from_db()
        assert view.ended_at is None


def seen_through(net: Net, name: str, viewer: Actor) -> Actor:
    from dataclasses import replace

    from dnm.accounts.actors import Viewing

    return replace(net.actor(name), viewing_as=Viewing(viewer, net.network.uid, "x", NOW))


def test_fields_hidden_from_either_are_hidden(voltara: Net) -> None:
    """Contact data take the rights of both: the member's and those of who looks."""
    lead = voltara.accepted()
    rest = voltara.accepted(by="sales_c", postal_code="SA1")
    with network_context(voltara.network):
        sales, auditor = voltara.actor("sales_a"), voltara.actor("auditor")
        assert not hidden_fields(sales, lead)
        strict = seen_through(voltara, "sales_a", auditor)
        assert "phone" in hidden_fields(strict, lead)
        assert not Lead.objects.visible_to(strict, LeadCapability.VIEW_CONTACT).exists()
        assert Lead.objects.visible_to(strict, LeadCapability.VIEW).get() == lead
        assert not may(strict, LeadCapability.VIEW_CONTACT)
        assert may(strict, LeadCapability.WORK, lead)
        full = seen_through(voltara, "sales_a", voltara.actor("administrator"))
        assert not hidden_fields(full, lead)
        zone = seen_through(voltara, "administrator", voltara.actor("zone_north"))
        assert not hidden_fields(zone, lead)
        assert "phone" in hidden_fields(zone, rest)
        found = Lead.objects.visible_to(zone, LeadCapability.VIEW_CONTACT)
        assert set(found) == {lead}
        assert Lead.objects.visible_to(zone, LeadCapability.VIEW).count() == 2


def test_a_verb_that_gets_as_far_as_the_log_is_refused(voltara: Net) -> None:
    with network_context(voltara.network):
        actor = seen_through(voltara, "sales_a", voltara.actor("administrator"))
        with pytest.raises(NotAllowed):
            publish(
                ViewAsBegan(view="", reason="", until=""),
                subject=voltara.members["sales_a"],
                actor=actor,
                at=NOW,
            )
        view = begin(voltara, "sales_a")
        mine = looking(voltara.actor("administrator"), str(view.uid), at=NOW)
        assert mine is not None
        with pytest.raises(NotAllowed):
            begin_view_as(target=member(voltara, "sales_b"), reason="x", actor=mine, at=NOW)


def test_a_read_that_writes_is_refused_by_the_database(voltara: Net, desk: Client) -> None:
    """What a page does while it shows cannot write either: 403 with the sentence, and the rows as before."""
    import dnm.web.views.frame as frame

    start(desk, voltara, "sales_a")
    kept = frame.HomeView.get

    def writing(self: Any, request: Any) -> Any:
        Membership.objects.filter(pk=voltara.members["sales_b"].pk).update(title="written")
        return kept(self, request)

    frame.HomeView.get = writing  # type: ignore[method-assign]
    try:
        response = desk.get("/")
    finally:
        frame.HomeView.get = kept  # type: ignore[method-assign]
    assert response.status_code == 403
    assert "change nothing" in response.content.decode()
    with network_context(voltara.network):
        assert member(voltara, "sales_b").title == ""


def test_the_database_keeps_looks_short_and_single(voltara: Net) -> None:
    with network_context(voltara.network):
        first = begin(voltara, "sales_a")
        begin(voltara, "sales_b")
        first.refresh_from_db()
        assert first.ended_at is not None, "one at a time"
        values = {
            "network": voltara.network,
            "viewer": voltara.members["zone_north"],
            "target": voltara.members["sales_a"],
            "reason": "x",
            "started_at": NOW,
            "expires_at": NOW + timedelta(minutes=30),
        }
        for wrong in (
            {"expires_at": NOW + timedelta(minutes=31)},
            {"reason": ""},
            {"target": values["viewer"]},
            {"expires_at": NOW},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                ViewAs.objects.create(**{**values, **wrong})


def test_the_transaction_of_a_look_reads_only(voltara: Net) -> None:
    """PostgreSQL's own word for it, and that it is over with the savepoint."""
    with network_context(voltara.network):
        mark = transaction.savepoint()
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        with pytest.raises(DatabaseError) as refused:
            Membership.objects.update(title="x")
        assert refused.value.__cause__.sqlstate == "25006"
        transaction.set_rollback(False)
        transaction.savepoint_rollback(mark)
        assert Membership.objects.filter(pk=voltara.members["sales_a"].pk).update(title="y") == 1


def test_the_api_with_the_session_reads_as_the_member_and_refuses_writes(voltara: Net, desk: Client) -> None:
    start(desk, voltara, "sales_a")
    assert "Voltara sales_a" in desk.get("/api/v1/me/").content.decode()
    response = desk.post("/api/v1/leads/", "{}", content_type="application/json")
    assert response.status_code == 403
    assert response.json()["code"] == "viewing-as"


def test_the_login_stays_its_owners(voltara: Net, desk: Client) -> None:
    start(desk, voltara, "sales_a")
    assert desk.get("/accounts/password/change/").status_code == 403
    assert desk.get("/accounts/sessions/").status_code == 403


def test_a_notification_is_opened_and_stays_unread(voltara: Net, desk: Client) -> None:
    from dnm.notifications.models import Notification

    voltara.offered()
    from dnm.events.delivery import deliver_one
    from dnm.events.models import Delivery

    with network_context(voltara.network):
        due = list(Delivery.objects.values_list("pk", flat=True))
    for pk in due:
        deliver_one(voltara.network.pk, pk)
    with network_context(voltara.network):
        row = Notification.objects.filter(membership=voltara.members["sales_a"]).first()
    assert row is not None
    start(desk, voltara, "sales_a")
    assert desk.get(f"/notifications/{row.uid}/open/").status_code == 302
    with network_context(voltara.network):
        row.refresh_from_db()
        assert row.read_at is None


def test_the_live_stream_follows_the_eyes(voltara: Net, desk: Client) -> None:
    from dnm.notifications.live.door import admit

    start(desk, voltara, "sales_a")
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in desk.cookies.items())
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/events/",
        "headers": [(b"host", voltara.host.encode()), (b"cookie", cookies.encode())],
        "query_string": b"",
    }
    assert admit(scope).membership_id == voltara.members["sales_a"].pk
    desk.post("/view-as/end/")
    assert admit(scope).membership_id == voltara.members["administrator"].pk
