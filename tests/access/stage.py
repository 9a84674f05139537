"""One network with a lead in every relation that a dealer can have to one: see dealer_a.

Every lead has a name, a phone number, an e-mail address and a message of its own, so that a leak shows whose
it is. Made by the verbs of the domain, in the order in which it happens.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from dnm.accounts.models import Membership
from dnm.accounts.tenancy import network_context
from dnm.events.delivery import deliver_one
from dnm.events.models import Event
from dnm.imports.declaring import importer_named
from dnm.imports.domain.uploads import upload_file
from dnm.imports.models import ImportRun
from dnm.jobs.models import Job
from dnm.notifications.models import Notification
from leads.domain.clocks import process_lead, withdraw_from_gone_partners
from leads.domain.offers import accept_offer, decline_offer, lapse_offer, withdraw_offer
from leads.domain.routing import offer_by_hand
from leads.domain.working import log_contact, lose_lead, qualify_lead, quote_lead, recycle_lead, win_lead
from leads.models import Lead, Offer
from partners.domain.access import Holding, grant_role, revoke_role
from partners.domain.invitations import invite_person
from partners.domain.partners import change_partner_state, create_partner
from partners.domain.people import lock_member, remove_member
from partners.models import (
    Application,
    ChangeRequest,
    ChecklistItem,
    Comment,
    Document,
    DocumentType,
    ExitSettlement,
    Invitation,
    Partner,
    PartnerKind,
    PostalArea,
    Publication,
    SettlementItem,
    StoredFile,
    Tier,
    TierStanding,
)
from partners.roles import Role
from partners.states import PartnerState
from tests.access.life_cycle_stage import applications, changes, exits, publications, tiers
from tests.access.papers import add_papers
from tests.world import Net, add_person

SELLER = {
    "dealer_a": "sales_a",
    "dealer_b": "sales_b",
    "dealer_c": "sales_c",
    "distributor_north": "owner_north",
    "distributor_south": "owner_south",
    "dealer_s": "sales_s",
    "retailer_a": "retail_a",
}
"""Who answers for a partner."""
POSTAL_CODES = {"north": "NX1", "south": "SX1", "border": "BX1", "root": "??"}
"""Far from every partner, but for the one of the border: in the north, with the south's partners nearest."""
INVITING = ("dealer_a", "dealer_b", "dealer_c", "retailer_a")
MORE_PARTNERS = [
    ("dealer_s", "distributor_north", "north_a", (28.65, 77.20), True),
    ("dealer_d", "distributor_south", "south_a", (13.02, 77.60), False),
]
"""One that is suspended in the course of the story, and one in the south that sells nothing, which routing
looks at and passes over: short name, parent, territory, place, whether it sells the lines.
"""


@dataclass
class Scene:
    """A lead as it stands: who owns it, in whose zone it lies, and to whom it was offered with what end."""

    lead: Lead
    zone: str
    owner: str = ""
    state: str = ""
    offers: dict[str, Offer] = field(default_factory=dict)
    shares_its_phone: bool = False

    @property
    def message(self) -> str:
        return str(self.lead.message)


@dataclass
class Stage:
    """The network and its scenes by name."""

    net: Net
    at: datetime
    scenes: dict[str, Scene] = field(default_factory=dict)
    imports: dict[str, ImportRun] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    document_types: dict[str, DocumentType] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    notifications: dict[str, Notification] = field(default_factory=dict)
    invitations: dict[str, Invitation] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    checklists: dict[str, ChecklistItem] = field(default_factory=dict)
    changes: dict[str, ChangeRequest] = field(default_factory=dict)
    exits: dict[str, ExitSettlement] = field(default_factory=dict)
    lines_to_settle: dict[str, SettlementItem] = field(default_factory=dict)
    tiers: dict[str, Tier] = field(default_factory=dict)
    standings: dict[str, TierStanding] = field(default_factory=dict)
    tiered: dict[str, Partner] = field(default_factory=dict)
    publications: dict[str, Publication] = field(default_factory=dict)

    def begin(self, name: str, *, zone: str = "north", **values: Any) -> Scene:
        """A lead in the zone with nobody near, so that it lands on the desk and goes where we want."""
        title = self.net.network.name
        lead = self.net.lead(
            name=f"{title} Prospect-{name}-person",
            message=f"{title} wish-{name}, write to prospect-{name}@{self.net.network.slug}.example",
            email=f"prospect-{name}@{self.net.network.slug}.example",
            at=self.at,
            **{
                "postal_code": {"north": "NX1", "south": "SX1", "root": "??", "border": "BX1"}[zone],
                **values,
            },
        )
        Lead.objects.filter(pk=lead.pk).update(address=f"{title} Street-{name} 5")
        self.scenes[name] = Scene(lead, "north" if zone == "border" else zone)
        return self.scenes[name]

    def process(self, scene: Scene) -> None:
        process_lead(lead_id=scene.lead.pk, actor=self.net.system, at=self.at)

    def route(self, scene: Scene, partner: str) -> Offer:
        """Let routing find the partner, who must be the expected one."""
        self.process(scene)
        offer = Offer.objects.select_related("partner").get(lead=scene.lead, state="pending")
        assert offer.partner == self.net.partners[partner]
        scene.offers[partner] = offer
        return offer

    def give(self, scene: Scene, partner: str) -> Offer:
        """Offer it by hand."""
        self.process(scene)
        lead = Lead.objects.get(pk=scene.lead.pk)
        actor = self.net.actor("administrator", self.at)
        offer = offer_by_hand(lead=lead, partner=self.net.partners[partner], actor=actor, at=self.at)
        scene.offers[partner] = offer
        return offer

    def accept(self, scene: Scene, partner: str) -> Lead:
        offer = self.give(scene, partner)
        actor = self.net.actor(SELLER[partner], self.at)
        scene.owner = partner
        return accept_offer(offer=offer, actor=actor, at=self.at)

    def owned(self, name: str, partner: str, *, zone: str = "north") -> Lead:
        return self.accept(self.begin(name, zone=zone), partner)


def set_stage(net: Net) -> Stage:
    """Everything in its place, now."""
    stage = Stage(net, timezone.now())
    with network_context(net.network):
        _places(net)
        _more_partners(net, stage.at)
        _owned_by_all(stage)
        _offered_and_lost(stage)
        _across_the_border(stage)
        _suspended(stage)
        _in_queues(stage)
        _things_of_people(stage)
        applications(stage)
        changes(stage)
        exits(stage)
        add_papers(stage)
        tiers(stage)
        publications(stage)
        for scene in stage.scenes.values():
            scene.lead = Lead.objects.select_related("partner", "territory").get(pk=scene.lead.pk)
            scene.state = scene.lead.state
            for partner, offer in scene.offers.items():
                scene.offers[partner] = Offer.objects.select_related("partner").get(pk=offer.pk)
    return stage


def _places(net: Net) -> None:
    """Postal codes far from every partner, and one of the north beside the partners of the south."""
    for code, key, place in (
        ("NX1", "north_a", (0.0, 0.0)),
        ("SX1", "south_a", (0.0, 0.0)),
        ("BX1", "north_a", (13.03, 77.6)),
    ):
        PostalArea.objects.create(
            network=net.network,
            territory=net.territories[key],
            country=net.network.country,
            code=code,
            name=f"{net.network.name} place {code}",
            latitude=place[0],
            longitude=place[1],
        )


def _more_partners(net: Net, at: datetime) -> None:
    for key, parent, territory, place, sells in MORE_PARTNERS:
        net.partners[key] = create_partner(
            code=key,
            trade_name=f"{net.network.name} {key}",
            kind=PartnerKind.DEALER,
            parent=net.partners[parent],
            territory=net.territories[territory],
            latitude=place[0],
            longitude=place[1],
            product_lines=list(net.lines.values()) if sells else [],
            capacity=5,
            state=PartnerState.LIVE,
            actor=net.system,
            at=at,
        )
    _hired(net, "sales_s", "dealer_s", at)
    yesterday = at.astimezone(net.network.zone).date() - timedelta(days=1)
    expired = _hired(net, "expired", "dealer_a", at, valid_to=yesterday).membership
    elsewhere = {"membership": expired, "node": net.partners["dealer_c"], "valid_to": yesterday}
    grant_role(role=Role.SERVICE, actor=net.system, at=at, **elsewhere)
    revoke_role(holding=_hired(net, "left", "dealer_a", at), actor=net.system, at=at)
    deactivated = _hired(net, "deactivated", "dealer_a", at).membership.user
    type(deactivated).objects.filter(pk=deactivated.pk).update(is_active=False)


def _hired(net: Net, name: str, partner: str, at: datetime, **limits: Any) -> Holding:
    """A new person who sells for the partner."""
    member = add_person(net, name, partner)
    return grant_role(
        membership=member, role=Role.SALES, node=net.partners[partner], actor=net.system, at=at, **limits
    )


def _owned_by_all(stage: Stage) -> None:
    """Own, sibling, upstream, downstream, the other zone; and own ones further along."""
    net, at = stage.net, stage.at
    stage.owned("own", "dealer_a")
    stage.owned("sibling", "dealer_b")
    stage.owned("upstream", "distributor_north")
    stage.owned("downstream", "retailer_a")
    stage.owned("south", "dealer_c", zone="south")
    seller = net.actor("sales_a", at)
    contacted = log_contact(lead=stage.owned("contacted", "dealer_a"), proof="called", actor=seller, at=at)
    assert contacted.state == "contacted"
    lead = log_contact(lead=stage.owned("qualified", "dealer_a"), proof="called", actor=seller, at=at)
    qualify_lead(lead=lead, actor=seller, at=at)
    lead = log_contact(lead=stage.owned("quoted", "dealer_a"), proof="called", actor=seller, at=at)
    quote_lead(lead=lead, actor=seller, at=at)
    lead = log_contact(lead=stage.owned("won", "dealer_a"), proof="called", actor=seller, at=at)
    win_lead(lead=lead, proof_of_sale="SO-1", actor=seller, at=at)
    lose_lead(lead=stage.owned("lost", "dealer_a"), reason="too dear", actor=seller, at=at)


def _offered_and_lost(stage: Stage) -> None:
    """Offered; and what dealer_a had and has no more: declined, lapsed, released, withdrawn."""
    net, at = stage.net, stage.at
    stage.give(stage.begin("offered"), "dealer_a")
    stage.give(stage.begin("rival-offered"), "dealer_b")
    stage.give(stage.begin("south-offered", zone="south"), "dealer_c")
    seller, administrator = net.actor("sales_a", at), net.actor("administrator", at)

    scene = stage.begin("declined")
    offer = stage.give(scene, "dealer_a")
    decline_offer(offer=offer, reason="too_far", note=f"{net.network.name} note", actor=seller, at=at)
    stage.give(scene, "dealer_b")

    scene = stage.begin("lapsed")
    offer = stage.give(scene, "dealer_a")
    lapse_offer(offer=offer, actor=net.system, at=offer.due_at + timedelta(seconds=1))
    stage.accept(scene, "dealer_b")

    scene = stage.begin("released")
    lead = stage.accept(scene, "dealer_a")
    recycle_lead(lead=lead, reason="not reached", actor=seller, at=at)
    stage.accept(scene, "dealer_b")

    scene = stage.begin("withdrawn")
    offer = stage.give(scene, "dealer_a")
    withdraw_offer(offer=offer, reason="by mistake", actor=administrator, at=at)
    stage.process(scene)


def _across_the_border(stage: Stage) -> None:
    """Leads of the north that went to the south, whose partners are nearer: one taken, one on the desk."""
    net, at = stage.net, stage.at
    scene = stage.begin("border", zone="border")
    offer = stage.route(scene, "dealer_c")
    accept_offer(offer=offer, actor=net.actor("sales_c", at), at=at)
    scene.owner = "dealer_c"
    scene = stage.begin("border-desk", zone="border")
    for partner in ("dealer_c", "distributor_south"):
        offer = stage.route(scene, partner)
        decline_offer(offer=offer, reason="too_far", note="", actor=net.actor(SELLER[partner], at), at=at)
    stage.process(scene)
    assert Lead.objects.get(pk=scene.lead.pk).state == "desk"


def _suspended(stage: Stage) -> None:
    """A partner that keeps the lead on which it works when it is suspended."""
    net, at = stage.net, stage.at
    lead = stage.owned("suspended", "dealer_s")
    log_contact(lead=lead, proof="called", actor=net.actor("sales_s", at), at=at)
    partner, administrator = net.partners["dealer_s"], net.actor("administrator", at)
    change_partner_state(partner=partner, transition="suspend", reason="unpaid", actor=administrator, at=at)
    withdraw_from_gone_partners(net.network.pk, at, partner_id=partner.pk)


def _in_queues(stage: Stage) -> None:
    """On the desk of each place, just come in, found invalid, and asked for twice."""
    for name, zone in (("desk", "north"), ("south-desk", "south"), ("root-desk", "root")):
        stage.process(stage.begin(name, zone=zone))
    stage.begin("new")
    scene = stage.begin("invalid")
    process_lead(lead_id=scene.lead.pk, actor=stage.net.system, at=stage.at)
    first = stage.scenes["south-desk"]
    again = stage.begin("again", phone=first.lead.phone)
    first.shares_its_phone = again.shares_its_phone = True
    stage.process(again)


def _things_of_people(stage: Stage) -> None:
    """An import and jobs of the administrator and of a seller; members who were shut out; invitations."""
    net = stage.net
    title = net.network.name
    file = SimpleUploadedFile(f"{title} dealers.csv", b"code,trade name\nx1,One\n")
    stage.imports["administrator"] = upload_file(
        importer=importer_named("partners"),
        file=file,
        actor=net.actor("administrator", stage.at),
        at=stage.at,
    )
    for name in ("administrator", "sales_a"):
        stage.jobs[name] = Job.objects.create(
            network=net.network,
            membership=net.members[name],
            kind="tests.nothing",
            title=f"{title} job of {name}",
            created_at=stage.at,
        )
    made = Event.objects.about(stage.scenes["offered"].offers["dealer_a"]).get(kind="leads.offer_made")
    deliver_one(net.network.pk, made.deliveries.get(receiver="leads.alert").pk)
    for row in Notification.objects.select_related("membership__user"):
        stage.notifications[row.membership.user.email.partition("@")[0]] = row
    for name, verb in (("locked", lock_member), ("removed", remove_member)):
        member = add_person(net, name, "dealer_a")
        verb(membership=Membership.objects.get(pk=member.pk), actor=net.system, at=stage.at)
    for partner in INVITING:
        stage.invitations[partner] = invite_person(
            email=f"invited-{partner}@{net.network.slug}.example",
            name=f"{title} invited-{partner}",
            partner=net.partners[partner],
            role=Role.SALES,
            actor=net.system,
            at=stage.at,
        )
