"""The public form as a browser without cookies and scripts sends it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from rest_framework.settings import api_settings

from dnm.accounts.tenancy import network_context
from leads.domain import clocks
from leads.models import Lead
from leads.states import LeadState
from tests.world import Net

AT = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    from django.core.cache import cache

    cache.clear()


def ask(net: Net, *, after: timedelta = timedelta(seconds=30), **values: Any) -> Any:
    """Draw the form, wait as people do, and send it."""
    client = Client(enforce_csrf_checks=True, headers={"host": net.host})
    with time_machine.travel(AT, tick=False):
        form = client.get("/enquiry/").context["form"]
    filled = {
        "name": "Asha Verma",
        "phone": "098765 43210",
        "postal_code": "NA1",
        "consent": "on",
        "ticket": form.initial["ticket"],
        **values,
    }
    with time_machine.travel(AT + after, tick=False):
        return client.post("/enquiry/", filled)


def leads(net: Net) -> list[Lead]:
    with network_context(net.network):
        return list(Lead.objects.order_by("pk"))


def test_an_enquiry_becomes_a_new_lead_and_sets_no_cookie(voltara: Net, nordwerk: Net) -> None:
    answer = ask(voltara, message="Three pumps", product_line="pumps")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/enquiry/thanks/")
    assert not answer.cookies
    (lead,) = leads(voltara)
    assert (lead.state, lead.phone, lead.source) == (LeadState.NEW, "+919876543210", "web_form")
    assert lead.product_line_id == voltara.lines["pumps"].pk
    assert leads(nordwerk) == []


def test_sending_the_same_form_twice_makes_one_lead(voltara: Net) -> None:
    client = Client(headers={"host": voltara.host})
    with time_machine.travel(AT, tick=False):
        ticket = client.get("/enquiry/").context["form"].initial["ticket"]
    filled = {"name": "A", "phone": "098765 43210", "postal_code": "NA1", "consent": "on", "ticket": ticket}
    with time_machine.travel(AT + timedelta(seconds=30), tick=False):
        assert [client.post("/enquiry/", filled).status_code for _ in range(2)] == [302, 302]
    assert len(leads(voltara)) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"phone": "12"}, "phone"),
        ({"phone": "", "email": ""}, "phone"),
        ({"consent": ""}, "consent"),
        ({"name": ""}, "name"),
        ({"product_line": "nothing"}, "product_line"),
        ({"ticket": "forged"}, "ticket"),
    ],
)
def test_faults_are_named_and_nothing_is_kept(voltara: Net, values: dict[str, str], field: str) -> None:
    answer = ask(voltara, **values)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert leads(voltara) == []


def test_a_ticket_of_another_network_is_refused(voltara: Net, nordwerk: Net) -> None:
    with time_machine.travel(AT, tick=False):
        form = Client(headers={"host": nordwerk.host}).get("/enquiry/").context["form"]
    assert ask(voltara, ticket=form.initial["ticket"]).status_code == 422


@pytest.mark.parametrize(
    ("after", "values"),
    [
        (timedelta(seconds=30), {"website": "https://spam.example"}),
        (timedelta(0), {}),
        (timedelta(seconds=30), {"message": "http://a.example http://b.example http://c.example"}),
    ],
)
def test_suspicious_enquiries_are_kept_as_invalid(
    voltara: Net, after: timedelta, values: dict[str, str], django_capture_on_commit_callbacks: Any
) -> None:
    assert ask(voltara, after=after, **values).status_code == 302
    (lead,) = leads(voltara)
    with network_context(voltara.network):
        from dnm.events.models import Event

        suspicion = Event.objects.get(subject_id=lead.pk, kind="leads.lead_captured").payload["suspicion"]
        assert suspicion
        clocks.process_lead(lead_id=lead.pk, actor=voltara.system, at=AT)
        lead.refresh_from_db()
    assert lead.state == LeadState.INVALID


def test_floods_from_one_address_are_turned_away(voltara: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "enquiry", "3/min")
    assert [ask(voltara, ticket="forged").status_code for _ in range(4)] == [422, 422, 422, 429]


def test_only_listed_sites_may_frame_the_form(voltara: Net) -> None:
    client = Client(headers={"host": voltara.host})
    assert "frame-ancestors 'none'" in client.get("/enquiry/").headers["Content-Security-Policy"]
    with network_context(voltara.network):
        voltara.network.embedding_sites = ["https://voltara.example"]
        voltara.network.save()
    answer = client.get("/enquiry/")
    assert "frame-ancestors 'self' https://voltara.example" in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers
