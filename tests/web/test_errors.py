"""Errors as pages: plain words, the right status, and nothing that tells of other people's rows."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory

from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from dnm.web.errors import status_of
from dnm.web.views.errors import server_error
from leads.models import Offer
from tests.web.pages import Reader, text_of
from tests.world import Net


def test_unseen_and_nonexistent_are_the_same_bytes(voltara: Net, nordwerk: Net) -> None:
    sibling, foreign = voltara.accepted(), nordwerk.accepted()
    reader = Reader(voltara, "sales_b")
    answers = [
        reader.get(path)
        for path in (
            f"/leads/{sibling.uid}/",
            f"/leads/{foreign.uid}/",
            f"/leads/{uuid.uuid4()}/",
            f"/leads/{foreign.uid}/win/",
            f"/offers/{uuid.uuid4()}/",
            "/no/such/page/",
        )
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_the_same_holds_for_regions_and_for_writing(voltara: Net, nordwerk: Net) -> None:
    offer, foreign = voltara.offered(), nordwerk.offered()
    reader = Reader(voltara, "sales_b")
    hx: dict[str, Any] = {"HX-Request": "true"}
    answers = [reader.post(f"/offers/{uid}/accept/", **hx) for uid in (offer.uid, foreign.uid, uuid.uuid4())]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0]["HX-Retarget"] == "#errors"


def test_a_page_for_other_roles_names_them(voltara: Net) -> None:
    answer = Reader(voltara, "sales_a").get("/leads/desk/")
    assert answer.status_code == 403
    assert "This page is for: Network administrator, Zone manager." in text_of(answer)


def test_a_verb_without_the_right_is_refused_after_the_row_was_found(voltara: Net) -> None:
    offer = voltara.offered()
    answer = Reader(voltara, "zone_north").post(f"/offers/{offer.uid}/accept/")
    assert answer.status_code == 403
    assert "Your role does not allow this here." in text_of(answer)


def test_who_comes_late_gets_a_conflict(voltara: Net) -> None:
    offer = voltara.offered()
    Reader(voltara, "sales_a").post(f"/offers/{offer.uid}/decline/", {"reason": "too_far"})
    answer = Reader(voltara, "sales_a").post(f"/offers/{offer.uid}/accept/")
    assert answer.status_code == 409
    assert "That is no longer possible" in text_of(answer)


def test_a_get_on_a_verb_changes_nothing(voltara: Net) -> None:
    offer = voltara.offered()
    assert Reader(voltara, "sales_a").get(f"/offers/{offer.uid}/accept/").status_code == 405


def test_a_missing_form_token_is_explained(voltara: Net) -> None:
    reader = Reader(voltara, "sales_a")
    reader.client.handler.enforce_csrf_checks = True
    answer = reader.post("/appearance/", {"scheme": "dark"})
    assert answer.status_code == 403
    assert "Load it again and repeat" in text_of(answer)


def test_a_fault_shows_the_request_id_and_undoes_what_was_done(
    voltara: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = voltara.offered()

    def accept_and_break(*, offer: Any, actor: Any, at: Any) -> None:
        Offer.objects.filter(pk=offer.pk).update(step=7)
        with connection.cursor() as cursor:
            cursor.execute("SELECT no_such_function()")

    monkeypatch.setattr("leads.views.offers.accept_offer", accept_and_break)
    answer = Reader(voltara, "sales_a").post(f"/offers/{offer.uid}/accept/")
    assert answer.status_code == 500
    assert answer["X-Request-ID"] in text_of(answer)
    assert "no_such_function" not in answer.content.decode()


def test_the_fault_page_has_a_fallback(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("dnm.web.views.errors.error_page", broken)
    answer = server_error(rf.get("/"))  # type: ignore[arg-type]
    assert answer.status_code == 500
    assert "not available at the moment" in text_of(answer)


@pytest.mark.parametrize(
    ("error", "status"), [(NotAllowed(), 403), (Conflict("x"), 409), (Invalid("x"), 422)]
)
def test_statuses(error: Any, status: int) -> None:
    assert status_of(error) == status
