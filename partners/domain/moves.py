"""Moving a partner, with everything below it, under another one: now, or on a later day."""

import time
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Func, IntegerField, Max, Q
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership
from dnm.accounts.models.memberships import MembershipState
from dnm.accounts.tenancy import network_context
from dnm.events.publishing import publish
from dnm.jobs.models import FINAL_STATES, Job
from dnm.jobs.running import RunningJob, job_handler, start_job
from dnm.scoping.actors import actor_for_membership
from dnm.scoping.authority import authorise, may
from dnm.scoping.errors import Conflict, DomainError, Invalid, NotAllowed
from dnm.scoping.moves import TreeMove
from dnm.scoping.rewriting import close_if_done, rewrite_some, stale_rows
from partners.domain.authorisations import today_in
from partners.events.organisation import PartnerMoved, PartnerMoveDropped, PartnerMovePlanned
from partners.models import Partner, PartnerMove
from partners.permissions import PartnerCapability
from partners.states import PartnerState

REWRITE = "partners.rewrite_levels"
LEVEL = Func("path", function="nlevel", output_field=IntegerField())
HELD = 0.2
"""Seconds to wait for rows that somebody else holds."""
PLANNED = Q(done_at=None, dropped_at=None)


@transaction.atomic
def move_partner(
    *,
    partner: Partner,
    parent: Partner,
    reason: str,
    actor: Actor,
    at: datetime,
    effective_on: date | None = None,
) -> PartnerMove:
    """Let `partner` and everything below it buy from `parent`: from now on, or from the morning of a later
    day.

    What was recorded before keeps its path. The tree is right when this returns; rows that hang on the
    partners are rewritten by a job, and meanwhile the scope already is the new one. Needs the right to move
    both partners. Raises `NotAllowed`, `Invalid` (cycle, too deep, same parent; fields named), and `Conflict`
    while another move in the branch is under way or planned.
    """
    _authorise(partner, parent, actor)
    if not reason.strip():
        raise Invalid(fields={"reason": _("Give a reason.")})
    partner, parent = _locked(partner, parent)
    _check(partner, parent)
    if PartnerMove.objects.filter(PLANNED, partner=partner).exists():
        raise Conflict(
            _("A move of this partner is planned already: call it off first."), code="move-planned"
        )
    today = today_in(actor.network_id, at)
    move = PartnerMove(
        network_id=actor.network_id,
        partner=partner,
        to_parent=parent,
        effective_on=max(effective_on or today, today),
        reason=reason.strip(),
        membership=actor.membership,
        ordered_at=at,
    )
    if effective_on is not None and effective_on < today:
        raise Invalid(
            fields={"effective_on": _("What is recorded stays as it is: a move begins today or later.")}
        )
    move.save(force_insert=True)
    if move.effective_on > today:
        event = PartnerMovePlanned(move=str(move.uid), effective_on=move.effective_on.isoformat())
        publish(event, subject=partner, actor=actor, at=at)
    else:
        _carry_out(move, actor=actor, at=at)
    return move


@transaction.atomic
def drop_move(*, move: PartnerMove, actor: Actor, at: datetime) -> PartnerMove:
    """Call a planned move off. Raises `Conflict` when it is done or dropped already."""
    authorise(actor, PartnerCapability.MOVE, move.partner)
    _drop(move, "", actor=actor, at=at)
    return move


def moves_of(partner: Partner, actor: Actor) -> Any:
    """The partner's moves, newest first, for those who may move it."""
    if not may(actor, PartnerCapability.MOVE, partner):
        return PartnerMove.objects.none()
    rows = PartnerMove.objects.filter(partner=partner).order_by("-id")
    return rows.select_related("from_parent", "to_parent", "membership__user", "tree_move")


def carry_out_due_moves(*, network_id: int, at: datetime) -> int:
    """Carry out the moves whose day has come, each in a transaction of its own; how many were done.

    Each runs under the rights that whoever ordered it has now. One that is refused is dropped with the
    reason, one that must wait for another move is tried again.
    """
    with network_context(network_id):
        due = PartnerMove.objects.filter(PLANNED, effective_on__lte=today_in(network_id, at))
        ids = list(due.order_by("effective_on", "pk").values_list("pk", flat=True)[:100])
    return sum(_carry_out_due(network_id, move_id, at) for move_id in ids)


def finish_left_moves(*, network_id: int) -> int:
    """Rewrite what is left of moves that no living job works on; how many were closed."""
    with network_context(network_id):
        living = Job.objects.filter(kind=REWRITE).exclude(state__in=FINAL_STATES)
        worked_on = {job.params["move"] for job in living.only("params")}
        left = [move for move in TreeMove.objects.filter(closed_at=None) if move.pk not in worked_on]
    return sum(_rewritten(network_id, move) for move in left)


@job_handler(REWRITE)
def rewrite_levels(job: RunningJob) -> Mapping[str, Any]:
    """Rewrite the rows below a moved partner, piece by piece. Killed anywhere, it goes on where it was."""
    with network_context(job.network_id):
        move = TreeMove.objects.get(pk=job.params["move"])
        total = move.rewritten + stale_rows(move)
    done = move.rewritten
    while True:
        with job.step() as row:
            worked = rewrite_some(move)
            done += worked
            row.done, row.total = done, max(total, done)
            closed = not worked and close_if_done(move)
        if closed:
            return {"rewritten": done}
        if not worked:
            time.sleep(HELD)


def _rewritten(network_id: int, move: TreeMove) -> bool:
    """Rewrite until nothing is left (True), or what is left is held by somebody: the next tick comes soon."""
    while True:
        with network_context(network_id):
            if not rewrite_some(move):
                return close_if_done(move)


def _authorise(partner: Partner, parent: Partner, actor: Actor) -> None:
    authorise(actor, PartnerCapability.MOVE, partner)
    authorise(actor, PartnerCapability.MOVE, parent)
    if partner.parent_id is None:
        raise NotAllowed(_("The brand owner itself is not moved."))


def _locked(partner: Partner, parent: Partner) -> tuple[Partner, Partner]:
    """Both rows as they are now, one move at a time in a network: of two that cross, the second sees the tree
    of the first. The new parent's row stays free: whoever adds rows there need not wait.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('partners_partner moves'), %s)", [partner.network_id]
        )
    moving = Partner.objects.select_for_update(of=("self",)).get(pk=partner.pk)
    return moving, Partner.objects.get(pk=parent.pk)


def _check(partner: Partner, parent: Partner) -> None:
    """Say in words what the triggers say in codes."""
    told = ""
    if parent.pk == partner.parent_id:
        told = _("It buys from this partner already.")
    elif parent.pk == partner.pk or str(parent.path).startswith(f"{partner.path}."):
        told = _("A partner cannot buy from itself or from one that stands below it.")
    elif parent.state in (PartnerState.EXITING, PartnerState.CLOSED):
        told = _("This partner is leaving or has left the network.")
    else:
        below = Partner.objects.filter(**{f"partner_{partner.level}": partner.pk})
        deepest = below.aggregate(deepest=Max(LEVEL))["deepest"]
        if deepest - partner.level + parent.level + 1 > settings.TREE_LEVELS:
            last = below.annotate(depth=LEVEL).filter(depth=deepest).order_by("trade_name")[0]
            told = _("%(partner)s would stand on level %(level)s; partners have at most %(n)s levels.") % {
                "partner": last.trade_name,
                "level": deepest - partner.level + parent.level + 1,
                "n": settings.TREE_LEVELS,
            }
    if told:
        raise Invalid(fields={"parent": told})


def _carry_out(move: PartnerMove, *, actor: Actor, at: datetime) -> None:
    """Change the parent; the triggers rewrite the tree and open the `TreeMove`. Then the rows: here when
    there are few, else in a job.
    """
    partner = move.partner
    _refuse_while_moving(partner)
    former = partner.parent_id
    partner.parent_id = move.to_parent_id
    partner.save(update_fields=["parent"])
    tree_move = TreeMove.objects.get(tree="partner", node=partner.pk, closed_at=None)
    PartnerMove.objects.filter(pk=move.pk).update(
        from_parent=former, tree_move=tree_move, done_at=at, effective_on=move.effective_on
    )
    move.refresh_from_db()
    partner.refresh_from_db()
    publish(PartnerMoved(move=str(move.uid)), subject=partner, actor=actor, at=at)
    if not close_if_done(tree_move) and actor.membership is not None:
        title = _("Move of %(partner)s") % {"partner": partner.trade_name}
        start_job(REWRITE, actor=actor, at=at, title=title, params={"move": tree_move.pk})


def _refuse_while_moving(partner: Partner) -> None:
    """The same question as the trigger's, for a sentence instead of a code."""
    path = set(str(partner.path).split("."))
    for move in TreeMove.objects.filter(tree="partner", closed_at=None):
        in_its_paths = str(partner.pk) in f"{move.old_path}.{move.new_path}".split(".")
        if in_its_paths or str(move.node) in path:
            raise Conflict(
                _("Another move in this part of the organisation is still under way. Try again shortly."),
                code="move-under-way",
            )


def _carry_out_due(network_id: int, move_id: int, at: datetime) -> bool:
    with network_context(network_id):
        planned = PartnerMove.objects.select_for_update(of=("self",), skip_locked=True)
        move = (
            planned.filter(PLANNED, pk=move_id)
            .select_related("partner", "to_parent", "membership__user", "membership__network")
            .first()
        )
        if move is None:
            return False
        system = Actor.system("clock", network_id)
        try:
            with transaction.atomic():
                actor = _orderer(move, at)
                _authorise(move.partner, move.to_parent, actor)
                move.partner, move.to_parent = _locked(move.partner, move.to_parent)
                _check(move.partner, move.to_parent)
                _carry_out(move, actor=actor, at=at)
        except Conflict:
            return False
        except DomainError as refused:
            _drop(move, refused.message, actor=system, at=at)
            return False
    return True


def _orderer(move: PartnerMove, at: datetime) -> Actor:
    membership: Membership | None = move.membership
    if membership is None or membership.state != MembershipState.ACTIVE or not membership.user.is_active:
        raise NotAllowed(_("Whoever ordered the move is not a member any more."))
    return actor_for_membership(membership, via="session", at=at)


def _drop(move: PartnerMove, why: str, *, actor: Actor, at: datetime) -> None:
    dropped = PartnerMove.objects.filter(PLANNED, pk=move.pk).update(dropped_at=at, dropped_why=why[:250])
    if not dropped:
        raise Conflict(_("This move is done or was called off already."), code="state-changed")
    move.refresh_from_db()
    publish(PartnerMoveDropped(move=str(move.uid), why=why), subject=move.partner, actor=actor, at=at)
