"""What leads bring to the portal's frame: navigation, tasks on the home page, search."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dnm.accounts.actors import Actor
from dnm.metrics.reading import Reading
from dnm.scoping.authority import may
from dnm.web.formats import ago, kilometres, number, percent
from dnm.web.home import Figure, Kpi, TaskItem, TaskSource, register_figure, register_tasks
from dnm.web.navigation import NavItem, register_navigation
from dnm.web.search import Action, Hit, Kind, register_action, register_search
from dnm.web.tabs import OpenItem, register_open_item
from leads.domain.queries import find_leads, leads_on_desk, leads_to_contact, offers_to_answer
from leads.metrics import ACCEPTANCE
from leads.models import Lead, Offer
from leads.permissions import LeadCapability, OfferCapability
from leads.states import OWNED, LeadState, OfferState
from leads.views import sentences
from partners.models import Partner
from partners.permissions import PartnerCapability

KPI_DAYS = 29


def _unanswered(partner: Partner, actor: Actor) -> Any:
    """Of the partner and of those below it, as the list shows them."""
    here = {f"partner_{partner.level}": partner.pk}
    return Offer.objects.visible_to(actor, OfferCapability.VIEW).filter(**here, state=OfferState.PENDING)


def _in_work(partner: Partner, actor: Actor) -> Any:
    here = {f"partner_{partner.level}": partner.pk}
    return Lead.objects.visible_to(actor, LeadCapability.VIEW).filter(**here, state__in=IN_WORK)


def _of(partner: Partner, url_name: str, **query: Any) -> str:
    return f"{reverse(url_name)}?{urlencode({**query, 'partner': partner.uid}, doseq=True)}"


IN_WORK = sorted(OWNED - {LeadState.WON})
OPEN_WITH_PARTNERS = (
    OpenItem(
        key="offers",
        label=gettext_lazy("Leads to answer"),
        icon="send",
        capability=PartnerCapability.VIEW,
        rows=_unanswered,
        url=lambda partner: _of(partner, "leads:offers", state=OfferState.PENDING),
        order=10,
    ),
    OpenItem(
        key="leads",
        label=gettext_lazy("Leads in work"),
        icon="target-arrow",
        capability=PartnerCapability.VIEW,
        rows=_in_work,
        url=lambda partner: _of(partner, "leads:list", state=IN_WORK),
        order=20,
    ),
)


def register() -> None:
    """Called when the app starts."""
    register_navigation(
        NavItem(
            key="leads",
            label=gettext_lazy("Leads"),
            icon="target-arrow",
            url_name="leads:list",
            order=10,
            badge=_waiting,
            pages=(
                NavItem(
                    "leads", gettext_lazy("All leads"), "target-arrow", "leads:list", LeadCapability.VIEW
                ),
                NavItem("offers", gettext_lazy("Offers"), "send", "leads:offers", OfferCapability.VIEW),
                NavItem("desk", gettext_lazy("Desk"), "inbox", "leads:desk", LeadCapability.MANAGE_DESK),
            ),
        )
    )
    register_action(
        Action(
            gettext_lazy("New lead"), "plus", LeadCapability.ADD, lambda: reverse("leads:new"), primary=True
        )
    )
    register_search(Kind(gettext_lazy("Leads"), "target-arrow", LeadCapability.VIEW, _find, _more))
    for source in TASKS:
        register_tasks(source)
    register_figure(Figure(ACCEPTANCE, KPI_DAYS, _acceptance))
    sentences.register()
    for item in OPEN_WITH_PARTNERS:
        register_open_item(Partner, item)


def _waiting(actor: Actor, at: datetime) -> int:
    """What waits in this group: offers for a partner's people, the desk for the network's."""
    offers = offers_to_answer(actor).count() if may(actor, OfferCapability.ANSWER) else 0
    return int(offers + (leads_on_desk(actor).count() if may(actor, LeadCapability.MANAGE_DESK) else 0))


def _offer(offer: Offer, at: datetime) -> TaskItem:
    far = [kilometres(offer.distance_km)] if offer.distance_km is not None else []
    return TaskItem(
        title=_("Lead: {what}").format(what=offer.title),
        detail=" · ".join([*far, _first_words(offer.message)]).strip(" ·"),
        icon="target-arrow",
        url=offer.get_absolute_url(),
        verb=_("Answer"),
        due=offer.due_at,
        is_main=True,
    )


def _to_contact(lead: Lead, at: datetime) -> TaskItem:
    return TaskItem(
        title=_("Call {name}").format(name=lead.name),
        detail=lead.title,
        icon="phone",
        url=lead.get_absolute_url(),
        verb=_("Open"),
        note=_("accepted {ago}").format(ago=ago(lead.accepted_at, at)) if lead.accepted_at else "",
        tone="warn",
    )


def _on_desk(lead: Lead, at: datetime) -> TaskItem:
    return TaskItem(
        title=_("On the desk: {what}").format(what=lead.title),
        detail=lead.get_desk_reason_display(),
        icon="inbox",
        url=lead.get_absolute_url(),
        verb=_("Decide"),
        note=ago(lead.state_changed_at, at),
        tone="bad",
    )


TITLE = ("uid", "place", "postal_code", "product_line__name")
TASKS = (
    TaskSource(
        OfferCapability.ANSWER,
        lambda actor, at: offers_to_answer(actor),
        (*TITLE, "due_at", "distance_km", "message"),
        _offer,
        lambda: reverse("leads:offers"),
        group="leads",
    ),
    TaskSource(
        LeadCapability.WORK,
        lambda actor, at: leads_to_contact(actor),
        (*TITLE, "name", "accepted_at"),
        _to_contact,
        lambda: f"{reverse('leads:list')}?state=accepted",
    ),
    TaskSource(
        LeadCapability.MANAGE_DESK,
        lambda actor, at: leads_on_desk(actor),
        (*TITLE, "desk_reason", "state_changed_at"),
        _on_desk,
        lambda: reverse("leads:desk"),
        group="leads",
    ),
)


def _acceptance(found: Reading, as_of: str) -> Kpi:
    """Of the offers of thirty days that were decided, how many were taken."""
    return Kpi(
        label=ACCEPTANCE.title,
        value=_("too few") if found.rate is None else percent(found.rate),
        detail=_("{taken} of {all} offers, 30 days · as of {as_of}").format(
            taken=number(found.numerator), all=number(found.denominator), as_of=as_of
        ),
        share=None if found.rate is None else float(found.rate),
        url=reverse("leads:offers"),
    )


def _find(actor: Actor, words: str, limit: int) -> Sequence[Hit]:
    return [_hit(lead) for lead in find_leads(actor, words, limit)]


def _hit(lead: Lead) -> Hit:
    return Hit(
        title=lead.title,
        url=lead.get_absolute_url(),
        badge=lead.get_state_display(),
        tone=lead.state_tone,
    )


def _more(words: str) -> str:
    return f"{reverse('leads:list')}?{urlencode({'q': words})}"


def _first_words(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else f"{line[:88].rsplit(' ', 1)[0]} …"
