"""The last step: the application becomes a partner, and its first user is invited."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import Network
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Conflict
from partners.domain.invitations import invite_person
from partners.domain.onboarding.deciding import check_decides, check_nothing_open, locked, next_state, step
from partners.domain.onboarding.papers import ask_at_once
from partners.domain.partners import change_partner_state, create_partner
from partners.domain.places import locate
from partners.models import Application, Partner, ProductLine, Territory
from partners.permissions.onboarding import OnboardingCapability
from partners.roles import Role
from partners.states import PartnerState
from partners.states.onboarding import ApplicationState


@transaction.atomic
def take_live(
    *,
    application: Application,
    code: str,
    parent: Partner,
    territory: Territory,
    actor: Actor,
    at: datetime,
    product_lines: Collection[ProductLine] = (),
    reason: str = "",
) -> Partner:
    """Make the partner, live, below `parent` and in `territory`, with the applicant as its owner. It owes the
    documents of its kind and country from then on.

    The code is what the other systems call it: a person gives it. Raises `NotAllowed`, `Invalid`, and
    `Conflict` while something is open, or when the code is taken.
    """
    application = locked(application)
    authorise(actor, OnboardingCapability.GO_LIVE, application)
    check_decides(application, actor)
    if next_state(application) != ApplicationState.LIVE:
        raise Conflict(_("This is not the next stage of its track."), code="not-next")
    check_nothing_open(application)
    network = Network.objects.get(pk=actor.network_id)
    place = locate(postal_code=application.postal_code, country=network.country)
    partner = create_partner(
        code=code,
        trade_name=application.organisation,
        kind=application.kind,
        parent=parent,
        territory=territory,
        postal_code=application.postal_code,
        address=application.address,
        phone=application.phone,
        email=application.email,
        latitude=place.latitude if place.known else None,
        longitude=place.longitude if place.known else None,
        product_lines=product_lines,
        state=PartnerState.ONBOARDING,
        actor=actor,
        at=at,
    )
    change_partner_state(partner=partner, transition="go_live", actor=actor, at=at)
    ask_at_once(partner=partner, at=at)
    invite_first_user(application=application, partner=partner, actor=actor, at=at)
    changes = {"partner": partner, "parent": parent, "territory": territory, "live_at": at}
    step(application, "go_live", actor, at, reason=reason, changes=changes)
    return partner


def invite_first_user(*, application: Application, partner: Partner, actor: Actor, at: datetime) -> None:
    """Invite the applicant as the partner's owner, who brings the partner's own people in from there."""
    invite_person(
        email=application.email,
        name=application.contact_name,
        partner=partner,
        role=Role.PARTNER_OWNER,
        actor=actor,
        at=at,
    )
