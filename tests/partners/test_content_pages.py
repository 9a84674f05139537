"""Pages, API and administration of publications."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dnm.accounts.models import User
from dnm.accounts.tenancy import network_context
from dnm.web.prose import prose
from partners.domain.content.publishing import revise_publication
from partners.domain.content.reading import acknowledge_publication
from partners.models import Publication
from tests.admin.visiting import list_path, row_path, visit
from tests.partners.publishing import drafted, published
from tests.partners.uploads import pdf, upload
from tests.web.test_frame import Reader, statements, text_of
from tests.world import NOW, Net


def acknowledge(net: Net, row: Publication, name: str) -> None:
    with network_context(net.network):
        acknowledge_publication(publication=row, actor=net.actor(name), at=NOW)


def api(net: Net, name: str, method: str, path: str, body: Any = None) -> Any:
    client = Client(raise_request_exception=False)
    options = {"data": body, "content_type": "application/json"} if body is not None else {}
    return getattr(client, method)(f"/api/v1/publications/{path}", headers=net.bearer(name), **options)


def test_news_are_listed_read_and_acknowledged_in_one_tap(voltara: Net) -> None:
    row = published(voltara, kind="bulletin", is_mandatory=True, title="Stop sale of P7")
    reader = Reader(voltara, "sales_a")
    body = text_of(reader.get("/news/"))
    assert "Stop sale of P7" in body
    assert "To acknowledge" in body
    page = f"/publications/{row.uid}/"
    assert "I have read and understood it" in text_of(reader.get(page))
    assert "Please acknowledge: Stop sale of P7" in text_of(reader.get("/"))
    answer = reader.post(f"{page}acknowledge/", {"version": "1"})
    assert answer.status_code == 302
    assert "You acknowledged it" in text_of(reader.get(page))
    assert "Stop sale" not in text_of(reader.get("/"))
    assert "Stop sale of P7" not in text_of(reader.get("/news/?reading=unread"))
    assert "Stop sale of P7" in text_of(reader.get("/news/"))


def test_readers_get_no_tools_and_managers_do(voltara: Net) -> None:
    row = published(voltara)
    page = f"/publications/{row.uid}/"
    for name, tools in (("sales_a", False), ("owner_north", False), ("auditor", False), ("programme", True)):
        body = text_of(Reader(voltara, name).get(page))
        assert ("Withdraw" in body, "For whom" in body, "What happened" in body) == (tools,) * 3, name
        assert ("Write" in text_of(Reader(voltara, name).get("/news/"))) is (
            name in {"programme", "owner_north"}
        )


def test_a_rival_gets_the_same_answer_as_for_nothing(voltara: Net, nordwerk: Net) -> None:
    rivals = published(voltara, by="owner_south", owner="distributor_south", title="South only")
    draft = drafted(voltara, title="Secret plan")
    foreign = published(nordwerk)
    for name in ("owner_north", "sales_a"):
        reader = Reader(voltara, name)
        for row in (rivals, draft, foreign):
            for tail in ("", "edit/", "revise/", "readers/", "publish/", "withdraw/"):
                assert reader.get(f"/publications/{row.uid}/{tail}").status_code == 404
            for tail in ("acknowledge/", "publish/", "withdraw/", "edit/", "revise/"):
                assert reader.post(f"/publications/{row.uid}/{tail}", {"reason": "x"}).status_code == 404
            assert api(voltara, name, "get", f"{row.uid}/").status_code == 404
            assert api(voltara, name, "get", f"{row.uid}/versions/").status_code == 404
            assert api(voltara, name, "post", f"{row.uid}/acknowledge/", {}).status_code == 404
        for path in ("/news/", "/library/", "/"):
            body = text_of(reader.get(path))
            assert "South only" not in body
            assert "Secret plan" not in body


def test_compose_publish_and_withdraw(voltara: Net) -> None:
    writer = Reader(voltara, "programme")
    assert writer.get("/publications/new/").status_code == 200
    line = voltara.lines["pumps"]
    values = {
        "kind": "bulletin",
        "title": "Recall",
        "body": "## What to do\n- Stop\n- Call us",
        "is_mandatory": "on",
        "for_roles": ["sales"],
        "for_lines": [str(line.uid)],
        "for_territory": str(voltara.territories["north"].uid),
    }
    answer = writer.post("/publications/new/", {**values, "title": ""})
    assert answer.status_code == 422
    page = writer.post("/publications/new/", values)["Location"]
    with network_context(voltara.network):
        row = Publication.objects.get(title="Recall")
        assert (row.for_lines, row.for_territory_id) == ([line.pk], voltara.territories["north"].pk)
    assert Reader(voltara, "sales_a").get(page).status_code == 404
    body = text_of(writer.get(f"{page}edit/"))
    assert "Stop" in body
    edited = {**values, "title": "Recall of P7"}
    assert writer.post(f"{page}edit/", edited).status_code == 302
    assert writer.get(f"{page}publish/").status_code == 200
    assert writer.post(f"{page}publish/").status_code == 302
    assert "<h3>What to do</h3>" in Reader(voltara, "sales_a").get(page).content.decode()
    assert writer.post(f"{page}edit/", edited).status_code == 409
    assert writer.post(f"{page}withdraw/").status_code == 422
    assert writer.post(f"{page}withdraw/", {"reason": "Wrong list"}).status_code == 302
    assert Reader(voltara, "sales_a").get(page).status_code == 404
    assert "Wrong list" in text_of(writer.get(page))


def test_a_distributor_writes_news_for_its_own(voltara: Net) -> None:
    writer = Reader(voltara, "owner_north")
    body = writer.get("/publications/new/").content.decode()
    assert "network_administrator" not in body
    values = {"kind": "news", "title": "Open on Sunday", "body": "From ten."}
    assert writer.post("/publications/new/", {**values, "kind": "bulletin"}).status_code == 422
    page = writer.post("/publications/new/", values)["Location"]
    assert writer.post(f"{page}publish/").status_code == 302
    assert "Open on Sunday" in text_of(Reader(voltara, "sales_b").get("/news/"))
    assert "Open on Sunday" not in text_of(Reader(voltara, "sales_c").get("/news/"))
    assert Reader(voltara, "owner_a").get("/publications/new/").status_code == 403
    assert writer.get("/publications/new/?owner=distributor_south").status_code == 404


def test_the_library_keeps_versions_and_lets_readers_download(voltara: Net) -> None:
    row = published(
        voltara, kind="document", title="Price list", for_roles=["sales"], file=upload("p1.pdf", pdf())
    )
    with network_context(voltara.network):
        revise_publication(
            publication=row,
            body="",
            what_changed="New prices from May",
            is_anew=True,
            file=upload("p2.pdf", pdf(head=b"%2\n")),
            actor=voltara.actor("administrator"),
            at=NOW,
        )
    reader = Reader(voltara, "sales_a")
    assert "Price list" in text_of(reader.get("/library/"))
    assert "Price list" not in text_of(reader.get("/news/"))
    page = f"/publications/{row.uid}/"
    body = reader.get(page).content.decode()
    assert "New prices from May" in body
    links = [part.split('"')[0] for part in body.split('href="')[1:] if part.startswith("/files/")]
    assert len(set(links)) == 2
    for link in links:
        assert reader.get(link).status_code == 200
        assert Reader(voltara, "owner_a").get(link).status_code == 404
    earlier = text_of(reader.get(f"{page}?version=1"))
    assert "This is an earlier version" in earlier
    assert "Mark as read" not in earlier
    assert reader.get(f"{page}?version=3").status_code == 404


def test_the_report_and_its_file(voltara: Net) -> None:
    row = published(voltara, is_mandatory=True, for_roles=["sales"])
    acknowledge(voltara, row, "sales_a")
    with network_context(voltara.network):
        User.objects.filter(pk=voltara.members["sales_b"].user_id).update(name='=HYPERLINK("x")')
    page = f"/publications/{row.uid}/readers/"
    body = text_of(Reader(voltara, "administrator").get(page))
    assert "1 of 4 readers" in body
    assert "Voltara dealer_b" in body
    assert "Voltara sales_a" not in body
    assert "Voltara sales_a" in text_of(Reader(voltara, "administrator").get(f"{page}?all=1"))
    answer = Reader(voltara, "administrator").get(f"{page}?export=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line[1] for line in rows[1:]] == ["dealer_b", "dealer_c", "retailer_a"]
    assert rows[1][2] == '\'=HYPERLINK("x")'
    for name in ("sales_a", "auditor", "owner_north"):
        assert Reader(voltara, name).get(page).status_code == (
            404 if name in {"auditor", "owner_north"} else 403
        )


def test_the_api_lists_shows_and_acknowledges(voltara: Net) -> None:
    row = published(voltara, is_mandatory=True, for_roles=["sales"], file=upload("p1.pdf", pdf()))
    drafted(voltara)
    (found,) = api(voltara, "sales_a", "get", "").json()["results"]
    assert (found["id"], found["version"], found["is_unread"]) == (str(row.uid), 1, True)
    assert found["actions"] == []
    (version,) = api(voltara, "sales_a", "get", f"{row.uid}/versions/").json()["versions"]
    assert version["body"] == "Read the *new* list."
    assert Client().get(version["file"]["link"], headers={"host": voltara.host}).status_code == 200
    assert api(voltara, "sales_a", "post", f"{row.uid}/acknowledge/", {"version": 2}).status_code == 409
    answer = api(voltara, "sales_a", "post", f"{row.uid}/acknowledge/", {"version": 1})
    assert (answer.status_code, answer.json()["is_unread"]) == (200, False)
    assert api(voltara, "sales_a", "get", "?reading=owed").json()["results"] == []
    assert len(api(voltara, "sales_b", "get", "?reading=owed").json()["results"]) == 1
    assert api(voltara, "administrator", "post", f"{row.uid}/acknowledge/", {}).status_code == 403
    assert api(voltara, "sales_b", "post", f"{row.uid}/withdraw/", {"reason": "x"}).status_code == 403
    answer = api(voltara, "administrator", "post", f"{row.uid}/withdraw/", {"reason": "x"})
    assert answer.json()["state"] == "withdrawn"
    assert api(voltara, "sales_b", "get", f"{row.uid}/").status_code == 404


def test_the_administration_publishes_and_withdraws(voltara: Net) -> None:
    row = drafted(voltara, title="Hidden draft")
    visitor = visit(voltara, "administrator")
    assert "Hidden draft" in visitor.text(list_path(Publication))
    assert "Everybody" in visitor.text(row_path(row))
    visitor.act(list_path(Publication), "publish", row)
    with network_context(voltara.network):
        assert Publication.objects.get(pk=row.pk).state == "published"
    visitor.text(row_path(row))
    row = drafted(voltara, title="Another draft")
    auditor = visit(voltara, "auditor")
    assert "Another draft" not in auditor.text(list_path(Publication))
    auditor.text(row_path(row), status=404)
    auditor.act(list_path(Publication), "publish", row)  # whatever it answers, a draft it stays
    with network_context(voltara.network):
        assert Publication.objects.get(pk=row.pk).state == "draft"


@pytest.mark.parametrize("path", ["/news/", "/"])
@pytest.mark.parametrize("name", ["sales_a", "owner_north", "administrator"])
def test_lists_cost_the_same_with_one_and_with_three(voltara: Net, name: str, path: str) -> None:
    reader = Reader(voltara, name)

    def cost() -> int:
        reader.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert reader.get(path).status_code == 200
        return len(statements(asked))

    published(voltara, is_mandatory=True)
    first = cost()
    published(voltara, is_mandatory=True)
    published(voltara, by="owner_north", owner="distributor_north", is_mandatory=True)
    assert cost() == first <= 12


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\n\nc", "<p>a<br>b</p>\n<p>c</p>"),
        ("## H\nx", "<h3>H</h3>\n<p>x</p>"),
        ("- a\n- b\nc", "<ul><li>a</li><li>b</li></ul>\n<p>c</p>"),
        ("<script>&", "<p>&lt;script&gt;&amp;</p>"),
        ("- <b onclick=x>", "<ul><li>&lt;b onclick=x&gt;</li></ul>"),
        (
            "see https://a.example/x?a=1&b=2",
            '<p>see <a href="https://a.example/x?a=1&amp;b=2" rel="nofollow">https://a.example/x?a=1&amp;b=2</a></p>',
        ),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
        ("", ""),
    ],
    ids=str,
)
def test_text_is_shown_safely(text: str, shown: str) -> None:
    assert prose(text) == shown
