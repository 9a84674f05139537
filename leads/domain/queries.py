"""Reading leads and offers: what waits for whom, what routing thought, finding one again."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may
from leads.domain.candidates import rules
from leads.domain.explaining import outcome_of
from leads.models import Lead, Offer, RoutingDecision
from leads.permissions import LeadCapability, OfferCapability
from leads.states import LeadState, OfferState
from partners.models import Partner
from partners.permissions import PartnerCapability


def offers_to_answer(actor: Actor) -> Any:
    """Offers that the actor may answer now, the one that lapses first on top."""
    rows = Offer.objects.visible_to(actor, OfferCapability.ANSWER).filter(state=OfferState.PENDING)
    return rows.select_related("product_line", "partner").order_by("due_at", "id")


def leads_to_contact(actor: Actor) -> Any:
    """Leads of the actor's own partner that were accepted and not contacted yet, the longest waiting
    first.
    """
    rows = Lead.objects.visible_to(actor, LeadCapability.WORK).filter(state=LeadState.ACCEPTED)
    return rows.select_related("product_line").order_by("accepted_at", "id")


def leads_on_desk(actor: Actor) -> Any:
    """Leads that somebody of the network must decide, the longest waiting first."""
    rows = Lead.objects.visible_to(actor, LeadCapability.MANAGE_DESK).filter(state=LeadState.DESK)
    return rows.select_related("product_line", "territory").order_by("state_changed_at", "id")


def find_leads(actor: Actor, words: str, limit: int) -> list[Lead]:
    """Leads in sight by place or postal code; by name, phone or e-mail only where the actor may see those."""
    contact = Q(pk__in=[])
    for branch in Lead.scope_branches(actor, LeadCapability.VIEW_CONTACT):
        contact |= branch.q
    digits = "".join(sign for sign in words if sign.isdigit())
    person = Q(name__icontains=words) | Q(email=words.lower())
    if len(digits) > 5:
        person |= Q(phone__endswith=digits[-10:])
    rows = Lead.objects.visible_to(actor, LeadCapability.VIEW)
    found = rows.filter(Q(postal_code=words) | Q(place__istartswith=words) | (person & contact))
    return list(found.select_related("product_line").order_by("-created_at", "-id")[:limit])


@dataclass(frozen=True, slots=True)
class Looked:
    """A partner that routing looked at. `why_not` is "" for the one that got the offer.

    Of a partner out of the reader's sight only the distance and the result are told: `name` says so, `uid` is
    "" and its load is None. The one that got the offer is named: whoever sees the lead may know who has it.
    """

    name: str
    uid: str
    km: float | None
    open: int | None
    capacity: int | None
    why_not: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One routing decision as people read it."""

    decision: RoutingDecision
    outcome: str
    looked_at: list[Looked]


def explanations(lead: Lead, actor: Actor) -> list[Explanation]:
    """Why the lead went where it went, newest decision first; nothing for those who may not know."""
    if not may(actor, LeadCapability.VIEW_DECISION, lead):
        return []
    rows = RoutingDecision.objects.filter(lead=lead)
    decisions = list(rows.select_related("policy", "partner").order_by("-id"))
    uids = {one["partner"] for decision in decisions for one in decision.considered}
    in_sight = Partner.objects.visible_to(actor, PartnerCapability.VIEW).filter(uid__in=uids)
    known = {str(uid) for uid in in_sight.values_list("uid", flat=True)}
    return [
        Explanation(
            decision, outcome_of(decision), [_looked(one, decision, known) for one in decision.considered]
        )
        for decision in decisions
    ]


def _looked(one: dict[str, Any], decision: RoutingDecision, known: Collection[str]) -> Looked:
    sentences = {rule.name: str(rule.sentence) for rule in rules()}
    is_known = one["partner"] in known
    is_named = is_known or (decision.partner is not None and one["partner"] == str(decision.partner.uid))
    return Looked(
        name=one["name"] if is_named else _("A partner outside your territory"),
        uid=one["partner"] if is_known else "",
        km=one["km"],
        open=one["open"] if is_known else None,
        capacity=one["capacity"] if is_known else None,
        why_not=sentences.get(one["ruled_out"], one["ruled_out"]),
    )


def attempts(lead: Lead, actor: Actor) -> list[Offer]:
    """The lead's offers that the actor may see: its own for a partner, all for the network's people."""
    rows = Offer.objects.visible_to(actor, OfferCapability.VIEW).filter(lead=lead)
    return list(rows.select_related("partner").order_by("-step"))
