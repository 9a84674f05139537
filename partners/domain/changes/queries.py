"""Questions about change requests that pages, API and home page ask alike. They change nothing."""

from typing import Any

from django.db.models import Q

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may
from dnm.scoping.masks import HIDDEN, hidden_fields
from dnm.workflow.flows import available
from partners.domain.changes.requests import VALUES, as_anchor
from partners.models import Affiliation, BankAccount, ChangeRequest, Partner
from partners.permissions.changes import ChangeCapability
from partners.states import PartnerState
from partners.states.changes import ChangeKind, ChangeState


def changes_of(partner: Partner, actor: Actor) -> Any:
    """The partner's requests in sight, newest first."""
    rows = ChangeRequest.objects.visible_to(actor, ChangeCapability.VIEW).filter(partner=partner)
    return rows.select_related("partner").order_by("-created_at", "-pk")


def accounts_of(partner: Partner, actor: Actor) -> Any:
    """The partner's bank accounts in sight, the one in effect first."""
    rows = BankAccount.objects.visible_to(actor, ChangeCapability.VIEW).filter(partner=partner)
    return rows.order_by("-valid_from", "-pk")


def to_decide(actor: Actor) -> Any:
    """Submitted requests that the actor may decide: not its own, not those of its own partner."""
    rows = ChangeRequest.objects.visible_to(actor, ChangeCapability.DECIDE)
    banks = ChangeRequest.objects.visible_to(actor, ChangeCapability.DECIDE_BANK).order_by().values("pk")
    own = Affiliation.objects.filter(membership=actor.membership).order_by().values("partner")
    rows = rows.filter(~Q(kind=ChangeKind.BANK) | Q(pk__in=banks), state=ChangeState.SUBMITTED)
    rows = rows.exclude(requested_by=actor.membership).exclude(partner__in=own)
    return rows.select_related("partner").order_by("state_changed_at", "pk")


def may_request(partner: Partner, actor: Actor) -> bool:
    """Whether the actor may ask for a change of this partner."""
    if partner.parent_id is None or partner.state == PartnerState.CLOSED or actor.membership is None:
        return False
    return may(actor, ChangeCapability.REQUEST, as_anchor(partner))


def values_of(request: ChangeRequest, actor: Actor) -> list[tuple[str, Any, Any, Any]]:
    """Name, label, the value before and the value asked for, of what the kind changes; hidden ones as
    such.
    """
    hidden = hidden_fields(actor, request)
    told = []
    for name in VALUES[request.kind]:
        label = request._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        value = HIDDEN if name in hidden else getattr(request, name)
        told.append((name, label, request.before.get(name, ""), value))
    return told


def verbs_for(request: ChangeRequest, actor: Actor) -> list[Any]:
    """The steps that the actor may take now, blocked ones with the sentence why."""
    found = available(request, actor)
    if request.kind == ChangeKind.BANK and not may(actor, ChangeCapability.DECIDE_BANK, request):
        found = [one for one in found if one.transition.name not in {"approve", "reject"}]
    return found
