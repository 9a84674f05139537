"""What the database refuses is a conflict, what it has no time for is "busy"; neither leaves a trace."""

from typing import Any

import pytest
from django.db import connection

from dnm.accounts.tenancy import network_context
from leads.models import Offer
from tests.web.pages import Reader, text_of
from tests.world import Net


@pytest.mark.parametrize(
    ("state", "status", "wait", "words"),
    [
        ("23505", 409, None, "That is no longer possible"),
        ("23P01", 409, None, "That is no longer possible"),
        ("55P03", 503, "1", "Busy at the moment"),
        ("40001", 503, "1", "Busy at the moment"),
        ("40P01", 503, "1", "Busy at the moment"),
        ("57014", 503, "5", "Busy at the moment"),
        ("42883", 500, None, "Something is broken"),
    ],
)
def test_errors_of_the_database_as_pages(
    voltara: Net, monkeypatch: pytest.MonkeyPatch, state: str, status: int, wait: str | None, words: str
) -> None:
    offer = voltara.offered()

    def accept(*, offer: Any, actor: Any, at: Any) -> None:
        Offer.objects.filter(pk=offer.pk).update(step=7)
        with connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'tried' USING ERRCODE = '{state}'; END $$")

    monkeypatch.setattr("leads.views.offers.accept_offer", accept)
    answer = Reader(voltara, "sales_a").post(f"/offers/{offer.uid}/accept/")
    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == wait
    assert words in text_of(answer)
    with network_context(voltara.network):
        assert Offer.objects.get(pk=offer.pk).step == offer.step
