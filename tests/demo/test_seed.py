"""The seeded networks as the portal sees them: whole, consistent, ready to be used by every login."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from dnm.accounts.models import ApiToken, Membership, Network, User
from dnm.accounts.tenancy import network_context
from dnm.demo.people import OPERATOR_EMAIL, SHARED_EMAIL
from dnm.demo.write import clear, seeded
from dnm.events.delivery import deliver_one
from dnm.events.models import Delivery, DeliveryState, Event
from dnm.notifications.models import Notification
from leads.domain import clocks
from leads.domain.candidates import candidates
from leads.domain.slots import drift
from leads.models import Lead, Offer, PartnerLoad, RoutingDecision
from leads.states import LeadState, OfferState
from partners.domain.document_clock import run_document_clock
from partners.domain.gates import closed_to
from partners.models import Comment, Document, Partner, PartnerKind, PostalArea, StoredFile
from partners.roles import Role
from partners.states import PartnerState
from tests.standing import truncate

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SIZE = ["--partners", "330", "--leads", "1600", "--now", NOW.isoformat()]


@pytest.fixture(scope="module")
def written(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Both networks, small, seeded once for the module; where demo.json lies."""
    path = tmp_path_factory.mktemp("demo") / "demo.json"
    with django_db_blocker.unblock():
        try:
            call_command("seed_demo", *SIZE, "--json", str(path), stdout=StringIO())
            yield path
        finally:
            truncate()
            connections.close_all()


@pytest.fixture
def demo(written: Path) -> dict[str, Any]:
    """What demo.json holds."""
    return {**json.loads(written.read_text()), "path": written}


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    """Requests are counted by the moment, and for these tests it does not pass."""
    cache.clear()


def network(slug: str) -> Network:
    return Network.objects.get(slug=slug)


def of(demo: dict[str, Any], slug: str, start: str) -> dict[str, Any]:
    """The login of a network whose address begins so."""
    found = [
        each for each in demo["logins"] if each["network"] == slug and each["email"].startswith(f"{start}@")
    ]
    return dict(found[0])


def get(login: dict[str, Any], address: str) -> Any:
    """An API answer to the login's token, at the demo's moment."""
    headers = {"host": f"{login['network']}.localhost", "authorization": f"Bearer {login['token']}"}
    with time_machine.travel(NOW, tick=False):
        return Client(headers=headers).get(f"/api/v1/{address}")


@pytest.mark.parametrize(("slug", "partners"), [("voltara", 309), ("nordwerk", 23)])
def test_partners_stand_in_their_tree_and_territory(demo: dict[str, Any], slug: str, partners: int) -> None:
    with network_context(network(slug)):
        assert Partner.objects.count() == partners
        root = Partner.objects.get(kind=PartnerKind.BRAND_OWNER)
        assert root.parent_id is None
        partner: Any
        for partner in Partner.objects.select_related("parent", "territory"):
            assert partner.partner_1 == root.pk
            assert partner.territory_4 == partner.territory_id
            assert partner.position is not None
            if partner.parent:
                assert str(partner.path) == f"{partner.parent.path}.{partner.pk}"
            area: Any = PostalArea.objects.get(code=partner.postal_code, territory=partner.territory)
            assert abs(area.latitude - partner.latitude) < 0.05
        assert max(partner.level for partner in Partner.objects.all()) == 5


@pytest.mark.parametrize("slug", ["voltara", "nordwerk"])
def test_slots_and_live_offers_agree(demo: dict[str, Any], slug: str) -> None:
    with network_context(network(slug)):
        assert drift() == {}
        over = [
            load.partner.code
            for load in PartnerLoad.objects.select_related("partner")
            if load.open > (load.partner.capacity or 0)
        ]
        assert over == []


@pytest.mark.parametrize("slug", ["voltara", "nordwerk"])
def test_states_owners_and_moments_agree(demo: dict[str, Any], slug: str) -> None:
    with network_context(network(slug)):
        leads: list[Any] = list(Lead.objects.prefetch_related("offers"))
        for lead in leads:
            live = [offer for offer in lead.offers.all() if offer.is_live]
            if lead.state == LeadState.OFFERED:
                assert [offer.state for offer in live] == [OfferState.PENDING]
                assert live[0].due_at > NOW
            if lead.accepted_at:
                assert str(lead.recorded_path).endswith(str(lead.partner_id))
                assert lead.created_at < lead.accepted_at <= (lead.closed_at or NOW)
            assert lead.territory_4 == lead.territory_id
            assert lead.state_changed_at <= NOW
            assert lead.consent
        if slug == "voltara":
            assert {lead.state for lead in leads} >= set(LeadState) - {LeadState.NEW, LeadState.ROUTING}


def test_routing_would_offer_the_fresh_leads_to_the_same_partners(demo: dict[str, Any]) -> None:
    with network_context(network("voltara")):
        fresh = Offer.objects.filter(state=OfferState.PENDING, step=1, created_at__gte=NOW.replace(hour=8))
        same = 0
        for offer in fresh:
            others = Offer.objects.filter(lead=offer.lead)
            Offer.objects.filter(pk=offer.pk)
            first = next(
                each.partner
                for each in candidates(offer.lead, radius_km=150, at=NOW)
                if each.ruled_out in {"", "asked_before"}
            )
            same += first == offer.partner and others.count() == 1
        assert fresh.count() >= 5
        assert same >= 0.8 * fresh.count()


def test_the_clock_leaves_the_fresh_leads_alone(demo: dict[str, Any]) -> None:
    for slug in ("voltara", "nordwerk"):
        net = network(slug)
        with network_context(net):
            before = Counter(Lead.objects.values_list("state", flat=True))
            assert before[LeadState.DESK] >= 2
            assert before[LeadState.WAITING] >= 2 or slug == "nordwerk"
        clocks.wake_waiting(net.pk, NOW)
        clocks.run_clocks(net.pk, NOW)
        with network_context(net):
            assert Counter(Lead.objects.values_list("state", flat=True)) == before


def test_recent_leads_have_a_timeline_and_a_reason(demo: dict[str, Any]) -> None:
    with network_context(network("voltara")):
        offer: Any = (
            Offer.objects.filter(state=OfferState.PENDING)
            .select_related("lead")
            .order_by("-created_at")
            .first()
        )
        kinds = [event.kind for event in Event.objects.about(offer.lead)]
        assert kinds[-1] == "leads.lead_captured"
        assert "leads.lead_offered" in kinds
        assert [event.kind for event in Event.objects.about(offer)] == ["leads.offer_made"]
        assert Event.objects.about(offer).get().anchor_id == offer.partner_id
        decision = RoutingDecision.objects.filter(lead=offer.lead).latest("decided_at")
        chosen = [each for each in decision.considered if not each["ruled_out"]]
        assert [each["partner"] for each in chosen] == [str(offer.partner.uid)]
        told = set(Delivery.objects.values_list("event__kind", flat=True))
        assert {kind for kind in told if kind.startswith("leads.")} == {"leads.offer_made"}


def test_partners_of_open_offers_are_alerted_once_the_workers_run(demo: dict[str, Any]) -> None:
    net = network("voltara")
    with network_context(net):
        due = list(Delivery.objects.values_list("pk", flat=True))
    assert due
    for delivery in due:
        deliver_one(net.pk, delivery)
    with network_context(net):
        assert not Delivery.objects.exclude(state=DeliveryState.DONE)
        told = Notification.objects.filter(membership__user__email="dealer@voltara.example")
        assert told.count() >= 2


def test_demo_json_has_the_agreed_shape(demo: dict[str, Any]) -> None:
    assert demo["base"].startswith("http://127.0.0.1:")
    assert [each["slug"] for each in demo["networks"]] == ["voltara", "nordwerk"]
    assert demo["networks"][0]["host"].startswith("voltara.localhost:")
    for login in demo["logins"]:
        assert list(login) == ["email", "password", "network", "roles", "partner", "territory", "token"]
    for slug in ("voltara", "nordwerk"):
        roles = {role for login in demo["logins"] if login["network"] == slug for role in login["roles"]}
        assert roles == {str(role) for role in Role}
    operators = [login for login in demo["logins"] if login["network"] is None]
    assert [(each["email"], each["roles"], each["token"]) for each in operators] == [
        (OPERATOR_EMAIL, ["platform_operator"], None)
    ]


def test_every_login_works_by_password_and_by_token(demo: dict[str, Any]) -> None:
    hasher = PBKDF2PasswordHasher()  # which the demo's settings have, and the tests' have not
    for login in demo["logins"]:
        assert hasher.verify(login["password"], User.objects.get(email=login["email"]).password)
        if login["token"]:
            answer = get(login, "me/")
            assert answer.status_code == 200, answer.content
    assert ApiToken.objects.using("owner").filter(digest__contains="dnm_").count() == 0


def test_one_person_works_for_dealers_of_both_brands(demo: dict[str, Any]) -> None:
    user = User.objects.get(email=SHARED_EMAIL)
    memberships = Membership.objects.using("owner").filter(user=user).select_related("network")
    assert {each.network.slug for each in memberships} == {"voltara", "nordwerk"}
    logins = [each for each in demo["logins"] if each["email"] == SHARED_EMAIL]
    assert len({each["token"] for each in logins}) == 2
    assert len({each["password"] for each in logins}) == 1


def test_each_selling_login_finds_offers_and_no_contact_data_in_them(demo: dict[str, Any]) -> None:
    for slug in ("voltara", "nordwerk"):
        for start in ("dealer", "sibling", "rival", "subdealer", "retailer", "slow.dealer"):
            login = of(demo, slug, start)
            answer = get(login, "offers/?state=pending")
            assert answer.status_code == 200, answer.content
            offers = answer.json()["results"]
            assert len(offers) >= 2, login["email"]
            assert not any(
                "mail.example" in json.dumps(offer) or "+91110" in json.dumps(offer) for offer in offers
            )


def test_rivals_and_siblings_see_none_of_each_others_leads(demo: dict[str, Any]) -> None:
    def leads(start: str) -> set[str]:
        return {lead["id"] for lead in get(of(demo, "voltara", start), "leads/").json()["results"]}

    dealer, sibling, rival, distributor = (
        leads("dealer"),
        leads("sibling"),
        leads("rival"),
        leads("distributor"),
    )
    assert dealer
    assert rival
    assert not dealer & (sibling | rival)
    assert len(distributor) >= len(dealer)
    assert not rival & distributor


def test_the_dormant_distributor_has_old_leads_only(demo: dict[str, Any]) -> None:
    leads = get(of(demo, "voltara", "dormant.distributor"), "leads/").json()["results"]
    assert all(datetime.fromisoformat(lead["created_at"]) < NOW.replace(month=6) for lead in leads)
    with network_context(network("voltara")):
        name = of(demo, "voltara", "dormant.distributor")["partner"]
        top = Partner.objects.get(trade_name=name)
        below = Partner.objects.filter(path__below=str(top.path)).exclude(pk=top.pk)
        assert below
        assert not below.filter(state=PartnerState.LIVE)


def test_a_second_run_changes_nothing_and_keeps_the_tokens(demo: dict[str, Any], tmp_path: Path) -> None:
    path: Path = demo["path"]
    before = path.read_text()
    call_command("seed_demo", *SIZE, "--json", str(path), stdout=StringIO())
    assert path.read_text() == before
    assert path.stat().st_mode & 0o077 == 0


def test_a_network_comes_back_as_it_was_and_too_small_ones_are_refused(demo: dict[str, Any]) -> None:
    before = uids("nordwerk")
    clear(["nordwerk"])
    assert seeded(["voltara", "nordwerk"]) == ["voltara"]
    assert User.objects.filter(email=SHARED_EMAIL).exists()
    with pytest.raises(CommandError, match="too few partners"):
        call_command("seed_demo", "--networks", "nordwerk", "--partners", "5", "--json", "/dev/null")
    call_command(
        "seed_demo", "--networks", "nordwerk", "--partners", "22", "--leads", "104", "--now", NOW.isoformat(),
        "--json", str(demo["path"]), stdout=StringIO(),
    )  # fmt: skip
    assert uids("nordwerk") == before


def uids(slug: str) -> tuple[set[UUID], set[UUID]]:
    with network_context(network(slug)):
        return set(Lead.objects.values_list("uid", flat=True)), set(
            Partner.objects.values_list("uid", flat=True)
        )


def test_production_refuses_it(demo: dict[str, Any], settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="not for production"):
        call_command("seed_demo")


def test_the_documents_are_mostly_in_order_and_a_handful_blocks(demo: dict[str, Any]) -> None:
    for slug in ("voltara", "nordwerk"):
        net = network(slug)
        with network_context(net):
            counts = Counter(Document.objects.values_list("state", flat=True))
            assert counts["verified"] > 0.8 * counts.total()
            assert min(counts[state] for state in ("expiring", "uploaded", "rejected", "expired")) >= 1
            closed = closed_to(list(Partner.objects.values_list("pk", flat=True)), NOW.date())
            shut = {one.partner_id for one in closed if one.gate == "leads"}
            assert 3 <= len(shut) <= 6
            document = Document.objects.filter(state="uploaded").select_related("file")[0]
            with document.file.content.open() as copy:
                assert copy.read().startswith(b"%PDF-")
            assert run_document_clock(net.pk, NOW) <= 0.1 * counts.total()


def test_people_talk_and_leave_files_and_a_rival_reads_none_of_it(demo: dict[str, Any]) -> None:
    for slug in ("voltara", "nordwerk"):
        with network_context(network(slug)):
            counts = Counter(Comment.objects.values_list("is_internal", flat=True))
            assert counts[True] >= 3
            assert counts[False] >= 8
            assert StoredFile.objects.filter(is_internal=True).count() == 1
        mine = get(of(demo, slug, "dealer"), "comments/?limit=100").json()["results"]
        assert {comment["about"] for comment in mine} == {"partner", "lead"}
        assert not any(comment["is_internal"] for comment in mine)
        theirs = get(of(demo, slug, "rival"), "comments/?limit=100").json()["results"]
        assert not {comment["id"] for comment in mine} & {comment["id"] for comment in theirs}
        files = get(of(demo, slug, "dealer"), "files/").json()["results"]
        assert {"Partner agreement.pdf", "Fair plan.pdf"} <= {file["name"] for file in files}
        assert "Visit report.pdf" not in {file["name"] for file in files}
