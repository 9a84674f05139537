"""Leads, offers, routing decisions and what routing keeps count of."""

from leads.models.leads import Lead
from leads.models.offers import Offer
from leads.models.routing import PartnerLoad, RoutingDecision, RoutingPolicy

__all__ = ["Lead", "Offer", "PartnerLoad", "RoutingDecision", "RoutingPolicy"]
