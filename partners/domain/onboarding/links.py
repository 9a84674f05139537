"""The applicant's personal link: signed, bound to the network, revocable, and over on a day."""

from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import Network
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Conflict
from partners.events.onboarding import LinkIssued, LinkRevoked
from partners.models import Application, ApplicationLink
from partners.permissions.onboarding import OnboardingCapability


def _signer(network: Network) -> signing.Signer:
    return signing.Signer(salt=f"application-link:{network.uid.hex}")


def token_of(link: ApplicationLink, network: Network) -> str:
    """What the address of the personal page ends with."""
    return _signer(network).sign(link.uid.hex)


def application_behind(token: str, *, network: Network, at: datetime) -> Application | None:
    """The application that a personal link opens; None for a wrong, foreign, expired or revoked one."""
    try:
        uid = _signer(network).unsign(token)
    except signing.BadSignature:
        return None
    link = (
        ApplicationLink.objects.select_related("application__track")
        .filter(uid=uid, revoked_at=None, expires_at__gt=at)
        .first()
    )
    return link.application if link else None


def live_link(application: Application, at: datetime) -> ApplicationLink | None:
    """The link that opens the application now."""
    found: ApplicationLink | None = ApplicationLink.objects.filter(
        application=application, revoked_at=None, expires_at__gt=at
    ).first()
    return found


@transaction.atomic
def issue_link(*, application: Application, actor: Actor, at: datetime) -> ApplicationLink:
    """Send the applicant a new personal link; an earlier one ends."""
    authorise(actor, OnboardingCapability.VIEW_APPLICANT, application, system=True)
    _end_links(application, at)
    link = ApplicationLink.objects.create(
        network_id=actor.network_id,
        application=application,
        created_at=at,
        expires_at=at + timedelta(days=application.track.link_days),
    )
    event = LinkIssued(link=str(link.uid), until=link.expires_at.isoformat())
    publish(event, subject=application, actor=actor, at=at)
    return link


@transaction.atomic
def revoke_link(*, application: Application, actor: Actor, at: datetime) -> None:
    """The applicant's link opens nothing from now on. Raises `Conflict` when none is live."""
    authorise(actor, OnboardingCapability.VIEW_APPLICANT, application, system=True)
    if not _end_links(application, at):
        raise Conflict(_("There is no link to revoke."), code="no-link")
    publish(LinkRevoked(), subject=application, actor=actor, at=at)


def _end_links(application: Application, at: datetime) -> int:
    live = ApplicationLink.objects.filter(application=application, revoked_at=None)
    return int(live.update(revoked_at=at))
