"""The page of a partner: what everybody registers on it, in at most thirteen questions to the database."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dnm.accounts.tenancy import network_context
from partners.domain.comments import write_comment
from partners.domain.files import add_file
from tests.partners.papers import brought, document_type
from tests.partners.uploads import pdf, upload
from tests.web.pages import Reader, statements, text_of
from tests.world import NOW, Net

pytestmark = pytest.mark.django_db
MOST = 13
TABS = ("", "people", "below", "documents", "files", "comments")


@pytest.fixture
def busy(voltara: Net) -> Net:
    """dealer_a with something in every tab."""
    for code in ("gst", "pan"):
        document_type(voltara, code)
    brought(voltara)
    voltara.accepted()
    voltara.offered()
    with network_context(voltara.network):
        actor = voltara.actor("administrator")
        partner = voltara.partners["dealer_a"]
        for number in range(3):
            add_file(partner=partner, file=upload(f"{number}.pdf", pdf()), actor=actor, at=NOW)
            files = [upload("a.pdf", pdf())]
            write_comment(record=partner, text="hello", is_internal=False, files=files, actor=actor, at=NOW)
    return voltara


def asked_for(reader: Reader, path: str) -> list[str]:
    reader.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert reader.get(path).status_code == 200
    return statements(asked)


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("person", ["administrator", "owner_a"])
def test_at_most_thirteen_questions(busy: Net, person: str, tab: str) -> None:
    path = busy.partners["dealer_a"].get_absolute_url() + (f"?tab={tab}" if tab else "")
    asked = asked_for(Reader(busy, person), path)
    assert len(asked) <= MOST, "\n".join(one[:90] for one in asked)


def test_counts_and_what_is_open(busy: Net) -> None:
    path = busy.partners["dealer_a"].get_absolute_url()
    page = Reader(busy, "administrator").get(path)
    body = page.content.decode()
    for tab, count in (("files", 3), ("comments", 3)):
        link = body[body.index(f'id="tab-{tab}"') :]
        assert f'<span class="tab-count">{count}</span>' in link[: link.index("</a>")]
    words = text_of(page)
    for item in ("Leads to answer 1", "Leads in work 1", "Documents to bring 1", "Documents to verify 1"):
        assert item in words


def test_a_tab_that_is_not_mine_is_not_there(busy: Net) -> None:
    path = busy.partners["dealer_a"].get_absolute_url()
    upstream = Reader(busy, "owner_north").get(path).content.decode()
    assert 'id="tab-documents"' in upstream
    assert 'id="tab-files"' not in upstream
    assert 'id="tab-comments"' not in upstream
    for tab in ("files", "comments", "nonsense"):
        answer: Any = Reader(busy, "owner_north").get(f"{path}?tab={tab}")
        assert answer.status_code == 200
        assert "hello" not in text_of(answer)


def told_to(reader: Reader, path: str) -> str:
    """The words of the timeline."""
    body = reader.get(path).content.decode()
    start = body.index('id="timeline-heading"')
    return " ".join(re.sub(r"<[^>]*>", " ", body[start : body.index("</section>", start)]).split())


def test_one_timeline_of_the_partner_and_of_what_hangs_on_it(busy: Net) -> None:
    partner = busy.partners["dealer_a"]
    path = partner.get_absolute_url()
    with network_context(busy.network):
        actor = busy.actor("administrator")
        comment = write_comment(record=partner, text="among us", is_internal=True, actor=actor, at=NOW)
    staff = Reader(busy, "administrator")
    told = told_to(staff, path)
    for line in (
        "Internal comment: among us",
        "Comment: hello",
        "File added",
        f"Document uploaded: {busy.network.name} gst",
    ):
        assert line in told
    assert f'href="{comment.get_absolute_url()}"' in staff.get(path).content.decode()
    assert told.index("among us") < told.index("hello") < told.index("Document uploaded"), "newest first"
    mine = told_to(Reader(busy, "owner_a"), path)
    assert "Comment: hello" in mine
    assert "Document uploaded" in mine
    assert "among us" not in mine


def test_a_timeline_names_nothing_out_of_sight(busy: Net) -> None:
    path = busy.partners["dealer_a"].get_absolute_url()
    upstream = told_to(Reader(busy, "owner_north"), path)
    assert "Document uploaded" in upstream, "upstream sees that it is there"
    assert "hello" not in upstream
    assert "Comment" not in upstream
    sales = told_to(Reader(busy, "sales_a"), path)
    assert "Comment: hello" in sales
    assert "Document" not in sales


def test_a_leads_page_tells_of_its_comments(busy: Net) -> None:
    lead = busy.accepted(name="Asha Verma")
    with network_context(busy.network):
        actor = busy.actor("administrator")
        for text in ("is it urgent?", "it is"):
            write_comment(record=lead, text=text, is_internal=False, actor=actor, at=NOW)
    reader = Reader(busy, "sales_a")
    path = lead.get_absolute_url()
    asked = asked_for(reader, path)
    assert len(asked) <= MOST, "\n".join(one[:90] for one in asked)
    assert "Comment: is it urgent?" in text_of(reader.get(path)).replace(" :", ":")
