"""Two in each other's way: one is told to come back, and coming back under its key does it once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from dnm.accounts.tenancy import network_context
from leads import api
from leads.models import Lead
from tests.api.calling import ENQUIRY, Caller, assert_problem
from tests.world import Net


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03"])
def test_the_same_key_again_after_a_503_does_it_once(
    caller: Callable[[str], Caller], voltara: Net, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    create = api.LeadViewSet.create

    def unlucky(self: Any, request: Any) -> Any:
        create(self, request)
        with connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'tried' USING ERRCODE = '{state}'; END $$")

    administrator = caller("administrator")
    with monkeypatch.context() as busy:
        busy.setattr(api.LeadViewSet, "create", unlucky)
        answer = administrator.post("leads/", ENQUIRY, key="once")
        assert_problem(answer, 503, "busy")
        assert answer["Retry-After"] == "1"
    with network_context(voltara.network):
        assert Lead.objects.count() == 0
    assert administrator.post("leads/", ENQUIRY, key="once").status_code == 201
    again = administrator.post("leads/", ENQUIRY, key="once")
    assert again["Idempotency-Replayed"] == "true"
    with network_context(voltara.network):
        assert Lead.objects.count() == 1
