"""`page`: the pages of a list, laid side by side, are the list; and cursors of strangers do no harm."""

import base64
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dnm.accounts.actors import Grant
from dnm.accounts.tenancy import network_context
from dnm.scoping.errors import Invalid
from dnm.scoping.pages import MAX_LIMIT, capped_count, page
from leads.models import Lead
from leads.permissions import LeadCapability
from partners.models import Partner
from partners.permissions import PartnerCapability
from partners.roles import Role
from tests.scoping.forest import Forest
from tests.scoping.strategies import grants, quickly
from tests.world import NOW, Net

Order = Sequence[str]
NEWEST, OLDEST, NAME = ("-created_at", "-id"), ("created_at", "id"), ("trade_name", "id")
LISTS: list[tuple[Any, str, Order]] = [
    (Lead, LeadCapability.VIEW, NEWEST),
    (Lead, LeadCapability.VIEW, OLDEST),
    (Lead, LeadCapability.VIEW_CONTACT, NEWEST),
    (Partner, PartnerCapability.VIEW, NAME),
    (Partner, PartnerCapability.VIEW, ("-trade_name", "-id")),
]


def forwards(queryset: Any, order: Order, limit: int) -> list[list[Any]]:
    """All pages from the first to the last."""
    pages, cursor = [], None
    while True:
        found = page(queryset, order=order, cursor=cursor, limit=limit)
        pages.append(list(found.rows))
        cursor = found.next_cursor
        if cursor is None:
            return pages


def backwards(queryset: Any, order: Order, limit: int) -> list[list[Any]]:
    """All pages from the last to the first, in the order of the list."""
    cursor: str | None = None
    found = page(queryset, order=order, limit=limit)
    while found.next_cursor:
        found = page(queryset, order=order, cursor=found.next_cursor, limit=limit)
    pages = [list(found.rows)]
    while found.previous_cursor:
        cursor = found.previous_cursor
        found = page(queryset, order=order, cursor=cursor, limit=limit)
        pages.insert(0, list(found.rows))
    return pages


def test_pages_laid_side_by_side_are_the_list(forest: Forest) -> None:
    @settings(quickly, max_examples=40)
    @given(st.data(), st.sampled_from(LISTS), st.integers(3, 40))
    def compare(data: st.DataObject, what: tuple[Any, str, Order], limit: int) -> None:
        model, capability, order = what
        actor = forest.actor(data.draw(grants(forest)))
        with network_context(forest.network):
            queryset = model.objects.visible_to(actor, capability)
            whole = list(queryset.order_by(*order))
            pages = forwards(queryset, order, limit)
            assert [row for rows in pages for row in rows] == whole
            assert all(len(rows) == limit for rows in pages[:-1])
            back = backwards(queryset, order, limit)
            assert [row for rows in back for row in rows] == whole

    compare()


def test_pages_of_a_filtered_list(forest: Forest) -> None:
    grant = Grant(role=Role.AUDITOR, tree="territory", node=forest.territories[0].pk, level=1)
    second = Grant(role=Role.SALES, tree="partner", node=forest.partners[1].pk, level=2)
    with network_context(forest.network):
        for held in ([grant], [grant, second]):
            seen = Lead.objects.visible_to(forest.actor(held), LeadCapability.VIEW)
            seen = seen.filter(product_line=forest.lines[0]).select_related("partner")
            pages = forwards(seen, NEWEST, 4)
            assert [row for rows in pages for row in rows] == list(seen.order_by(*NEWEST))


def test_the_ends_have_no_cursor_and_nobody_sees_no_page(forest: Forest) -> None:
    grant = Grant(role=Role.AUDITOR, tree="territory", node=forest.territories[0].pk, level=1)
    with network_context(forest.network):
        everything = Lead.objects.visible_to(forest.actor([grant]), LeadCapability.VIEW)
        only = page(everything, limit=MAX_LIMIT)
        assert (only.next_cursor, only.previous_cursor) == (None, None)
        assert len(only.rows) == len(forest.leads)
        nothing = page(Lead.objects.visible_to(forest.actor([]), LeadCapability.VIEW))
        assert (list(nothing.rows), nothing.next_cursor, nothing.previous_cursor) == ([], None, None)


def test_a_limit_out_of_bounds_is_brought_back(forest: Forest) -> None:
    grant = Grant(role=Role.AUDITOR, tree="territory", node=forest.territories[0].pk, level=1)
    with network_context(forest.network):
        seen = Lead.objects.visible_to(forest.actor([grant]), LeadCapability.VIEW)
        assert len(page(seen, limit=0).rows) == 1
        assert len(page(seen, limit=-5).rows) == 1
        assert len(page(seen, limit=10**9).rows) == min(MAX_LIMIT, len(forest.leads))


def test_counts_are_capped(forest: Forest) -> None:
    grant = Grant(role=Role.AUDITOR, tree="territory", node=forest.territories[0].pk, level=1)
    with network_context(forest.network):
        seen = Lead.objects.visible_to(forest.actor([grant]), LeadCapability.VIEW)
        assert capped_count(seen) == len(forest.leads)
        assert capped_count(seen, cap=10) == 11


def encoded(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)
crooked = st.one_of(
    st.text(max_size=60),
    st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()),
    anything.map(encoded),
    st.tuples(st.integers(0, 1), anything, anything).map(
        lambda v: encoded([v[0], "-created_at,-id", v[1], v[2]])
    ),
    st.tuples(anything, anything).map(lambda v: encoded([0, "trade_name,id", v[0], v[1]])),
)
NASTY = [
    encoded('[0,"-created_at,-id",Infinity,1]'),
    encoded('[0,"-created_at,-id","2026-01-01T00:00:00Z",Infinity]'),
    encoded('[0,"-created_at,-id","2026-01-01T00:00:00Z",NaN]'),
    encoded([0, "-created_at,-id", "2026-01-01T00:00:00Z", 10**40]),
    encoded([0, "-created_at,-id", "9999-12-31T23:59:59-23:59", 1]),
    encoded([0, "-created_at,-id", "0001-01-01T00:00:00+23:59", 1]),
    encoded([0, "-created_at,-id", "2026-01-01", 1]),
    encoded([0, "-created_at,-id", "2026-01-01T00:00:00", 1]),
    encoded([0, "trade_name,id", "\x00", 1]),
    encoded([0, "trade_name,id", "\ud800", 1]),
    encoded("[" * 5000),
    encoded([0, "-created_at,-id"]),
    "é" * 20,
    "=" * 7,
    "A",
]


def try_cursor(net: Net, cursor: str) -> None:
    """Either it is refused, or it leads to rows in sight: nothing else may happen."""
    actor = net.actor("zone_north")
    with network_context(net.network):
        for model, capability, order in (
            (Lead, LeadCapability.VIEW, NEWEST),
            (Partner, PartnerCapability.VIEW, NAME),
        ):
            queryset = model.objects.visible_to(actor, capability)
            with suppress(Invalid):
                found = page(queryset, order=order, cursor=cursor)
                assert set(found.rows) <= set(queryset)


def test_nasty_cursors(voltara: Net, subtests: pytest.Subtests) -> None:
    voltara.lead()
    voltara.lead(postal_code="SA1")
    for cursor in NASTY:
        with subtests.test(cursor[:40]):
            try_cursor(voltara, cursor)


def test_crooked_cursors(voltara: Net) -> None:
    voltara.lead()

    @settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(crooked)
    def compare(cursor: str) -> None:
        try_cursor(voltara, cursor)

    compare()


def test_a_cursor_that_was_changed_is_refused(voltara: Net) -> None:
    voltara.lead()
    voltara.lead()
    with network_context(voltara.network):
        seen = Lead.objects.visible_to(voltara.actor("administrator"), LeadCapability.VIEW)
        cursor = page(seen, limit=1).next_cursor or ""
        assert len(page(seen, cursor=cursor).rows) == 1
        for place in range(len(cursor)):
            changed = "B" if cursor[place] == "A" else "A"
            with pytest.raises(Invalid):
                page(seen, cursor=f"{cursor[:place]}{changed}{cursor[place + 1 :]}")


def test_a_cursor_of_another_order_is_refused(voltara: Net) -> None:
    for second in range(3):
        voltara.lead(at=NOW.replace(second=second))
    with network_context(voltara.network):
        seen = Lead.objects.visible_to(voltara.actor("administrator"), LeadCapability.VIEW)
        cursor = page(seen, order=NEWEST, limit=1).next_cursor
        with pytest.raises(Invalid):
            page(seen, order=OLDEST, cursor=cursor)


def test_a_cursor_of_somebody_else_shows_ones_own_rows(voltara: Net) -> None:
    """A cursor is a place in an order, no key to rows."""
    mine = voltara.lead(at=NOW)
    voltara.lead(postal_code="SA1", at=NOW.replace(second=1))
    voltara.lead(postal_code="SA1", at=NOW.replace(second=2))
    with network_context(voltara.network):
        south = Lead.objects.visible_to(voltara.actor("zone_south"), LeadCapability.VIEW)
        cursor = page(south, limit=1).next_cursor
        north = Lead.objects.visible_to(voltara.actor("zone_north"), LeadCapability.VIEW)
        assert list(page(north, cursor=cursor).rows) == [mine]
