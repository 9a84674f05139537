"""Leads, offers and the routing policy in the network's administration."""

from leads.admin import leads, offers, routing

__all__ = ["leads", "offers", "routing"]
