"""A record's timeline: what the reader may not know of takes no place, and its pages go to the end."""

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connections, models

from dnm.accounts.tenancy import network_context
from dnm.events.kinds import all_kinds
from dnm.events.models import Event
from dnm.events.queries import LENGTH, timeline
from dnm.scoping.errors import Invalid
from dnm.web.timeline import CURSOR
from leads.events import LeadCaptured
from tests.web.pages import Reader
from tests.world import NOW, Net

INTERNAL = next(name for name, kind in all_kinds().items() if kind.internal and name.startswith("leads."))
OPEN = LeadCaptured.kind


def write(net: Net, subject: models.Model, kind: str, number: int, *, anchor: int | None = None) -> None:
    """Events of one kind about a row, as they would be published one after the other."""
    about = {
        "network": net.network,
        "subject_type": ContentType.objects.get_for_model(subject),
        "subject_id": subject.pk,
        "via": "system",
        "occurred_at": NOW,
    }
    Event.objects.bulk_create(
        Event(kind=kind, anchor_id=anchor, actor_name=f"{kind} {turn:03d}", **about) for turn in range(number)
    )


def without_past(record: Any) -> Any:
    """A record like this one about which the log says nothing yet."""
    record.pk = 10**9
    return record


def names(subject: Any, *, everything: bool) -> Iterator[list[str]]:
    """Who did what, page by page."""
    cursor = None
    for _turn in range(50):
        found = timeline(subject, everything=everything, cursor=cursor)
        yield [event.actor_name for event in found.rows]
        cursor = found.next_cursor
        if cursor is None:
            return


def test_what_one_may_not_know_takes_no_place(voltara: Net) -> None:
    """Twenty open entries behind three hundred internal ones, and as many of another partner's time."""
    with network_context(voltara.network):
        lead = without_past(voltara.accepted())
        write(voltara, lead, OPEN, 20, anchor=lead.partner_id)
        write(voltara, lead, INTERNAL, 300)
        write(voltara, lead, OPEN, 300, anchor=voltara.partners["dealer_b"].pk)
        told = [name for page in names(lead, everything=False) for name in page]
        assert told == [f"{OPEN} {turn:03d}" for turn in reversed(range(20))]
        everything = [name for page in names(lead, everything=True) for name in page]
        assert len(everything) == 620


def test_a_kind_that_the_code_no_longer_knows_is_for_staff(voltara: Net) -> None:
    with network_context(voltara.network):
        lead = without_past(voltara.lead())
        write(voltara, lead, "leads.long_gone", 1)
        assert list(names(lead, everything=False)) == [[]]
        assert list(names(lead, everything=True)) == [["leads.long_gone 000"]]


def test_pages_join_without_gap_or_overlap(voltara: Net) -> None:
    with network_context(voltara.network):
        lead = without_past(voltara.lead())
        write(voltara, lead, OPEN, 2 * LENGTH + 7)
        pages = list(names(lead, everything=False))
        assert [len(page) for page in pages] == [LENGTH, LENGTH, 7]
        assert [name for page in pages for name in page] == [
            f"{OPEN} {turn:03d}" for turn in reversed(range(2 * LENGTH + 7))
        ]
        with pytest.raises(Invalid):
            timeline(lead, everything=False, cursor="made-up")


@pytest.mark.parametrize(("person", "kind"), [("sales_a", OPEN), ("administrator", INTERNAL)])
def test_one_turns_the_pages_in_the_portal(voltara: Net, person: str, kind: str) -> None:
    lead = voltara.accepted()
    with network_context(voltara.network):
        write(voltara, lead, kind, LENGTH + 5, anchor=lead.partner_id)
        write(voltara, lead, INTERNAL, LENGTH)
    reader, address, seen = Reader(voltara, person), f"/leads/{lead.uid}/", ""
    for _turn in range(5):
        page = reader.get(address)
        assert page.status_code == 200
        body = page.content.decode()
        seen += body
        address, older = f"/leads/{lead.uid}/", body.partition(' rel="next" href="')[2]
        if not older:
            break
        link = unescape(older.partition('"')[0])
        assert link.startswith(f"?{CURSOR}=")
        address += link
    else:
        raise AssertionError("the pages have no end")
    entries = {f"{kind} {turn:03d}" for turn in range(LENGTH + 5)}
    assert {entry for entry in entries if entry.lower() not in seen.lower()} == set()
    assert (INTERNAL.lower() in seen.lower()) == (person == "administrator")


def test_an_invented_page_is_refused_and_not_a_fault(voltara: Net) -> None:
    lead = voltara.accepted()
    assert Reader(voltara, "sales_a").get(f"/leads/{lead.uid}/?{CURSOR}=x").status_code == 422


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_log_by_kind_walks_an_index(committed_world: tuple[Net, Net]) -> None:
    """As the administration's event log asks for it, in a log where the kind is rare."""
    net = committed_world[0]
    with network_context(net.network):
        write(net, net.partners["dealer_a"], OPEN, 3)
        for _turn in range(10):
            write(net, net.partners["dealer_a"], "leads.common", 2000)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE events_event")
    with network_context(net.network):
        plan = Event.objects.filter(kind=OPEN).order_by("-id")[:26].explain()
    assert "events_event_kind" in plan, plan
    assert "Sort" not in plan, plan
