"""Offers: the list, the page on which a partner decides, and the two answers."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from dnm.scoping.authority import may
from dnm.web.timeline import lines_about
from dnm.web.views.details import ScopedDetailView
from dnm.web.views.forms import TransitionView
from dnm.web.views.lists import Empty, ScopedListView
from leads.domain.explaining import why_you
from leads.domain.offers import accept_offer, decline_offer
from leads.filters import OfferFilters
from leads.models import Lead, Offer
from leads.permissions import LeadCapability, OfferCapability
from leads.states import DeclineReason, OfferState
from leads.tables import OfferTable
from leads.views.sketch import Sketch, sketch
from partners.permissions import PartnerCapability


class OfferListView(ScopedListView):
    """Offers to the reader's partner, or in the reader's territory."""

    model = Offer
    capability = OfferCapability.VIEW
    table_class = OfferTable
    filterset_class = OfferFilters
    quick = "state"
    is_live = True
    quick_values = (OfferState.PENDING, OfferState.ACCEPTED, OfferState.DECLINED, OfferState.LAPSED)
    title = _("Offers")
    file_name = "offers"
    empty = Empty(
        _("No offers yet"), _("When a customer near you asks for what you sell, the offer stands here.")
    )

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("product_line", "partner")


class OfferDetailView(ScopedDetailView):
    """Everything needed to decide, and nothing that would give the customer away before."""

    model = Offer
    capability = OfferCapability.VIEW
    template_name = "leads/offer.html"

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("product_line", "partner", "lead")

    def get_context_data(self, record: Offer) -> dict[str, Any]:
        return {
            "crumbs": [(_("Offers"), "/offers/")],
            "sees_partner": may(self.actor, PartnerCapability.VIEW, record.partner),
            "may_answer": may(self.actor, OfferCapability.ANSWER, record),
            "is_open": record.state == OfferState.PENDING and record.due_at > self.at,
            "is_late": record.state == OfferState.PENDING and record.due_at <= self.at,
            "reasons": DeclineReason.choices,
            "why": why_you(record),
            "sketch": _sketch(record),
            "lead": self._lead(record),
            "lines": lines_about(
                record,
                everything=may(self.actor, LeadCapability.VIEW_DECISION, record),
                request=self.request,
            ),
        }

    def _lead(self, offer: Offer) -> Lead | None:
        """The lead itself, for those who may open it."""
        lead = offer.lead
        return lead if may(self.actor, LeadCapability.VIEW, lead) else None


class AcceptOfferView(TransitionView):
    """One tap: the lead is the partner's."""

    model = Offer
    capability = OfferCapability.VIEW
    done = _("The lead is yours. Call soon: the first to call wins most often.")

    def perform(self, record: Offer) -> None:
        self.lead = accept_offer(offer=record, actor=self.actor, at=self.at)

    def get_success_url(self, record: Offer) -> str:
        return self.lead.get_absolute_url()


class DeclineOfferView(TransitionView):
    """Two taps: decline, and why."""

    model = Offer
    capability = OfferCapability.VIEW
    done: ClassVar[Any] = _("Declined. The lead goes on to the next partner.")

    def perform(self, record: Offer) -> None:
        decline_offer(
            offer=record,
            reason=self.request.POST.get("reason", ""),
            note=self.request.POST.get("note", ""),
            actor=self.actor,
            at=self.at,
        )


def _sketch(offer: Offer) -> Sketch | None:
    """Where they are, by postal area. Within one area there is nothing to draw."""
    here = (offer.partner.latitude, offer.partner.longitude)
    there = (offer.lead.latitude, offer.lead.longitude)
    if offer.distance_km is None or offer.distance_km < 1 or None in (*here, *there):
        return None
    return sketch(here, there, offer.distance_km)  # type: ignore[arg-type]
