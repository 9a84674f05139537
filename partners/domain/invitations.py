"""Inviting people, and what becomes of an invitation. Nobody joins but by accepting in person."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership, User
from dnm.accounts.models.memberships import MembershipState
from dnm.events.publishing import publish
from dnm.scoping.actors import actor_for_membership
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Conflict, DomainError, Invalid
from partners.domain.access import Right, check_may_give, grant_role, holdings_of, narrowed
from partners.domain.people import take_on
from partners.events.invitations import (
    InvitationAccepted,
    InvitationRevoked,
    InvitationSentAgain,
    PersonInvited,
)
from partners.models import (
    Affiliation,
    Invitation,
    Partner,
    PartnerHolding,
    ProductLine,
    Territory,
)
from partners.permissions import PartnerCapability
from partners.roles import STAFF_ROLES, Role
from partners.states import PartnerState

LASTS = timedelta(days=14)
PAUSE = timedelta(minutes=1)
"""Between two mails of one invitation."""
MOST_MAILS = 10
"""Of one invitation."""
MOST_A_DAY = 100
"""Invitations that one member writes by hand; a job of `invite_people` has no such limit."""


class NoSuchInvitation(Conflict):
    """The link opens nothing: never made, used, expired, revoked, or its inviter may no longer invite."""

    code = "no-such-invitation"


@transaction.atomic
def invite_person(
    *,
    email: str,
    name: str,
    partner: Partner,
    role: Role,
    actor: Actor,
    at: datetime,
    title: str = "",
    at_territory: Territory | None = None,
    within_territory: Territory | None = None,
    product_line_ids: Collection[int] | None = None,
    valid_to: date | None = None,
    lasts: timedelta = LASTS,
    in_bulk: bool = False,
) -> Invitation:
    """Ask a person to join the network at a partner, with a first role there (staff: at a territory).

    The actor gives nothing that is wider than its own right; what is left open is narrowed to it. Whether the
    address has a login already, here or elsewhere, makes no difference and is not told. A mail with the link
    follows. Raises `NotAllowed`, `Invalid`, `Conflict`.
    """
    authorise(actor, PartnerCapability.MANAGE_PEOPLE, partner, system=True)
    email = email.strip().lower()
    node: Any = _node(partner, role, at_territory)
    asked = Right(node, within_territory, product_line_ids, valid_to)
    right = narrowed(actor, role, asked)
    _check_lines(right.lines)
    if partner.state == PartnerState.CLOSED:
        raise Conflict(_("A closed partner takes nobody on."), code="partner-closed")
    if not in_bulk:
        _check_not_too_many(actor, at)
    _refuse_known_here(email, partner, actor)
    Invitation.objects.standing().filter(partner=partner, email=email, expires_at__lte=at).update(
        revoked_at=at, mail_due_at=None
    )
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                network_id=actor.network_id,
                partner=partner,
                territory_id=partner.territory_id,
                email=email,
                name=name.strip(),
                title=title.strip(),
                role=str(role),
                at_territory=at_territory,
                within_territory=right.within,
                product_line_ids=sorted(right.lines) if right.lines is not None else None,
                valid_to=right.until,
                invited_by=actor.membership,
                inviter_name=actor.name,
                created_at=at,
                expires_at=at + lasts,
                mail_due_at=at,
            )
    except IntegrityError:
        raise Conflict(
            _("This person is invited already. Send the invitation again instead."), code="already-invited"
        ) from None
    publish(PersonInvited(role=str(role)), subject=invitation, actor=actor, at=at)
    return invitation


@transaction.atomic
def send_again(*, invitation: Invitation, actor: Actor, at: datetime, lasts: timedelta = LASTS) -> Invitation:
    """Another mail with another link, and time anew. Raises `NotAllowed`, `Conflict`."""
    invitation = _locked(invitation)
    _check_may_manage(invitation, actor)
    if not invitation.is_standing:
        raise Conflict(_("This invitation is over."), code="invitation-over")
    if invitation.sends >= MOST_MAILS:
        raise Conflict(_("This was sent often enough. Revoke it and check the address."), code="too-many")
    if invitation.mail_due_at is not None or (invitation.sent_at and invitation.sent_at > at - PAUSE):
        raise Conflict(_("A mail is on its way. Wait a minute."), code="too-soon")
    invitation.expires_at, invitation.mail_due_at = at + lasts, at
    invitation.mail_attempts, invitation.mail_error = 0, ""
    invitation.save(update_fields=["expires_at", "mail_due_at", "mail_attempts", "mail_error"])
    publish(InvitationSentAgain(), subject=invitation, actor=actor, at=at)
    return invitation


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, actor: Actor, at: datetime) -> Invitation:
    """Take an invitation back: its link is dead at once. Raises `NotAllowed`, `Conflict`."""
    invitation = _locked(invitation)
    _check_may_manage(invitation, actor)
    if not invitation.is_standing:
        raise Conflict(_("This invitation is over."), code="invitation-over")
    invitation.revoked_at, invitation.mail_due_at, invitation.digest = at, None, None
    invitation.save(update_fields=["revoked_at", "mail_due_at", "digest"])
    publish(InvitationRevoked(), subject=invitation, actor=actor, at=at)
    return invitation


def invitation_of(digest: str, at: datetime) -> Invitation:
    """The invitation that a link opens, in the current network. Raises `NoSuchInvitation`, for whatever
    reason.
    """
    rows = Invitation.objects.open(at).filter(digest=digest)
    found = rows.select_related("partner", "at_territory", "invited_by__user", "invited_by__network").first()
    if found is None or found.partner.state == PartnerState.CLOSED or not _inviter_still_may(found, at):
        raise NoSuchInvitation(_("This invitation cannot be used."))
    return found  # type: ignore[no-any-return]


def login_of(invitation: Invitation) -> User | None:
    """The login that the invited address has already. For the eyes of whoever holds the link, nobody else."""
    return User.objects.filter(email=invitation.email).first()


@transaction.atomic
def accept_with_new_login(*, invitation: Invitation, name: str, at: datetime) -> Membership:
    """The invited person has no login: make one, without a password, and join.

    The address is proven by the link. Raises `Conflict` when a login came into being meanwhile.
    """
    _refuse_used(invitation, at)
    try:
        with transaction.atomic():
            user = User.objects.create_user(email=invitation.email, name=name.strip() or invitation.name)
    except IntegrityError:
        raise Conflict(_("There is a login with this address. Log in first."), code="login-exists") from None
    return _join(invitation, user, at)


@transaction.atomic
def accept_with_login(*, invitation: Invitation, user: User, at: datetime) -> Membership:
    """The invited person has logged in with an authenticator of its own, and joins. Raises `Conflict`."""
    _refuse_used(invitation, at)
    if user.email != invitation.email or not user.is_active:
        raise Conflict(_("This invitation is for somebody else."), code="somebody-else")
    return _join(invitation, user, at)


def _join(invitation: Invitation, user: User, at: datetime) -> Membership:
    system = Actor.system("invitation", invitation.network_id)
    by = replace(system, name=str(user), user=user)
    membership = take_on(user=user, partner=invitation.partner, title=invitation.title, by=by, at=at)
    role, node = Role(invitation.role), invitation.at_territory or invitation.partner
    held = {(holding.role, holding.content_object) for holding in holdings_of(membership)}
    if (str(role), node) not in held:
        grant_role(
            membership=membership,
            role=role,
            node=node,
            within_territory=invitation.within_territory,
            product_line_ids=invitation.product_line_ids,
            valid_to=invitation.valid_to,
            actor=system,
            at=at,
        )
    Invitation.objects.filter(pk=invitation.pk).update(
        accepted_at=at, accepted_by=membership, digest=None, mail_due_at=None
    )
    event = InvitationAccepted(role=str(role), member=str(membership.uid))
    publish(event, subject=invitation, actor=replace(by, membership=membership), at=at)
    return membership


def _refuse_used(invitation: Invitation, at: datetime) -> None:
    """Of two who accept at once the second waits here, and finds it used."""
    present = _locked(invitation)
    unchanged = present.digest is not None and present.digest == invitation.digest
    if not (unchanged and present.state_at(at) == "open" and _inviter_still_may(invitation, at)):
        raise NoSuchInvitation(_("This invitation cannot be used."))


def _inviter_still_may(invitation: Invitation, at: datetime) -> bool:
    """An invitation is worth what its inviter may give now: nothing after a lock or a lost right."""
    inviter = invitation.invited_by
    if inviter is None:
        return True
    if inviter.state != MembershipState.ACTIVE or not inviter.user.is_active:
        return False
    actor = actor_for_membership(inviter, via="session", at=at)
    try:
        check_may_give(actor, Role(invitation.role), _right_of(invitation))
    except DomainError:
        return False
    return True


def _check_may_manage(invitation: Invitation, actor: Actor) -> None:
    authorise(actor, PartnerCapability.MANAGE_PEOPLE, invitation.partner, system=True)
    check_may_give(actor, Role(invitation.role), _right_of(invitation))


def _right_of(invitation: Invitation) -> Right:
    node = invitation.at_territory or invitation.partner
    return Right(node, invitation.within_territory, invitation.product_line_ids, invitation.valid_to)


def _locked(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("partner", "at_territory")
    return rows.get(pk=invitation.pk)  # type: ignore[no-any-return]


def _node(partner: Partner, role: Role, at_territory: Territory | None) -> Partner | Territory:
    if at_territory is None:
        return partner
    if partner.parent_id is not None or role not in STAFF_ROLES:
        raise Invalid(fields={"role": _("This role is held at a partner.")})
    return at_territory


def _check_lines(lines: Collection[int] | None) -> None:
    if lines is not None and ProductLine.objects.filter(pk__in=lines).count() != len(set(lines)):
        raise Invalid(fields={"product_lines": _("There is no such product line.")})


def _check_not_too_many(actor: Actor, at: datetime) -> None:
    if actor.membership is None:
        return
    day = Invitation.objects.filter(invited_by=actor.membership, created_at__gt=at - timedelta(days=1))
    if day.count() >= MOST_A_DAY:
        raise Conflict(_("That were enough invitations for one day."), code="too-many")


def _refuse_known_here(email: str, partner: Partner, actor: Actor) -> None:
    """Somebody whose card lies at this very partner, or who holds a role at it, is in the inviter's sight:
    that is no secret.
    """
    here = Affiliation.objects.filter(partner=partner), PartnerHolding.objects.filter(content_object=partner)
    if any(
        rows.filter(membership__user__email=email).exclude(membership__state=MembershipState.REMOVED).exists()
        for rows in here
    ):
        raise Conflict(_("This person is a member here already."), code="already-a-member")
