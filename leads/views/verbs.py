"""The verbs of a lead: buttons on its page, and the form of those that ask for something."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dnm.accounts.actors import Actor
from dnm.scoping.authority import authorise, may
from dnm.web.formats import kilometres
from dnm.web.views.details import ScopedObjectView
from dnm.web.views.forms import VerbFormView
from dnm.workflow.flows import available
from leads.domain.candidates import candidates, rules
from leads.domain.policy import current_policy
from leads.domain.routing import offer_by_hand, reject_lead, reroute_lead
from leads.domain.working import log_contact, lose_lead, qualify_lead, quote_lead, recycle_lead, win_lead
from leads.forms.working import ContactForm, LoseForm, NoFieldsForm, OfferByHandForm, ReasonForm, WinForm
from leads.models import Lead
from leads.permissions import LeadCapability
from leads.states import LEAD_FLOW
from partners.permissions import PartnerCapability

NEAREST = 12
ONWARD = ("contact", "qualify", "quote", "win", "offer", "reroute")
"""Transitions that lead on; the first of them that is possible is the page's one primary action."""

Call = Callable[[Lead, dict[str, Any], Actor, datetime], Any]


@dataclass(frozen=True, slots=True)
class Verb:
    """How a transition of the table is called from a form."""

    form: type[forms.Form]
    call: Call
    done: Any = ""
    icon: str = ""


VERBS: dict[str, Verb] = {
    "contact": Verb(
        ContactForm,
        lambda lead, values, actor, at: log_contact(lead=lead, proof=values["proof"], actor=actor, at=at),
        gettext_lazy("The first contact is logged."),
        "phone",
    ),
    "qualify": Verb(
        NoFieldsForm,
        lambda lead, values, actor, at: qualify_lead(lead=lead, actor=actor, at=at),
        gettext_lazy("The lead is qualified."),
    ),
    "quote": Verb(
        NoFieldsForm,
        lambda lead, values, actor, at: quote_lead(lead=lead, actor=actor, at=at),
        gettext_lazy("The lead is quoted."),
    ),
    "win": Verb(
        WinForm,
        lambda lead, values, actor, at: win_lead(
            lead=lead, proof_of_sale=values["proof_of_sale"], actor=actor, at=at
        ),
        gettext_lazy("Won. Well done."),
        "check",
    ),
    "lose": Verb(
        LoseForm,
        lambda lead, values, actor, at: lose_lead(
            lead=lead, reason=values["reason"], competitor=values["competitor"], actor=actor, at=at
        ),
        gettext_lazy("The lead is closed as lost."),
    ),
    "recycle": Verb(
        ReasonForm,
        lambda lead, values, actor, at: recycle_lead(lead=lead, reason=values["reason"], actor=actor, at=at),
        gettext_lazy("The lead goes to another partner."),
    ),
    "offer": Verb(
        OfferByHandForm,
        lambda lead, values, actor, at: offer_by_hand(
            lead=lead, partner=values["chosen"], actor=actor, at=at
        ),
        gettext_lazy("The lead is offered."),
        "send",
    ),
    "reroute": Verb(
        NoFieldsForm,
        lambda lead, values, actor, at: reroute_lead(lead=lead, actor=actor, at=at),
        gettext_lazy("The lead is being routed again."),
        "refresh",
    ),
    "reject": Verb(
        ReasonForm,
        lambda lead, values, actor, at: reject_lead(lead=lead, reason=values["reason"], actor=actor, at=at),
        gettext_lazy("The lead is marked as invalid."),
    ),
}


@dataclass(frozen=True, slots=True)
class Button:
    """A verb as the page shows it. One that asks for nothing is done with the click."""

    name: str
    label: Any
    url: str
    method: str
    why_not: str
    icon: str
    is_primary: bool


def buttons_for(lead: Lead, actor: Actor) -> list[Button]:
    """What the actor may do with the lead now, the primary action last, where the eye ends."""
    offered = [one for one in available(lead, actor) if one.transition.name in VERBS]
    names = [one.transition.name for one in offered]
    primary = next((name for name in ONWARD if name in names), "")
    made = [
        Button(
            name=one.transition.name,
            label=one.transition.label,
            url=reverse("leads:verb", args=[lead.uid, one.transition.name]),
            method="get" if one.transition.needs else "post",
            why_not=one.why_not,
            icon=VERBS[one.transition.name].icon,
            is_primary=one.transition.name == primary,
        )
        for one in offered
    ]
    return sorted(made, key=lambda button: button.is_primary)


class LeadVerbView(VerbFormView, ScopedObjectView):
    """One verb on one lead: its form, and the call."""

    model = Lead
    capability = LeadCapability.VIEW
    template_name = "leads/verb.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if kwargs["verb"] not in VERBS:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("product_line")

    @cached_property
    def record(self) -> Lead:
        return self.get_object()

    @property
    def verb(self) -> Verb:
        return VERBS[self.kwargs["verb"]]

    @property
    def title(self) -> Any:
        return LEAD_FLOW[self.kwargs["verb"]].label

    @property
    def done(self) -> Any:
        return self.verb.done

    @property
    def submit(self) -> Any:
        return self.title

    def get_form(self) -> Any:
        """The form, for who may take the step: the one of offering by hand names partners and their load."""
        authorise(self.actor, str(LEAD_FLOW[self.kwargs["verb"]].capability), self.record)
        if self.verb.form is OfferByHandForm:
            nearest = nearest_to(self.record, self.actor, self.at)
            return OfferByHandForm(**self.form_arguments(), actor=self.actor, nearest=nearest)
        return self.verb.form(**self.form_arguments())

    def get_context_data(self) -> dict[str, Any]:
        url = self.record.get_absolute_url()
        return {
            "record": self.record,
            "crumbs": [(gettext_lazy("Leads"), "/leads/"), (self.record.title, url)],
            "cancel": url,
            "is_harsh": self.kwargs["verb"] in {"lose", "reject", "recycle"},
        }

    def perform(self, values: dict[str, Any]) -> str:
        self.verb.call(self.record, values, self.actor, self.at)
        return self.record.get_absolute_url()


def nearest_to(lead: Lead, actor: Actor, at: datetime) -> list[tuple[str, str]]:
    """The nearest live partners in the actor's sight as choices, with what speaks against each."""
    sentences = {rule.name: str(rule.sentence) for rule in rules()}
    radius = current_policy(lead.network_id).radius_km
    near = candidates(lead, radius_km=radius, at=at)
    found = islice((one for one in near if may(actor, PartnerCapability.VIEW, one.partner)), NEAREST)
    return [(str(one.partner.uid), _described(one, sentences)) for one in found]


def _described(candidate: Any, sentences: dict[str, str]) -> str:
    parts = [candidate.partner.trade_name]
    if candidate.km is not None:
        parts.append(kilometres(candidate.km))
    if candidate.partner.capacity is not None:
        parts.append(
            _("{open} of {all} slots used").format(open=candidate.open, all=candidate.partner.capacity)
        )
    if candidate.ruled_out:
        parts.append(sentences.get(candidate.ruled_out, candidate.ruled_out))
    return " · ".join(parts)
