"""What people of the demo say about partners and leads, and the files that they leave with them: by the verbs
of the domain, so that who may read what is what it would be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership, Network
from dnm.accounts.tenancy import network_context
from dnm.demo.onboarding import settle_old_deliveries
from dnm.demo.plan import NetworkPlan
from dnm.demo.write_papers import page
from dnm.scoping.actors import actor_for_membership
from leads.models import Lead
from leads.states import WORKED
from partners.domain.comments import write_comment
from partners.domain.files import add_file
from partners.models import Affiliation, Comment, Partner


@dataclass(frozen=True, slots=True)
class Said:
    """Something said: by whom, about whose partner, how many hours ago; about its oldest lead in work when
    `on_lead`.
    """

    by: str
    about: str
    hours: int
    text: str
    is_internal: bool = False
    on_lead: bool = False
    file: str = ""


SAID = (
    Said("programme", "dealer", 640, "Your place at the spring fair is confirmed. The plan is attached.",
         file="Fair plan"),
    Said("dealer", "dealer", 622, "Thank you. We come with two people, and need power for three displays."),
    Said("programme", "dealer", 598, "Three sockets are ordered."),
    Said("admin", "dealer", 210, "Two leads of last month were answered late. I visit in the first week.",
         is_internal=True),
    Said("finance", "dealer", 190, "Pays within the term since spring.", is_internal=True),
    Said("dealer", "dealer", 20, "When do the new brochures come? We have three left."),
    Said("dealer", "dealer", 30, "Wants to see the larger model too: we take both along.", on_lead=True),
    Said("admin", "dealer", 26, "Good. The larger one is in stock at your distributor.", on_lead=True),
    Said("admin", "dealer", 25, "Large order behind it, keep an eye on this one.", is_internal=True,
         on_lead=True),
    Said("admin", "sibling", 300, "Please tell us your hours in the week of the holidays."),
    Said("sibling", "sibling", 280, "Closed on Monday and Tuesday, open until noon from Wednesday on."),
    Said("admin", "rival", 400, "Asked for a second showroom in the same town.", is_internal=True),
    Said("programme", "distributor", 150, "Which of your dealers take part in the autumn training?"),
    Said("distributor", "distributor", 130, "Nine have said yes. The list follows this week."),
    Said("distributor", "distributor", 28, "Here it is.", file="Training list"),
)  # fmt: skip
"""Nobody's comment names a person or a number: they would be replaced by dots."""
FILES = (
    ("admin", "dealer", 4300, "Partner agreement", False),
    ("admin", "dealer", 1500, "Visit report", True),
    ("dealer", "dealer", 900, "Floor plan of the showroom", False),
    ("admin", "distributor", 5200, "Partner agreement", False),
    ("admin", "sibling", 4100, "Partner agreement", False),
)
"""By whom, whose partner, how many hours ago, which file, and whether for the network's own people alone."""


def write_comments(plan: NetworkPlan) -> int:
    """Comments and files of one network; returns how many comments. The newest are told of by the workers."""
    network = Network.objects.get(slug=plan.brand.slug)
    now = datetime.fromtimestamp(plan.now, UTC)
    with network_context(network):
        if Comment.objects.exists():
            return 0
        for by, about, hours, name, is_internal in FILES:
            at = now - timedelta(hours=hours)
            partner = _partner(network, about)
            actor = acting_as(network, by, at)
            add_file(partner=partner, file=_file(plan, name), is_internal=is_internal, actor=actor, at=at)
        written = sum(_write(plan, network, said, now) for said in sorted(SAID, key=lambda one: -one.hours))
        settle_old_deliveries(now)
    return written


def _write(plan: NetworkPlan, network: Network, said: Said, now: datetime) -> int:
    at = now - timedelta(hours=said.hours)
    record: Any = _partner(network, said.about)
    if said.on_lead:
        leads = Lead.objects.select_related("partner").filter(partner=record, state__in=sorted(WORKED))
        record = leads.order_by("created_at", "pk").first()
        if record is None:
            return 0
        at = max(at, record.state_changed_at + timedelta(minutes=35 - said.hours))
    write_comment(
        record=record,
        text=said.text,
        is_internal=said.is_internal,
        files=[_file(plan, said.file)] if said.file else [],
        actor=acting_as(network, said.by, at),
        at=at,
    )
    return 1


def _file(plan: NetworkPlan, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{name}.pdf", page(f"{plan.brand.name}: {name}"))


def acting_as(network: Network, key: str, at: datetime) -> Actor:
    """The actor behind a login of the demo."""
    member = Membership.objects.select_related("user", "network").get(
        user__email=f"{key}@{network.slug}.example"
    )
    return actor_for_membership(member, via="session", at=at)


def _partner(network: Network, key: str) -> Partner:
    where = Affiliation.objects.select_related("partner__network")
    return where.get(membership__user__email=f"{key}@{network.slug}.example").partner
