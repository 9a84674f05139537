"""Why a lead went where it went: stored as grounds and codes, put in words for whoever reads.

Nothing is stored in a language: the worker that routes has none, and readers have several.
"""

from typing import Any

from django.utils.translation import gettext as _

from dnm.web.formats import number
from leads.domain.candidates import Candidate
from leads.models import Lead, Offer, RoutingDecision
from leads.states import DeskReason


def grounds(lead: Lead, candidate: Candidate, outcome: str) -> list[dict[str, Any]]:
    """What speaks for the partner, for its own eyes: the grounds name nobody else."""
    found: list[dict[str, Any]] = []
    if outcome == "by_hand":
        found.append({"ground": "by_hand"})
    if candidate.km is not None:
        found.append({"ground": "near", "km": round(candidate.km, 1)})
    if lead.product_line is not None:
        found.append({"ground": "line", "line": lead.product_line.name})
    capacity = candidate.partner.capacity
    if capacity is not None:
        found.append({"ground": "slots", "open": candidate.open, "capacity": capacity})
    return found


def why_you(offer: Offer) -> list[str]:
    """The grounds of an offer as sentences to the partner."""
    return [sentence for ground in offer.why if (sentence := _sentence(ground))]


def outcome_of(decision: RoutingDecision) -> str:
    """What a decision came to, in a sentence. Reads `partner`: select it with the row."""
    if decision.outcome == "waiting":
        return _("All who could take it are full.")
    if decision.outcome == "desk":
        return str(DeskReason(decision.reason).label) if decision.reason in DeskReason.values else ""
    name = decision.partner.trade_name if decision.partner else ""
    if decision.outcome == "by_hand":
        return _("Offered to %(name)s by hand.") % {"name": name}
    return _("Offered to %(name)s.") % {"name": name}


def _sentence(ground: dict[str, Any]) -> str:
    match ground.get("ground"):
        case "by_hand":
            return _("Chosen for you by the network")
        case "near" if ground["km"] < 1:
            return _("Less than 1 km away")
        case "near":
            return _("%(km)s km away") % {"km": number(ground["km"], 1)}
        case "line":
            return _("You sell %(line)s") % {"line": ground["line"]}
        case "slots":
            return _("%(open)s of %(all)s slots used") % {"open": ground["open"], "all": ground["capacity"]}
    return ""
