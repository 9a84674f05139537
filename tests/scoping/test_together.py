"""First rows of several models in one query: what comes is what each queryset alone would give."""

from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from dnm.accounts.tenancy import network_context
from dnm.scoping.together import First, Part, first_of_each
from leads.models import Lead, Offer
from leads.permissions import LeadCapability, OfferCapability
from partners.models import PartnerFigure
from partners.permissions import PartnerCapability
from tests.world import NOW, Net


def test_rows_totals_and_order_in_one_query(voltara: Net) -> None:
    for _ in range(4):
        voltara.accepted()
    offer = voltara.offered()
    actor = voltara.actor("administrator")
    with network_context(voltara.network):
        leads = Lead.objects.visible_to(actor, LeadCapability.VIEW).order_by("-created_at", "-id")
        offers = Offer.objects.visible_to(actor, OfferCapability.VIEW).filter(state="pending").order_by("id")
        parts = [
            Part(leads, ("uid", "created_at", "place", "product_line__name")),
            Part(offers, ("uid", "due_at", "distance_km", "partner__trade_name")),
            Part(offers.none(), ("uid",)),
        ]
        with CaptureQueriesContext(connection) as asked:
            first, second, third = first_of_each(parts, 3)
            told = [(row.title, row.get_absolute_url()) for row in first.rows]
            seller = str(second.rows[0].partner)
        assert len(asked) == 1
        assert (first.total, second.total, third) == (leads.count(), 1, First([], 0))
        assert first.rows == list(leads[:3])
        assert [row.created_at for row in first.rows] == [row.created_at for row in leads[:3]]
        assert told == [(row.title, row.get_absolute_url()) for row in leads[:3]]
        assert (second.rows[0].due_at, second.rows[0].distance_km) == (offer.due_at, offer.distance_km)
        assert seller == offer.partner.trade_name


def test_what_was_not_read_is_asked_for_and_what_points_nowhere_is_none(voltara: Net) -> None:
    voltara.lead(product_line=None, message="Only one")
    actor = voltara.actor("administrator")
    with network_context(voltara.network):
        rows = Lead.objects.visible_to(actor, LeadCapability.VIEW).order_by("id")
        (found,) = first_of_each([Part(rows, ("uid", "product_line__name"))], 5)
        assert found.rows[0].product_line is None
        assert found.rows[0].message == "Only one"


def test_amounts_stay_exact(voltara: Net) -> None:
    exact = Decimal("12345678901234.5678")
    actor = voltara.actor("administrator")
    dealer = voltara.partners["dealer_a"]
    with network_context(voltara.network):
        PartnerFigure.objects.create(
            network=voltara.network,
            metric="leads.acceptance",
            version=1,
            day=NOW.date(),
            partner=dealer,
            territory=dealer.territory,
            numerator=exact,
            denominator=1,
        )
        rows = PartnerFigure.objects.visible_to(actor, PartnerCapability.VIEW).order_by("id")
        (found,) = first_of_each([Part(rows, ("numerator", "day"))], 5)
        assert (found.rows[0].numerator, found.rows[0].day) == (exact, NOW.date())


def test_nothing_asks_nothing() -> None:
    assert first_of_each([], 5) == []
