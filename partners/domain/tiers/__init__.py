"""Tiers: the ladder, the nightly projection, reviews and overrides, and what other apps ask for by name."""

from partners.domain.tiers.queries import entitlement, tier_at

__all__ = ["entitlement", "tier_at"]
