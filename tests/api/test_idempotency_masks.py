"""A kept answer is not repeated to someone from whom part of it is hidden by now."""

from collections.abc import Callable

from django.utils import timezone

from dnm.accounts.tenancy import network_context
from leads.models import Lead
from tests.api.calling import Caller, assert_problem
from tests.world import Net


def test_no_answer_again_once_the_contact_is_hidden(caller: Callable[[str], Caller], voltara: Net) -> None:
    lead = voltara.accepted(at=timezone.now())
    sales, address, body = caller("sales_a"), f"leads/{lead.uid}/contact/", {"proof": "called"}
    assert sales.post(address, body, key="k").json()["phone"] == lead.phone
    assert sales.post(address, body, key="k").json()["phone"] == lead.phone
    with network_context(voltara.network):
        Lead.objects.filter(pk=lead.pk).update(partner=voltara.partners["retailer_a"])
    assert sales.get(f"leads/{lead.uid}/").json()["phone"] is None
    again = sales.post(address, body, key="k")
    assert_problem(again, 409, "idempotency-answer-withheld")
    assert lead.phone not in again.content.decode()
