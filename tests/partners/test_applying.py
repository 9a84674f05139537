"""The public pages as a browser without cookies and scripts sends them, and the mails that follow."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client

from dnm.accounts.tenancy import network_context
from dnm.events.models import Delivery, Event
from dnm.events.receivers import receiver_named
from dnm.notifications.models import Notification
from partners.domain.onboarding.deciding import hold_application, move_on, reject_application
from partners.domain.onboarding.links import live_link, revoke_link, token_of
from partners.models import Answer, Application, Question
from tests.partners.taking_on import LIGHT, applied, open_track
from tests.world import NOW, Net

AT = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


def apply(net: Net, *, after: timedelta = timedelta(seconds=30), **values: Any) -> Any:
    """Draw the form, wait as people do, and send it."""
    client = Client(enforce_csrf_checks=True, headers={"host": net.host})
    with time_machine.travel(AT, tick=False):
        form = client.get("/apply/dealer/").context["form"]
    filled = {
        "organisation": "Verma Traders",
        "contact_name": "Asha Verma",
        "phone": "098765 43210",
        "email": "Asha@Verma.example",
        "postal_code": "NA1",
        "product_lines": ["pumps"],
        "consent": "on",
        "ticket": form.initial["ticket"],
        **values,
    }
    with time_machine.travel(AT + after, tick=False):
        return client.post("/apply/dealer/", filled)


def applications(net: Net) -> list[Application]:
    with network_context(net.network):
        return list(Application.objects.order_by("pk"))


def delivered(net: Net, *names: str) -> None:
    """Run the receivers of all events that wait for them, as a worker would."""
    with network_context(net.network):
        for delivery in Delivery.objects.filter(receiver__in=names, state="pending").order_by("pk"):
            receiver = receiver_named(delivery.receiver)
            assert receiver is not None
            receiver.function(Event.objects.get(pk=delivery.event_id))
            Delivery.objects.filter(pk=delivery.pk).update(state="done")


def path_of(net: Net, row: Application, at: datetime = AT) -> str:
    with network_context(net.network):
        link = live_link(row, at)
        assert link is not None
        return f"/apply/progress/{token_of(link, net.network)}/"


def test_an_application_arrives_and_sets_no_cookie(voltara: Net, nordwerk: Net) -> None:
    open_track(voltara)
    answer = apply(voltara, message="Two shops")
    assert (answer.status_code, answer["Location"], dict(answer.cookies)) == (302, "/apply/thanks/", {})
    (row,) = applications(voltara)
    assert (row.state, row.phone, row.email) == ("enquiry", "+919876543210", "asha@verma.example")
    assert (row.territory_id, row.product_line_ids) == (
        voltara.territories["north_a"].pk,
        [voltara.lines["pumps"].pk],
    )
    assert applications(nordwerk) == []


def test_the_page_offers_what_has_a_track(voltara: Net) -> None:
    client = Client(headers={"host": voltara.host})
    assert "not looking for new partners" in client.get("/apply/").content.decode()
    open_track(voltara, "service_centre")
    assert 'href="/apply/service-centre/"' in client.get("/apply/").content.decode()
    assert client.get("/apply/service-centre/").status_code == 200
    for kind in ("service_centre", "dealer", "brand-owner", "nothing"):
        assert client.get(f"/apply/{kind}/").status_code == 404


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "nonsense"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"consent": ""}, "consent"),
        ({"organisation": " "}, "organisation"),
        ({"product_lines": ["nothing"]}, "product_lines"),
        ({"ticket": "forged"}, "ticket"),
    ],
)
def test_faults_are_named_and_nothing_is_kept(voltara: Net, values: dict[str, Any], field: str) -> None:
    open_track(voltara)
    answer = apply(voltara, **values)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert applications(voltara) == []


def test_the_ticket_of_the_enquiry_form_opens_nothing_here(voltara: Net) -> None:
    open_track(voltara)
    with time_machine.travel(AT, tick=False):
        ticket = Client(headers={"host": voltara.host}).get("/enquiry/").context["form"].initial["ticket"]
    assert apply(voltara, ticket=ticket).status_code == 422


@pytest.mark.parametrize(
    ("values", "after", "signal"),
    [
        ({"website": "https://x.example"}, 30, "honeypot"),
        ({}, 1, "too-fast"),
        ({"message": "www.a.example/x www.b.example/x www.c.example/x"}, 30, "links"),
    ],
)
def test_what_looks_like_spam_is_kept_and_mailed_to_nobody(
    voltara: Net, values: dict[str, Any], after: int, signal: str
) -> None:
    open_track(voltara)
    assert apply(voltara, after=timedelta(seconds=after), **values).status_code == 302
    delivered(voltara, "partners.mail_link", "partners.mail_progress", "partners.tell_deciders")
    (row,) = applications(voltara)
    assert row.suspicion == signal
    assert mail.outbox == []
    with network_context(voltara.network):
        assert not Notification.objects.exists()


def test_the_same_form_twice_is_one_application(voltara: Net) -> None:
    open_track(voltara)
    first = apply(voltara)
    ticket = first.wsgi_request.POST["ticket"]
    assert apply(voltara, ticket=ticket).status_code == 302
    assert len(applications(voltara)) == 1


def test_the_applicant_gets_the_link_and_the_deciders_are_told(voltara: Net) -> None:
    open_track(voltara, deciders={"enquiry": ["zone_manager"]})
    apply(voltara)
    delivered(voltara, "partners.mail_link", "partners.tell_deciders")
    (row,) = applications(voltara)
    (sent,) = mail.outbox
    assert sent.to == ["Asha Verma <asha@verma.example>"]
    assert path_of(voltara, row) in str(sent.body)
    with network_context(voltara.network):
        told = Notification.objects.values_list("membership__user__email", flat=True)
        assert list(told) == ["zone_north@voltara.example"]


def test_decisions_are_mailed_without_their_inner_reason(voltara: Net) -> None:
    open_track(voltara)
    row = applied(voltara)
    with network_context(voltara.network):
        actor = voltara.actor("zone_north")
        reject_application(
            application=row, reason="Owes money in town", told="Not this year, sorry.", actor=actor, at=NOW
        )
    delivered(voltara, "partners.mail_progress")
    (sent,) = mail.outbox
    text = f"{sent.subject} {sent.body} {sent.alternatives}"  # type: ignore[attr-defined]
    assert "Not this year" in text
    assert "Owes money" not in text


@time_machine.travel(AT, tick=False)
def test_the_applicant_follows_and_answers(voltara: Net) -> None:
    open_track(voltara, "retailer", stages=LIGHT, lines=(("Trade licence", "document", "readiness"),))
    row = applied(voltara, "retailer", at=AT)
    with network_context(voltara.network):
        move_on(
            application=row, to="questionnaire", reason="INNER-REASON", told="Welcome so far",
            actor=voltara.actor("zone_north"), at=AT,
        )  # fmt: skip
        questions = list(Question.objects.filter(track=row.track).order_by("position"))
    client = Client(enforce_csrf_checks=True, headers={"host": voltara.host})
    path = path_of(voltara, row)
    page = client.get(path)
    text = page.content.decode()
    assert (page.status_code, page["Referrer-Policy"]) == (200, "no-referrer")
    assert "no-store" in page["Cache-Control"]
    for shown in ("Welcome so far", "At questionnaire", "Trade licence", "Showroom?", row.reference):
        assert shown in text
    for inner in ("INNER-REASON", "weight", "zone_north", "Score", voltara.members["zone_north"].user.name):
        assert inner not in text
    given = dict(zip([str(one.uid) for one in questions], ["Own", "50", "no", "Because"], strict=True))
    assert client.post(path, {**given, "keep": "1"}).status_code == 302
    refused = client.post(path, {**given, str(questions[1].uid): "many", "send": "1"})
    assert (refused.status_code, "This is no number" in refused.content.decode()) == (422, True)
    assert client.post(path, {**given, "send": "1"}).status_code == 302
    with network_context(voltara.network):
        row.refresh_from_db()
        assert (row.score, row.answered_at) == (80, AT)
        assert Answer.objects.filter(application=row).count() == 4
    assert "Your answers" in client.get(path).content.decode()
    assert client.post(path, {**given, "send": "1"}).status_code == 409
    assert client.post(path, {"withdraw": "1"}).status_code == 302
    with network_context(voltara.network):
        row.refresh_from_db()
        assert (row.state, row.closing_reason) == ("withdrawn", "Withdrawn by the applicant.")
    assert client.post(path, {"withdraw": "1"}).status_code == 409


@time_machine.travel(AT, tick=False)
def test_wrong_foreign_revoked_and_expired_links_are_the_same_bytes(voltara: Net, nordwerk: Net) -> None:
    for net in (voltara, nordwerk):
        open_track(net)
    old = applied(voltara, at=AT - timedelta(days=90))
    foreign, revoked = applied(nordwerk, at=AT), applied(voltara, at=AT, email="r@new.example")
    paths = ["/apply/progress/nonsense/", f"/apply/progress/{'x' * 300}/"]
    paths += [path_of(nordwerk, foreign), path_of(voltara, revoked), path_of(voltara, old, old.created_at)]
    with network_context(voltara.network):
        revoke_link(application=revoked, actor=voltara.system, at=AT)
    client = Client(headers={"host": voltara.host})
    answers = [client.get(path) for path in paths] + [client.post(path, {"send": "1"}) for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    heads = [{key: value for key, value in one.items() if key != "X-Request-ID"} for one in answers]
    assert all(head == heads[0] for head in heads)


@time_machine.travel(AT, tick=False)
def test_on_hold_shows_the_stage_and_no_reason(voltara: Net) -> None:
    open_track(voltara)
    row = applied(voltara, at=AT)
    with network_context(voltara.network):
        hold_application(application=row, reason="SECRET", actor=voltara.actor("zone_north"), at=AT)
    text = Client(headers={"host": voltara.host}).get(path_of(voltara, row)).content.decode()
    assert "On hold" in text
    assert "SECRET" not in text
