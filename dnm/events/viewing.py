"""Beginning and ending a look at the portal through another member's eyes. Both stand in the log."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership, ViewAs
from dnm.accounts.models.memberships import MembershipState
from dnm.accounts.models.viewing import LONGEST
from dnm.events.kinds import DomainEvent
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise_everywhere
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from dnm.scoping.permissions import OversightCapability


@dataclass(frozen=True, kw_only=True)
class ViewAsBegan(DomainEvent):
    """An administrator began to look at the portal as a member."""

    kind: ClassVar[str] = "accounts.view_as_began"
    title: ClassVar = gettext_lazy("Viewed as this member: began")
    internal: ClassVar[bool] = True
    view: str
    reason: str
    until: str


@dataclass(frozen=True, kw_only=True)
class ViewAsEnded(DomainEvent):
    """The look ended. `cause`: left, expired, logged_out, replaced, or refused (the right to it was gone)."""

    kind: ClassVar[str] = "accounts.view_as_ended"
    title: ClassVar = gettext_lazy("Viewed as this member: ended")
    internal: ClassVar[bool] = True
    view: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class ViewAsDownloaded(DomainEvent):
    """A file was taken while looking as a member."""

    kind: ClassVar[str] = "accounts.view_as_downloaded"
    title: ClassVar = gettext_lazy("Viewed as this member: took a file")
    internal: ClassVar[bool] = True
    view: str
    path: str


@transaction.atomic
def begin_view_as(*, target: Membership, reason: str, actor: Actor, at: datetime) -> ViewAs:
    """Look at the portal as `target`, reading only, for 30 minutes at most.

    One look at a time: an earlier one of the same administrator ends. A token cannot look, nor can who is
    looking already. Raises `NotAllowed`, `Invalid` (no reason), `Conflict` (oneself, a locked member).
    """
    authorise_everywhere(actor, OversightCapability.VIEW_AS)
    if actor.via != "session" or actor.membership is None or actor.viewing_as is not None:
        raise NotAllowed(_("Only a person at the portal's own pages can look as somebody else."))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Give a reason.")})
    if target.pk == actor.membership_id:
        raise Conflict(_("You see the portal as yourself already."), code="own-membership")
    if target.state != MembershipState.ACTIVE or not target.user.is_active:
        raise Conflict(_("This member is locked and sees nothing."), code="member-locked")
    for earlier in ViewAs.objects.filter(viewer=actor.membership, ended_at=None):
        end_view_as(view=earlier, cause="replaced", actor=actor, at=at)
    view: ViewAs = ViewAs.objects.create(
        network_id=actor.network_id,
        viewer=actor.membership,
        target=target,
        reason=reason.strip(),
        started_at=at,
        expires_at=at + LONGEST,
    )
    event = ViewAsBegan(view=str(view.uid), reason=view.reason, until=view.expires_at.isoformat())
    publish(event, subject=target, actor=replace(actor, on_behalf_of=target), at=at)
    return view


@transaction.atomic
def end_view_as(*, view: ViewAs, cause: str, actor: Actor, at: datetime) -> None:
    """End a look; nothing happens to one that has ended. `actor` is who looked, or the system's clock."""
    until = min(at, view.expires_at)
    if not ViewAs.objects.filter(pk=view.pk, ended_at=None).update(ended_at=max(until, view.started_at)):
        return
    target = Membership.objects.select_related("user").get(pk=view.target_id)
    acting = actor if actor.is_system else replace(actor, on_behalf_of=target, viewing_as=None)
    publish(ViewAsEnded(view=str(view.uid), cause=cause), subject=target, actor=acting, at=until)


def end_expired_views(*, actor: Actor, at: datetime) -> int:
    """End the network's looks that have run out with nobody there to notice; returns how many."""
    overdue = list(ViewAs.objects.filter(ended_at=None, expires_at__lte=at))
    for view in overdue:
        end_view_as(view=view, cause="expired", actor=actor, at=at)
    return len(overdue)


def note_download(*, actor: Actor, path: str, at: datetime) -> None:
    """Log that a file was taken during a look."""
    viewing = actor.viewing_as
    if viewing is None or actor.membership is None:
        raise NotAllowed
    acting = replace(viewing.viewer, on_behalf_of=actor.membership)
    event = ViewAsDownloaded(view=str(viewing.uid), path=path[:200])
    publish(event, subject=actor.membership, actor=acting, at=at)
