"""Territories, partners, calendars, affiliations and holdings."""

from partners.models.authorisations import Activity, Authorisation
from partners.models.calendars import BusinessCalendar
from partners.models.changes import BankAccount, ChangeRequest
from partners.models.comments import Comment
from partners.models.content import Acknowledgement, Publication, PublicationVersion
from partners.models.documents import Document, DocumentType
from partners.models.exits import ExitSettlement, SettlementItem
from partners.models.figures import PartnerFigure
from partners.models.files import StoredFile
from partners.models.holdings import Affiliation, PartnerHolding, TerritoryHolding
from partners.models.invitations import Invitation, InvitationState
from partners.models.moves import PartnerMove
from partners.models.onboarding import (
    Answer,
    Application,
    ApplicationLink,
    ChecklistItem,
    ChecklistTemplate,
    Decision,
    Question,
    Stage,
    Track,
)
from partners.models.partners import Partner, PartnerKind
from partners.models.products import ProductLine
from partners.models.territories import PostalArea, Territory
from partners.models.tiers import Tier, TierBenefit, TierCriterion, TierReview, TierStanding

__all__ = [
    "Acknowledgement",
    "Activity",
    "Affiliation",
    "Answer",
    "Application",
    "ApplicationLink",
    "Authorisation",
    "BankAccount",
    "BusinessCalendar",
    "ChangeRequest",
    "ChecklistItem",
    "ChecklistTemplate",
    "Comment",
    "Decision",
    "Document",
    "DocumentType",
    "ExitSettlement",
    "Invitation",
    "InvitationState",
    "Partner",
    "PartnerFigure",
    "PartnerHolding",
    "PartnerKind",
    "PartnerMove",
    "PostalArea",
    "ProductLine",
    "Publication",
    "PublicationVersion",
    "Question",
    "SettlementItem",
    "Stage",
    "StoredFile",
    "Territory",
    "TerritoryHolding",
    "Tier",
    "TierBenefit",
    "TierCriterion",
    "TierReview",
    "TierStanding",
    "Track",
]
