"""The notifications' pages, as members, rivals and strangers meet them."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from dnm.accounts.tenancy import network_context
from dnm.notifications.models import Notification
from partners.models import Partner
from tests.notifications.offers import told_of_offer
from tests.signing_in import sign_in
from tests.world import Net

HTMX = {"HX-Request": "true"}


class Visitor:
    """A browser in which a member of a network is logged in."""

    def __init__(self, net: Net, name: str) -> None:
        self.net, self.client = net, sign_in(Client(), net, name)

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers={"host": self.net.host, **headers})

    def post(self, path: str, data: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.post(path, data or {}, headers={"host": self.net.host, **headers})


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_member_lists_its_own(voltara: Net, nordwerk: Net) -> None:
    told_of_offer(voltara, "sales_a", message="Voltara secret")
    told_of_offer(nordwerk, "sales_a")
    mine = words(Visitor(voltara, "sales_a").get("/notifications/"))
    assert "New lead: Voltara pumps, Voltara place NA1" in mine
    assert "Nordwerk" not in mine
    for other in ("sales_b", "zone_north", "administrator", "nobody"):
        assert "New lead" not in words(Visitor(voltara, other).get("/notifications/"))


def test_opening_leads_to_the_subject_and_marks_it_read(voltara: Net) -> None:
    row = told_of_offer(voltara, "sales_a")
    answer = Visitor(voltara, "sales_a").get(f"/notifications/{row.uid}/open/")
    assert answer.status_code == 302
    assert re.fullmatch(r"/offers/[0-9a-f-]{36}/", answer["Location"])
    with network_context(voltara.network):
        row.refresh_from_db()
        assert row.read_at is not None
        assert Notification.objects.filter(read_at__isnull=False).count() == 1


def test_what_is_out_of_sight_by_now_opens_nothing(voltara: Net) -> None:
    row = told_of_offer(voltara, "sales_a")
    with network_context(voltara.network):
        voltara.members["sales_a"].partnerholdings.all().delete()
    answer = Visitor(voltara, "sales_a").get(f"/notifications/{row.uid}/open/")
    assert answer.status_code == 404
    assert "No longer available" in words(answer)
    assert "pumps" not in answer.content.decode()


@pytest.mark.parametrize("path", ["open/", "read/"])
def test_another_members_notification_does_not_exist(voltara: Net, nordwerk: Net, path: str) -> None:
    row = told_of_offer(voltara, "sales_a")
    for net, name in ((voltara, "owner_a"), (voltara, "administrator"), (nordwerk, "sales_a")):
        visitor = Visitor(net, name)
        ask = visitor.get if path == "open/" else visitor.post
        theirs = ask(f"/notifications/{row.uid}/{path}")
        nobodys = ask(f"/notifications/{uuid.uuid4()}/{path}")
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.content == nobodys.content
    with network_context(voltara.network):
        row.refresh_from_db()
    assert row.read_at is None


def test_marking_one_and_all(voltara: Net) -> None:
    first, second, third = (told_of_offer(voltara, "sales_a") for _ in range(3))
    visitor = Visitor(voltara, "sales_a")
    answer = visitor.post(f"/notifications/{second.uid}/read/")
    assert (answer.status_code, answer["Location"]) == (302, "/notifications/")
    assert unread(voltara, "sales_a") == {first.uid, third.uid}
    answer = visitor.post("/notifications/read/", {"up_to": str(second.uid)}, **HTMX)
    assert (answer.status_code, answer["HX-Trigger"]) == (204, "read")
    assert unread(voltara, "sales_a") == {third.uid}
    assert len(unread(voltara, "owner_a")) == 3
    visitor.post("/notifications/read/", {"up_to": "nonsense"})
    visitor.post("/notifications/read/")
    assert unread(voltara, "sales_a") == {third.uid}
    page = words(visitor.get("/notifications/"))
    assert page.index("Unread") < page.index("Mark all as read") < page.index("Read ", page.index("Mark all"))


def test_the_bell_counts_and_shows_the_newest(voltara: Net) -> None:
    with network_context(voltara.network):
        Partner.objects.update(capacity=50)
    rows = [told_of_offer(voltara, "sales_a") for _ in range(6)]
    answer = Visitor(voltara, "sales_a").get("/notifications/bell/", **HTMX)
    text = answer.content.decode()
    assert 'id="bell-count" class="bell-words" hx-swap-oob="true"' in text
    assert "Notifications: 6 unread" in words(answer)
    assert [str(row.uid) in text for row in rows] == [False, *[True] * 5]
    assert "no-store" in answer["Cache-Control"]
    home = Visitor(voltara, "sales_a").get("/").content.decode()
    assert re.search(r'data-live="/events/\?after=[0-9a-f-]{36}"', home)


def test_toasts_tell_of_unread_ones_of_the_member_only(voltara: Net) -> None:
    rows = [told_of_offer(voltara, "sales_a") for _ in range(5)]
    query = "&".join(f"id={row.uid}" for row in rows) + "&id=nonsense"
    answer = Visitor(voltara, "sales_a").get(f"/notifications/toasts/?{query}")
    assert answer.content.decode().count("data-toast=") == 3
    assert "2 more notifications" in words(answer)
    assert words(Visitor(voltara, "sales_b").get(f"/notifications/toasts/?{query}")).strip() == ""


def test_news_for_those_without_a_stream(voltara: Net) -> None:
    row = told_of_offer(voltara, "sales_a")
    visitor = Visitor(voltara, "sales_a")
    news = visitor.get("/notifications/news/?after=").json()
    assert news == {"news": [{"id": str(row.uid), "kind": "leads.offer_made"}], "after": str(row.uid)}
    assert visitor.get(f"/notifications/news/?after={row.uid}").json()["news"] == []
    assert visitor.get("/notifications/news/").json() == {"news": [], "after": str(row.uid)}
    assert visitor.get("/notifications/news/?after=x'--").json()["news"]


def test_choices_are_shown_and_kept(voltara: Net) -> None:
    visitor = Visitor(voltara, "sales_a")
    page = visitor.get("/notifications/preferences/").content.decode()
    assert re.search(r'name="leads.offer_made:portal"[^>]* checked disabled', page)
    assert re.search(r'name="leads.offer_made:email"[^>]* checked', page)
    assert visitor.post("/notifications/preferences/", {"leads.offer_lapsed:email": "on"}).status_code == 302
    page = visitor.get("/notifications/preferences/").content.decode()
    assert not re.search(r'name="leads.offer_made:email"[^>]* checked', page)
    assert re.search(r'name="leads.offer_lapsed:email"[^>]* checked', page)
    assert not re.search(r'name="leads.offer_lapsed:portal"[^>]* checked', page)
    assert "leads.lead_sent_to_desk" not in page


@pytest.mark.parametrize("path", ["", "bell/", "toasts/", "news/", "preferences/"])
def test_strangers_are_sent_to_the_login(voltara: Net, path: str) -> None:
    answer = Client().get(f"/notifications/{path}", headers={"host": voltara.host})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    assert Client().get(f"/notifications/{path}", headers={"host": voltara.host, **HTMX}).status_code == 401


def test_prospects_words_do_not_become_markup(voltara: Net) -> None:
    told_of_offer(voltara, "sales_a")
    with network_context(voltara.network):
        Notification.objects.update(facts={"what": "<script>alert(1)</script>", "due": "<b>"})
    visitor = Visitor(voltara, "sales_a")
    for path in ("", "bell/"):
        text = visitor.get(f"/notifications/{path}").content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


@pytest.mark.parametrize("path", ["", "bell/"])
def test_queries_do_not_grow_with_rows(voltara: Net, path: str, django_assert_num_queries: Any) -> None:
    visitor = Visitor(voltara, "sales_a")
    told_of_offer(voltara, "sales_a")
    visitor.get(f"/notifications/{path}")
    with django_assert_num_queries(1000, exact=False) as few:
        visitor.get(f"/notifications/{path}")
    for _ in range(3):
        told_of_offer(voltara, "sales_a")
    with django_assert_num_queries(len(few), exact=True):
        visitor.get(f"/notifications/{path}")


def test_older_pages_of_each_half(voltara: Net) -> None:
    row = told_of_offer(voltara, "sales_a")
    visitor = Visitor(voltara, "sales_a")
    assert "No longer" not in words(visitor.get("/notifications/?show=unread&cursor=broken"))
    assert str(row.uid) in visitor.get("/notifications/?show=unread").content.decode()
    assert str(row.uid) not in visitor.get("/notifications/?show=read").content.decode()


def unread(net: Net, name: str) -> set[Any]:
    with network_context(net.network):
        rows = Notification.objects.filter(membership=net.members[name]).unread()
        return set(rows.values_list("uid", flat=True))
