"""Documents as people meet them: tab, notices, home, list, forms, endpoint, messages."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dnm.accounts.tenancy import network_context
from dnm.events.delivery import deliver_one
from dnm.events.models import Delivery, Event
from dnm.notifications.models import Notification
from partners.domain.document_clock import run_document_clock
from partners.models import Document
from tests.api.calling import Caller
from tests.partners.papers import brought, document_of, document_type, verified
from tests.partners.uploads import SCRIPT, pdf, picture, upload
from tests.web.pages import Reader, statements, text_of
from tests.world import Net

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def today(now: datetime, voltara: Net) -> Any:
    return now.astimezone(voltara.network.zone).date()


def tab_of(net: Net, partner: str = "dealer_a") -> str:
    return f"{net.partners[partner].get_absolute_url()}?tab=documents"


def told(net: Net, document: Document) -> dict[str, set[str]]:
    """Kind of notification → who has it, after everything due about the document was delivered."""
    with network_context(net.network):
        events = list(Event.objects.about(document).values_list("pk", flat=True))
        due = list(Delivery.objects.filter(event__in=events).values_list("pk", flat=True))
    for delivery in due:
        deliver_one(net.network.pk, delivery)
    found: dict[str, set[str]] = {}
    with network_context(net.network):
        for row in Notification.objects.select_related("membership__user"):
            found.setdefault(row.kind, set()).add(row.membership.user.email.partition("@")[0])
    return found


def test_from_missing_to_verified_by_page(voltara: Net, today: Any) -> None:
    document_type(voltara)
    document = document_of(voltara)
    owner, finance = Reader(voltara, "owner_a"), Reader(voltara, "finance")
    path = document.get_absolute_url()
    assert "Missing" in text_of(owner.get(tab_of(voltara)))
    assert owner.get(f"{path}upload/").status_code == 200
    values = {"file": upload("photo.jpg", picture()), "number": "27AAPFU", "expires_on": today + 90 * DAY}
    assert owner.post(f"{path}upload/", {**values, "file": upload("a.pdf", SCRIPT)}).status_code == 422
    assert owner.post(f"{path}upload/", {**values, "expires_on": today - DAY}).status_code == 422
    answer = owner.post(f"{path}upload/", {**values, "file": upload("photo.jpg", picture())})
    assert (answer.status_code, answer["Location"]) == (302, tab_of(voltara))
    assert owner.get(f"{path}verify/").status_code == 403
    home = text_of(finance.get("/"))
    assert "Verify: Voltara gst certificate of Voltara dealer_a" in home
    form = finance.get(f"{path}verify/").content.decode()
    assert str(today + 90 * DAY) in form
    assert "photo.jpg" in form
    assert finance.post(f"{path}verify/", {"expires_on": today + 80 * DAY}).status_code == 302
    shown = document_of(voltara)
    assert (shown.state, shown.covered_until) == ("verified", today + 80 * DAY)
    assert text_of(finance.get(path)).count("Document verified") == 1


def test_rejected_and_taken_back_with_the_reason(voltara: Net) -> None:
    document_type(voltara)
    path = brought(voltara, at=timezone.now()).get_absolute_url()
    staff = Reader(voltara, "zone_north")
    assert staff.post(f"{path}reject/", {"reason": ""}).status_code == 422
    assert staff.post(f"{path}reject/", {"reason": "The seal is missing"}).status_code == 302
    assert "The seal is missing" in text_of(Reader(voltara, "owner_a").get(tab_of(voltara)))
    assert staff.post(f"{path}revoke/", {"reason": "x"}).status_code == 409
    assert staff.get(f"{path}explode/").status_code == 404


def test_the_uploader_reads_why_the_button_is_off(voltara: Net) -> None:
    document_type(voltara)
    path = brought(voltara, by="administrator").get_absolute_url()
    reader = Reader(voltara, "administrator")
    assert "somebody else must take this one" in text_of(reader.get(tab_of(voltara)))
    assert reader.get(f"{path}verify/").status_code == 403
    assert reader.post(f"{path}verify/", {"expires_on": "2030-01-01"}).status_code == 403
    assert "Verify:" not in text_of(reader.get("/"))


def test_what_a_block_looks_like_to_each_side(voltara: Net, today: Any) -> None:
    document_type(voltara, days_to_provide=0)
    with network_context(voltara.network):
        Document.objects.update(required_from=today - DAY, due_on=today - DAY)
    owner, upstream, sales = (Reader(voltara, name) for name in ("owner_a", "owner_north", "sales_a"))
    for reader in (owner, upstream, sales):
        assert "Blocked: New leads" in text_of(reader.get(voltara.partners["dealer_a"].get_absolute_url()))
    assert "Your Voltara gst certificate is missing: upload it" in text_of(owner.get("/"))
    assert "upload" not in text_of(sales.get("/"))
    listed = text_of(Reader(voltara, "zone_north").get("/documents/?blocks=leads"))
    assert "Voltara dealer_a" in listed
    assert "dealer_c" not in listed


def test_the_owner_is_told_how_many_days_are_left(voltara: Net, now: datetime, today: Any) -> None:
    document_type(voltara)
    verified(voltara, until=today + 7 * DAY, at=now)
    run_document_clock(voltara.network.pk, now)
    assert "Your Voltara gst certificate expires in 7 days: upload" in text_of(
        Reader(voltara, "owner_a").get("/")
    )


def test_upstream_sees_that_it_is_there_and_not_what_stands_in_it(voltara: Net, now: datetime) -> None:
    document_type(voltara)
    document = brought(voltara, at=now)
    upstream, own = Reader(voltara, "owner_north"), Reader(voltara, "owner_a")
    for path in (document.get_absolute_url(), tab_of(voltara), "/documents/", "/documents/?export=csv"):
        seen = upstream.get(path).content.decode()
        assert "Voltara gst certificate" in seen
        assert "27AAPFU" not in seen
        assert "certificate.pdf" not in seen
        assert str(document.file.uid) not in seen
        assert "27AAPFU" in own.get(path).content.decode()
    assert upstream.get(f"/files/{document.file.uid}/").status_code == 404
    assert own.get(f"/files/{document.file.uid}/").status_code == 200
    shown = Caller(voltara, "owner_north").get(f"documents/{document.uid}/").json()
    assert (shown["number"], shown["file"], shown["actions"]) == (None, None, [])


def test_who_hears_of_what(voltara: Net, today: Any, now: datetime) -> None:
    document_type(voltara)
    document = verified(voltara, until=today + 3 * DAY, at=now)
    run_document_clock(voltara.network.pk, now)
    run_document_clock(voltara.network.pk, now + 4 * DAY)
    heard = told(voltara, document)
    assert heard["partners.document_uploaded"] == {"administrator", "finance", "zone_north"}
    for kind in ("verified", "reminded", "expired"):
        assert heard[f"partners.document_{kind}"] == {"owner_a"}


def test_the_list_asks_the_same_for_one_and_for_many(voltara: Net) -> None:
    reader = Reader(voltara, "administrator")
    counts = []
    for code in ("one", "two"):
        document_type(voltara, code)
        reader.get("/documents/")
        with CaptureQueriesContext(connection) as asked:
            assert reader.get("/documents/").status_code == 200
        counts.append(len(statements(asked)))
    assert counts[0] == counts[1] <= 12


class TestApi:
    def test_upload_verify_and_what_one_may_not(self, voltara: Net, today: Any) -> None:
        document_type(voltara)
        document = document_of(voltara)
        owner = Caller(voltara, "owner_a")
        address = f"/api/v1/documents/{document.uid}/"
        values = {"file": upload("a.pdf", pdf()), "number": "1", "expires_on": str(today + 30 * DAY)}
        answer = owner.client.post(f"{address}upload/", values, headers=owner.headers)
        assert answer.status_code == 200, answer.content.decode()
        shown = answer.json()
        assert (shown["state"], shown["number"], shown["actions"]) == ("uploaded", "1", ["upload"])
        assert owner.post(f"{address}verify/").status_code == 403
        verifier = Caller(voltara, "finance")
        assert verifier.post(f"{address}verify/").json()["state"] == "verified"
        assert verifier.post(f"{address}verify/").status_code == 409
        revoked = verifier.post(f"{address}revoke/", {"reason": "false"}).json()
        assert (revoked["state"], revoked["covered_until"]) == ("rejected", None)
        assert Caller(voltara, "sales_b").get(address).status_code == 404

    def test_the_uploader_verifies_nothing(self, voltara: Net) -> None:
        document_type(voltara)
        document = brought(voltara, by="administrator", at=timezone.now())
        answer = Caller(voltara, "administrator").post(f"documents/{document.uid}/verify/")
        assert (answer.status_code, answer.json()["code"]) == (403, "own-step")

    def test_lists_narrow(self, voltara: Net) -> None:
        document_type(voltara)
        brought(voltara, at=timezone.now())
        caller = Caller(voltara, "administrator")
        found = caller.get("documents/", state="uploaded", type="gst").json()["results"]
        assert [row["partner"]["name"] for row in found] == ["Voltara dealer_a"]
        assert caller.get("documents/", state="bogus").status_code == 400
        assert caller.get("document-types/").json()["results"][0]["gates"] == ["leads"]
