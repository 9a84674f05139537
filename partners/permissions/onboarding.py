"""What one may do with applications and the tracks they follow, and which roles may."""

from collections.abc import Set as AbstractSet
from enum import StrEnum

from dnm.scoping.capabilities import register_capabilities
from partners.roles import STAFF_ROLES, Role


class OnboardingCapability(StrEnum):
    """Capabilities over applications and tracks."""

    VIEW = "partners.view_application"
    VIEW_APPLICANT = "partners.view_applicant"
    ADD = "partners.add_application"
    DECIDE = "partners.decide_application"
    GO_LIVE = "partners.take_application_live"
    VIEW_TRACK = "partners.view_track"
    MANAGE_TRACK = "partners.manage_track"


ADMINISTRATORS = {Role.NETWORK_ADMINISTRATOR}
CHANNEL = ADMINISTRATORS | {Role.ZONE_MANAGER, Role.PROGRAMME_MANAGER}
DECIDERS = CHANNEL | {Role.FINANCE}
"""Roles that a stage of a track may name as its deciders."""

GRANTED: dict[StrEnum, AbstractSet[Role]] = {
    OnboardingCapability.VIEW: STAFF_ROLES - {Role.CLAIMS_ADJUDICATOR},
    OnboardingCapability.VIEW_APPLICANT: CHANNEL,
    OnboardingCapability.ADD: CHANNEL,
    OnboardingCapability.DECIDE: DECIDERS,
    OnboardingCapability.GO_LIVE: ADMINISTRATORS,
    OnboardingCapability.VIEW_TRACK: ADMINISTRATORS | {Role.AUDITOR},
    OnboardingCapability.MANAGE_TRACK: ADMINISTRATORS,
}


def register() -> None:
    """Called when the app starts."""
    register_capabilities(GRANTED)
