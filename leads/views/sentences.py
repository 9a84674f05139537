"""What stands below an event's title in a timeline of leads and offers."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dnm.events.models import Event
from dnm.web.timeline import describes
from leads.states import LEAD_FLOW, DeclineReason, DeskReason, LeadState

CAUSES = {
    "declined": gettext_lazy("the partner declined"),
    "lapsed": gettext_lazy("nobody answered in time"),
    "withdrawn": gettext_lazy("the offer was withdrawn"),
    "recycled": gettext_lazy("given back"),
    "released": gettext_lazy("taken back"),
    "rerouted": gettext_lazy("routed again by hand"),
}
REASONS = {"partner-not-live": gettext_lazy("the partner is not live any more")}


def register() -> None:
    """Called when the app starts."""
    describes("leads.offer_declined", lambda event: _word(dict(DeclineReason.choices), event, "reason"))
    describes("leads.lead_sent_to_desk", lambda event: _word(dict(DeskReason.choices), event, "reason"))
    describes("leads.offer_withdrawn", lambda event: _word(REASONS, event, "reason"))
    describes("leads.lead_returned", lambda event: _with_reason(_word(CAUSES, event, "cause"), event))
    describes("leads.lead_screened", lambda event: _with_reason(_state(event), event))
    describes("leads.lead_worked", lambda event: _with_reason(_step(event), event))


def _word(words: dict[str, Any], event: Event, name: str) -> str:
    told = str(event.payload.get(name, ""))
    return str(words.get(told, told))


def _state(event: Event) -> str:
    """Where the check led: told only when it led nowhere."""
    state = event.payload.get("to", "")
    return "" if state == LeadState.ROUTING else _word(dict(LeadState.choices), event, "to")


def _step(event: Event) -> str:
    step = str(event.payload.get("transition", ""))
    return str(LEAD_FLOW[step].label) if step in LEAD_FLOW.transitions else step


def _with_reason(text: str, event: Event) -> str:
    reason = _word(REASONS, event, "reason")
    if not (text and reason):
        return text or reason
    return _("{text}: {reason}").format(text=text, reason=reason)
