"""Members of a network: adding, affiliating, locking, removing. Logins belong to the persons themselves."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import ApiToken, Membership, User
from dnm.accounts.models.memberships import MembershipState
from dnm.events.publishing import publish
from dnm.notifications.live.publishing import close_streams
from dnm.scoping.authority import authorise, may
from dnm.scoping.errors import Conflict, NotAllowed
from partners.domain.access import check_may_give, holdings_of, right_of
from partners.events import (
    MemberAdded,
    MemberChanged,
    MemberLocked,
    MemberRemoved,
    MemberReturned,
    MemberUnlocked,
)
from partners.models import Affiliation, Partner
from partners.permissions import PartnerCapability
from partners.roles import Role


@transaction.atomic
def add_member(
    *, email: str, name: str, partner: Partner, actor: Actor, at: datetime, title: str = ""
) -> Membership:
    """Make a person a member of the network, at a partner.

    Brands do not trust each other: a login that exists already, here or in another network, is not joined by
    a member's word, and the refusal tells neither where nor whose it is. Only the system (seeding, the
    platform's operators) joins one. Raises `NotAllowed`, `Conflict`.
    """
    authorise(actor, PartnerCapability.MANAGE_PEOPLE, partner, system=True)
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is not None and not actor.is_system:
        raise Conflict(_("This address cannot be added."), code="cannot-be-added")
    if user is None:
        user = User.objects.create_user(email=email, name=name)
    if Membership.objects.filter(user=user).exists():
        raise Conflict(_("This person is a member already."), code="already-a-member")
    membership = Membership.objects.create(network_id=actor.network_id, user=user, title=title)
    Affiliation.objects.create(network_id=actor.network_id, membership=membership, partner=partner)
    publish(MemberAdded(), subject=membership, actor=actor, at=at)
    return membership


@transaction.atomic
def change_member(*, membership: Membership, title: str, actor: Actor, at: datetime) -> Membership:
    """Change the card of a member. Name, address and authenticators belong to the person, and stay."""
    _check_may_manage(actor, membership)
    changed = Membership.objects.filter(pk=membership.pk).exclude(title=title).update(title=title)
    membership.title = title
    if changed:
        publish(MemberChanged(fields=["title"]), subject=membership, actor=actor, at=at)
    return membership


@transaction.atomic
def lock_member(*, membership: Membership, actor: Actor, at: datetime) -> Membership:
    """Shut a member out: live streams end now, sessions and tokens with the next request."""
    _check_may_manage(actor, membership)
    if actor.membership_id == membership.pk:
        raise Conflict(_("You cannot lock yourself out."), code="own-membership")
    close_streams(membership.network_id, membership.pk)
    return _set_state(membership, MembershipState.ACTIVE, MembershipState.LOCKED, MemberLocked(), actor, at)


@transaction.atomic
def unlock_member(*, membership: Membership, actor: Actor, at: datetime) -> Membership:
    """Let a locked member in again."""
    _check_may_manage(actor, membership)
    return _set_state(membership, MembershipState.LOCKED, MembershipState.ACTIVE, MemberUnlocked(), actor, at)


@transaction.atomic
def remove_member(*, membership: Membership, actor: Actor, at: datetime) -> Membership:
    """End a membership: no role, no token, no door, at once. What the person did stays in the log.

    The login is the person's own and lives on, here without a membership. Another invitation brings the
    person back. Raises `NotAllowed`, `Conflict`.
    """
    _check_may_manage(actor, membership)
    if actor.membership_id == membership.pk:
        raise Conflict(_("You cannot remove yourself."), code="own-membership")
    for holding in holdings_of(membership):
        holding.delete()
    ApiToken.objects.filter(membership=membership, revoked_at=None).update(revoked_at=at)
    close_streams(membership.network_id, membership.pk)
    source = Membership.objects.values_list("state", flat=True).get(pk=membership.pk)
    if source == MembershipState.REMOVED:
        raise Conflict(_("This person has left already."), code="state-changed")
    return _set_state(membership, source, MembershipState.REMOVED, MemberRemoved(), actor, at)


@transaction.atomic
def take_on(*, user: User, partner: Partner, title: str, by: Actor, at: datetime) -> Membership:
    """The membership of a person who accepted an invitation: a new one, the one there is, or the former one.

    A locked member stays locked: an invitation is no key. Raises `Conflict`.
    """
    membership = Membership.objects.select_for_update(of=("self",)).filter(user=user).first()
    if membership is None:
        membership = Membership.objects.create(network_id=by.network_id, user=user, title=title)
        Affiliation.objects.create(network_id=by.network_id, membership=membership, partner=partner)
        publish(MemberAdded(), subject=membership, actor=by, at=at)
    elif membership.state == MembershipState.LOCKED:
        raise Conflict(_("This membership is locked."), code="locked")
    elif membership.state == MembershipState.REMOVED:
        Affiliation.objects.filter(membership=membership).update(partner=partner)
        Membership.objects.filter(pk=membership.pk).update(title=title)
        _set_state(membership, MembershipState.REMOVED, MembershipState.ACTIVE, MemberReturned(), by, at)
    return membership


@transaction.atomic
def create_token(
    *, membership: Membership, name: str, actor: Actor, at: datetime, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A machine key for the actor's own membership. Returns the row and the secret, which is shown only
    now.
    """
    if actor.membership_id != membership.pk and not actor.is_system:
        raise NotAllowed
    secret = ApiToken.new_secret()
    token = ApiToken.objects.create(
        network_id=membership.network_id,
        membership=membership,
        name=name,
        hint=secret[:8],
        digest=ApiToken.digest_of(secret),
        expires_at=expires_at,
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, actor: Actor, at: datetime) -> ApiToken:
    """End a machine key at once."""
    if actor.membership_id != token.membership_id:
        raise NotAllowed
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)
    token.refresh_from_db()
    return token


def members_visible_to(actor: Actor) -> Any:
    """Members whose partner the actor may look into, with user and partner."""
    partners = Partner.objects.visible_to(actor, PartnerCapability.VIEW_PEOPLE)
    return (
        Membership.objects.filter(affiliations__partner__in=partners.values("pk"))
        .exclude(state=MembershipState.REMOVED)
        .select_related("user")
        .prefetch_related("affiliations__partner")
        .distinct()
    )


def partner_of(membership: Membership) -> Partner | None:
    """The partner on the member's card."""
    affiliation = (
        Affiliation.objects.select_related("partner__territory").filter(membership=membership).first()
    )
    return affiliation.partner if affiliation else None


def _check_may_manage(actor: Actor, membership: Membership) -> None:
    """The member's card is at a partner whose people the actor manages, and the member holds nothing that the
    actor could not give: nobody locks out somebody with wider rights, or with rights elsewhere.
    """
    partner = partner_of(membership)
    if actor.is_system:
        return
    if partner is None or not may(actor, PartnerCapability.MANAGE_PEOPLE, partner):
        raise NotAllowed
    for holding in holdings_of(membership):
        check_may_give(actor, Role(holding.role), right_of(holding))


def _set_state(
    membership: Membership, source: str, target: str, event: Any, actor: Actor, at: datetime
) -> Membership:
    changed = Membership.objects.filter(pk=membership.pk, state=source).update(state=target)
    if not changed:
        raise Conflict(_("Somebody was faster: reload to see the present state."), code="state-changed")
    membership.state = target
    publish(event, subject=membership, actor=actor, at=at)
    return membership
