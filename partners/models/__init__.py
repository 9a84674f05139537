"""Territories, partners, calendars, affiliations and holdings."""

from partners.models.calendars import BusinessCalendar
from partners.models.figures import PartnerFigure
from partners.models.files import StoredFile
from partners.models.holdings import Affiliation, PartnerHolding, TerritoryHolding
from partners.models.invitations import Invitation, InvitationState
from partners.models.partners import Partner, PartnerKind
from partners.models.products import ProductLine
from partners.models.territories import PostalArea, Territory

__all__ = [
    "Affiliation",
    "BusinessCalendar",
    "Invitation",
    "InvitationState",
    "Partner",
    "PartnerFigure",
    "PartnerHolding",
    "PartnerKind",
    "PostalArea",
    "ProductLine",
    "StoredFile",
    "Territory",
    "TerritoryHolding",
]
