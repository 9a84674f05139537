"""The Python half of the isolation: querysets fail closed when they are executed, whatever they execute."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from dnm.accounts.models import Membership, User
from dnm.accounts.tenancy import NoNetwork, network_context
from dnm.accounts.tenancy.context import tell_database, without_python_scope
from dnm.notifications.models import Notification
from leads.models import Lead
from partners.models import Affiliation, Partner, ProductLine
from tests.world import Net

Act = Callable[[Any], Any]

READS: dict[str, Act] = {
    "list": list,
    "bool": bool,
    "len": len,
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "first": lambda rows: rows.first(),
    "last": lambda rows: rows.last(),
    "get": lambda rows: rows.get(code="dealer_a"),
    "index": lambda rows: rows.order_by("pk")[0],
    "slice": lambda rows: list(rows.order_by("pk")[1:3]),
    "aggregate": lambda rows: rows.aggregate(n=Count("pk"))["n"],
    "aggregate a slice": lambda rows: rows.order_by("pk")[:3].aggregate(n=Count("pk"))["n"],
    "annotate": lambda rows: list(rows.annotate(n=Count("children"))),
    "values": lambda rows: list(rows.values("pk")),
    "values_list": lambda rows: list(rows.values_list("pk", flat=True)),
    "group": lambda rows: list(rows.values("kind").annotate(n=Count("pk")).order_by()),
    "distinct": lambda rows: list(rows.distinct()),
    "iterator": lambda rows: list(rows.iterator(chunk_size=2)),
    "in_bulk": lambda rows: rows.in_bulk(),
    "contains": lambda rows: rows.contains(Partner(pk=1)),
    "dates": lambda rows: list(rows.datetimes("created_at", "day")),
    "only": lambda rows: list(rows.only("code")),
    "select_related": lambda rows: list(rows.select_related("parent")),
    "exclude": lambda rows: list(rows.exclude(code="x")),
    "or": lambda rows: list(rows.filter(code="dealer_a") | rows.filter(code="dealer_b")),
    "and": lambda rows: list(rows & rows.filter(code="dealer_a")),
    "or of terms": lambda rows: list(rows.filter(Q(code="dealer_a") | Q(kind="dealer"))),
    "union": lambda rows: list(rows.values("pk").union(rows.values("pk"), all=True)),
    "union count": lambda rows: rows.values("pk").union(rows.values("pk")).count(),
    "difference": lambda rows: list(rows.values("pk").difference(rows.filter(code="x").values("pk"))),
    "intersection": lambda rows: list(rows.values("pk").intersection(rows.values("pk"))),
    "in a subquery": lambda rows: list(rows.filter(pk__in=rows.values("pk"))),
    "lock": lambda rows: list(rows.select_for_update().order_by("pk")),
    "explain": lambda rows: rows.explain(),
    "another table": lambda _rows: list(ProductLine.objects.all()),
    "global outside, tenant inside": lambda _rows: list(
        User.objects.filter(pk__in=Membership.objects.values("user"))
    ),
    "global outside, tenant in exists": lambda _rows: list(
        User.objects.filter(Exists(Membership.objects.filter(user=OuterRef("pk"))))
    ),
    "global outside, tenant annotated": lambda _rows: list(
        User.objects.annotate(
            m=Subquery(Membership.objects.filter(user=OuterRef("pk")).values("pk")[:1])
        ).filter(m__isnull=False)
    ),
}
WRITES: dict[str, Act] = {
    "update": lambda rows: rows.update(address="changed"),
    "update with F": lambda rows: rows.update(capacity=F("capacity")),
    "update by a join": lambda rows: rows.filter(territory__code="north_a").update(address="changed"),
    "bulk_update": lambda rows: rows.bulk_update([Partner(pk=pk) for pk in range(1, 5000)], ["address"]),
    "delete what nothing hangs on": lambda _rows: Affiliation.objects.all().delete()[0],
    "delete some": lambda _rows: Affiliation.objects.filter(partner__code="dealer_a").delete()[0],
    "delete with what hangs on it": lambda _rows: Membership.objects.filter(
        user__name__contains="nobody"
    ).delete()[0],
    "raw delete": lambda _rows: Notification.objects.all()._raw_delete("default"),
    "get_or_create": lambda rows: rows.get_or_create(code="dealer_a") and None,
}


ALL = {**READS, **WRITES}


@pytest.mark.django_db
@pytest.mark.parametrize("act", ALL.values(), ids=ALL)
def test_outside_a_context_execution_raises(act: Act) -> None:
    with pytest.raises(NoNetwork, match="outside"):
        act(Partner.objects.all())


def test_a_queryset_made_inside_is_no_ticket(voltara: Net, subtests: pytest.Subtests) -> None:
    with network_context(voltara.network):
        made = Partner.objects.all()
    for name, act in ALL.items():
        with subtests.test(name), pytest.raises(NoNetwork):
            act(made)


def test_rows_in_hand_raise_too(voltara: Net, nordwerk: Net, subtests: pytest.Subtests) -> None:
    with network_context(voltara.network):
        row = Affiliation.objects.first()
    with pytest.raises(NoNetwork), network_context(nordwerk.network):
        row.delete()
    for method in ("save", "delete", "refresh_from_db"):
        with subtests.test(method), pytest.raises(NoNetwork), transaction.atomic():
            getattr(row, method)()


def test_following_a_key_raises_too(voltara: Net) -> None:
    with network_context(voltara.network):
        row = Partner.objects.get(code="dealer_a")
    with pytest.raises(NoNetwork):
        row.parent  # noqa: B018
    with pytest.raises(NoNetwork):
        row.children.count()
    with pytest.raises(NoNetwork):
        list(row.holdings.all())


def test_a_queryset_built_before_any_context_sees_the_network_of_its_execution(
    voltara: Net, nordwerk: Net
) -> None:
    """A form or a filter builds its choices when the module is imported."""
    early = Partner.objects.order_by("pk")
    for net in (voltara, nordwerk):
        with network_context(net.network):
            assert {partner.network_id for partner in early.all()} == {net.network.pk}


@contextmanager
def halves_disagree(python: Net, database: Net) -> Iterator[None]:
    """Python believes in one network and PostgreSQL in the other: what either half lets through alone."""
    with network_context(python.network):
        tell_database(database.network.pk)
        yield
        tell_database(python.network.pk)


def nothing(found: Any) -> bool:
    return found is None or found is False or found == 0 or len(found) == 0


NEEDS_A_ROW = {"get", "index", "bulk_update", "get_or_create", "explain"}


def test_python_narrows_every_statement_by_itself(
    voltara: Net, nordwerk: Net, subtests: pytest.Subtests
) -> None:
    """PostgreSQL shows Nordwerk's rows here; that nothing comes is the Python half alone."""
    for name, act in ALL.items():
        if name in NEEDS_A_ROW:
            continue
        with subtests.test(name), halves_disagree(voltara, nordwerk):
            assert rows_in_sight() > 0
            assert nothing(act(Partner.objects.all()))


def rows_in_sight() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM partners_partner")
        return int(cursor.fetchone()[0])


def test_without_python_the_same_statements_would_see_the_rows(voltara: Net, nordwerk: Net) -> None:
    """The counter-proof of the test above: with the Python half off the rows of the database come."""
    with halves_disagree(voltara, nordwerk), without_python_scope():
        assert Partner.objects.count() == 7
        assert Partner.objects.update(address="changed") == 7


def test_a_new_row_is_stamped_with_the_network(voltara: Net) -> None:
    with network_context(voltara.network):
        line = ProductLine.objects.create(code="new", name="new")
        assert line.network_id == voltara.network.pk
        lead = Lead()
        assert lead.network_id is None
