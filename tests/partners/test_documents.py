"""Compliance documents: two people, what covers, what the calendar does, and the gates that follow."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from dnm.accounts.tenancy import network_context
from dnm.events.models import Event
from dnm.metrics.rolling import rebuild, roll_up_metric
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from leads.domain.routing import offer_by_hand, route_lead
from leads.models import Lead, RoutingDecision
from partners.domain.checklists import ask_for_documents
from partners.domain.document_clock import run_document_clock
from partners.domain.document_types import create_document_type, update_document_type
from partners.domain.documents import reject_document, revoke_document, upload_document, verify_document
from partners.domain.gates import blocked
from partners.metrics.documents import COMPLETION, EXPIRING
from partners.models import Document, DocumentType, Partner, PartnerFigure, StoredFile
from partners.models.documents import FOR_EVER
from tests.partners.papers import TODAY, brought, document_of, document_type, verified
from tests.partners.uploads import SCRIPT, pdf, upload
from tests.world import NOW, Net

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def is_blocked(net: Net, partner: str = "dealer_a", gate: str = "leads", at: datetime = NOW) -> bool:
    with network_context(net.network):
        return bool(blocked(Partner.objects.get(pk=net.partners[partner].pk), gate, at))


def tick(net: Net, at: datetime) -> None:
    run_document_clock(net.network.pk, at)


def reminders(net: Net, document: Document) -> list[int]:
    """Days left, as told by each reminder."""
    with network_context(net.network):
        told = Event.objects.about(document).filter(kind="partners.document_reminded").order_by("id")
        return [event.payload["days"] for event in told]


class TestTwoPeople:
    def test_a_copy_is_verified_by_somebody_else(self, voltara: Net) -> None:
        document_type(voltara)
        document = verified(voltara)
        assert document.state == "verified"
        assert document.covered_until == TODAY + 365 * DAY
        people = (voltara.members["owner_a"].pk, voltara.members["finance"].pk)
        assert (document.uploaded_by_id, document.decided_by_id) == people

    @pytest.mark.parametrize("verb", ["verify", "reject"])
    def test_the_one_who_uploaded_it_decides_nothing(self, voltara: Net, verb: str) -> None:
        document_type(voltara)
        document = brought(voltara, by="administrator")
        with network_context(voltara.network), pytest.raises(NotAllowed, match="somebody else"):
            actor = voltara.actor("administrator")
            if verb == "verify":
                verify_document(document=document, actor=actor, at=NOW)
            else:
                reject_document(document=document, reason="blurred", actor=actor, at=NOW)
        assert document_of(voltara).state == "uploaded"

    def test_the_database_refuses_it_as_well(self, voltara: Net) -> None:
        document_type(voltara)
        document = brought(voltara)
        with network_context(voltara.network), pytest.raises(IntegrityError), transaction.atomic():
            Document.objects.filter(pk=document.pk).update(decided_by=voltara.members["owner_a"])

    @pytest.mark.parametrize(
        "person", ["sales_a", "owner_north", "owner_south", "retail_a", "auditor", "finance"]
    )
    def test_who_may_not_upload(self, voltara: Net, person: str) -> None:
        document_type(voltara)
        with pytest.raises(NotAllowed):
            brought(voltara, by=person)

    @pytest.mark.parametrize("person", ["owner_a", "owner_north", "auditor", "zone_south", "programme"])
    def test_who_may_not_verify(self, voltara: Net, person: str) -> None:
        document_type(voltara)
        document = brought(voltara, by="administrator")
        with network_context(voltara.network), pytest.raises(NotAllowed):
            verify_document(document=document, actor=voltara.actor(person), at=NOW)

    def test_a_bad_file_changes_nothing(self, voltara: Net) -> None:
        document_type(voltara)
        with pytest.raises(Invalid):
            brought(voltara, file=upload("gst.pdf", SCRIPT))
        assert document_of(voltara).state == "missing"

    def test_days_that_make_no_sense(self, voltara: Net) -> None:
        document_type(voltara)
        for field, values in (
            ("expires_on", {"expires_on": None}),
            ("expires_on", {"expires_on": TODAY - DAY}),
            ("expires_on", {"expires_on": TODAY + 40 * 366 * DAY}),
            ("issued_on", {"issued_on": TODAY + 2 * DAY}),
        ):
            with pytest.raises(Invalid) as refused:
                brought(voltara, **values)
            assert set(refused.value.fields) == {field}

    def test_a_rejection_needs_a_reason(self, voltara: Net) -> None:
        document_type(voltara)
        document = brought(voltara)
        with network_context(voltara.network), pytest.raises(Invalid):
            reject_document(document=document, reason=" ", actor=voltara.actor("finance"), at=NOW)


class TestGates:
    def test_open_until_the_deadline_then_closed_then_open_again(self, voltara: Net) -> None:
        document_type(voltara, days_to_provide=5)
        assert not is_blocked(voltara, at=NOW + 5 * DAY)
        late = NOW + 6 * DAY
        assert is_blocked(voltara, at=late)
        assert not is_blocked(voltara, gate="payouts", at=late)
        brought(voltara, at=late)
        assert is_blocked(voltara, at=late), "a copy that nobody looked at opens nothing"
        with network_context(voltara.network):
            verify_document(document=document_of(voltara), actor=voltara.actor("finance"), at=late)
        assert not is_blocked(voltara, at=late)

    def test_a_new_copy_takes_nothing_away_that_is_covered(self, voltara: Net) -> None:
        document_type(voltara, days_to_provide=0)
        verified(voltara, until=TODAY + 10 * DAY)
        newer = brought(voltara, at=NOW + 5 * DAY)
        assert not is_blocked(voltara, at=NOW + 10 * DAY)
        with network_context(voltara.network):
            reject_document(
                document=newer, reason="blurred", actor=voltara.actor("finance"), at=NOW + 6 * DAY
            )
        assert not is_blocked(voltara, at=NOW + 10 * DAY)
        assert is_blocked(voltara, at=NOW + 11 * DAY)
        tick(voltara, NOW + 11 * DAY)
        assert document_of(voltara).state == "expired"

    def test_a_verification_taken_back_closes_at_once(self, voltara: Net) -> None:
        document_type(voltara)
        document = verified(voltara)
        with network_context(voltara.network):
            revoke_document(document=document, reason="false", actor=voltara.actor("zone_north"), at=NOW)
        assert is_blocked(voltara)

    def test_a_type_that_is_not_asked_any_more_blocks_nobody(self, voltara: Net) -> None:
        kind = document_type(voltara, days_to_provide=0)
        late = NOW + 3 * DAY
        assert is_blocked(voltara, at=late)
        for changes in ({"is_active": False}, {"is_active": True, "is_required": False}):
            with network_context(voltara.network):
                update_document_type(kind=kind, changes=changes, actor=voltara.system, at=late)
                ask_for_documents(network=voltara.network, actor=voltara.system, at=late)
            assert not is_blocked(voltara, at=late)

    def test_other_partners_and_networks_are_not_touched(self, voltara: Net, nordwerk: Net) -> None:
        document_type(voltara, days_to_provide=0, kinds=["dealer"])
        late = NOW + 3 * DAY
        assert is_blocked(voltara, "dealer_b", at=late)
        assert not is_blocked(voltara, "retailer_a", at=late)
        assert not is_blocked(nordwerk, "dealer_a", at=late)


class TestLeads:
    def test_a_blocked_partner_gets_no_leads_and_the_rule_is_named(self, voltara: Net) -> None:
        document_type(voltara, days_to_provide=0)
        late = NOW + 3 * DAY
        verified(voltara, "dealer_b", by="administrator")
        offer = voltara.offered(at=late)
        assert offer.partner == voltara.partners["dealer_b"]
        with network_context(voltara.network):
            considered = RoutingDecision.objects.get(lead=offer.lead).considered
        ruled_out = {row["partner"]: row["ruled_out"] for row in considered}
        assert ruled_out[str(voltara.partners["dealer_a"].uid)] == "documents"
        verified(voltara, "dealer_a", at=late)
        assert voltara.offered(at=late).partner == voltara.partners["dealer_a"]

    def test_not_by_hand_and_not_as_the_distributor_either(self, voltara: Net) -> None:
        document_type(voltara, days_to_provide=0)
        late = NOW + 3 * DAY
        lead = voltara.lead(at=late)
        with network_context(voltara.network):
            Lead.objects.filter(pk=lead.pk).update(state="routing")
            route_lead(lead_id=lead.pk, actor=voltara.system, at=late)
            lead.refresh_from_db()
            assert lead.state == "desk"
            with pytest.raises(Conflict, match="missing or has expired"):
                offer_by_hand(
                    lead=lead,
                    partner=voltara.partners["dealer_a"],
                    actor=voltara.actor("administrator"),
                    at=late,
                )


class TestCalendar:
    def test_reminders_each_once_then_expired(self, voltara: Net) -> None:
        document_type(voltara)
        document = verified(voltara, until=TODAY + 61 * DAY)
        for day in range(1, 63):
            tick(voltara, NOW + day * DAY)
            tick(voltara, NOW + day * DAY)
        assert reminders(voltara, document) == [60, 30, 7, 1]
        assert document_of(voltara).state == "expired"
        assert is_blocked(voltara, at=NOW + 62 * DAY)

    def test_one_that_comes_late_gets_one_reminder_not_four(self, voltara: Net) -> None:
        document_type(voltara)
        document = verified(voltara, until=TODAY + 5 * DAY)
        tick(voltara, NOW)
        assert document_of(voltara).state == "expiring"
        assert reminders(voltara, document) == [5]
        tick(voltara, NOW + 4 * DAY)
        assert reminders(voltara, document) == [5, 1]

    def test_the_last_day_still_counts(self, voltara: Net) -> None:
        document_type(voltara, days_to_provide=0)
        verified(voltara, until=TODAY + DAY)
        tick(voltara, NOW + DAY)
        assert document_of(voltara).state == "expiring"
        assert not is_blocked(voltara, at=NOW + DAY)

    def test_what_does_not_expire_is_left_alone(self, voltara: Net) -> None:
        document_type(voltara, has_expiry=False)
        document = verified(voltara)
        tick(voltara, NOW + 3000 * DAY)
        assert document_of(voltara).state == "verified"
        assert (document.covered_until, document.expires_on) == (FOR_EVER, None)

    def test_a_missing_one_is_asked_for_again_before_its_deadline(self, voltara: Net) -> None:
        document_type(voltara, days_to_provide=30)
        document = document_of(voltara)
        for day in range(31):
            tick(voltara, NOW + day * DAY)
        assert reminders(voltara, document) == [30, 7, 1]

    def test_a_replacement_in_time_ends_the_reminders(self, voltara: Net) -> None:
        document_type(voltara)
        document = verified(voltara, until=TODAY + 20 * DAY)
        tick(voltara, NOW)
        verified(voltara, until=TODAY + 400 * DAY)
        for day in range(25):
            tick(voltara, NOW + day * DAY)
        assert reminders(voltara, document) == [20]
        assert document_of(voltara).state == "verified"


class TestChecklist:
    def test_asked_by_kind_and_country_and_only_once(self, voltara: Net) -> None:
        document_type(voltara, "all")
        document_type(voltara, "dealers", kinds=["dealer"])
        document_type(voltara, "here", countries=[voltara.network.country])
        document_type(voltara, "elsewhere", countries=["XX"])
        with network_context(voltara.network):
            again = ask_for_documents(network=voltara.network, actor=voltara.system, at=NOW)
            asked = {
                code: set(Document.objects.filter(type__code=code).values_list("partner__code", flat=True))
                for code in ("all", "dealers", "here", "elsewhere")
            }
        assert again == 0
        everybody = set(voltara.partners) - {"brand"}
        dealers = {"dealer_a", "dealer_b", "dealer_c"}
        assert asked == {"all": everybody, "dealers": dealers, "here": everybody, "elsewhere": set()}

    def test_the_country_is_that_of_the_postal_code_within_the_territory(self, voltara: Net) -> None:
        with network_context(voltara.network):
            partner = Partner.objects.get(pk=voltara.partners["dealer_a"].pk)
            area = type(partner.territory).objects.get(code="north_a").postal_areas.get(code="NA1")
            type(area).objects.filter(pk=area.pk).update(country="XX")
            Partner.objects.filter(pk=partner.pk).update(postal_code="NA1")
        document_type(voltara, "abroad", countries=["XX"])
        with network_context(voltara.network):
            assert [row.partner.code for row in Document.objects.select_related("partner")] == ["dealer_a"]

    def test_types_are_kept_by_who_has_the_whole_network(self, voltara: Net) -> None:
        facts = {"code": "pan", "name": "PAN"}
        with network_context(voltara.network):
            for person in ("zone_north", "owner_a", "auditor"):
                with pytest.raises(NotAllowed):
                    create_document_type(facts=facts, actor=voltara.actor(person), at=NOW)
            create_document_type(facts=facts, actor=voltara.actor("administrator"), at=NOW)
            with pytest.raises(Conflict):
                create_document_type(facts=facts, actor=voltara.system, at=NOW)
            wrong: dict[str, Any] = {
                "code": "x", "name": "", "kinds": ["king"], "gates": ["heaven"], "countries": ["Narnia"],
                "reminder_days": [999], "days_to_provide": 9999,
            }  # fmt: skip
            with pytest.raises(Invalid) as refused:
                create_document_type(facts=wrong, actor=voltara.system, at=NOW)
            assert set(refused.value.fields) == set(wrong) - {"code"}
            assert DocumentType.objects.count() == 1


def test_figures_follow_what_happens(voltara: Net) -> None:
    document_type(voltara, kinds=["dealer"])
    verified(voltara)
    verified(voltara, "dealer_b", by="administrator", until=TODAY + 20 * DAY)
    tick(voltara, NOW)

    def figures(metric: Any) -> dict[str, tuple[int, int]]:
        with network_context(voltara.network):
            rows = PartnerFigure.objects.filter(metric=metric.name).select_related("partner")
            return {row.partner.code: (int(row.numerator), int(row.denominator)) for row in rows}

    for metric in (COMPLETION, EXPIRING):
        rebuild(voltara.network.pk, metric, NOW)
    assert figures(COMPLETION) == {"dealer_a": (1, 1), "dealer_b": (1, 1), "dealer_c": (0, 1)}
    assert figures(EXPIRING) == {"dealer_a": (0, 1), "dealer_b": (1, 1), "dealer_c": (0, 1)}
    tick(voltara, NOW + 21 * DAY)
    with network_context(voltara.network):
        roll_up_metric(voltara.network.pk, COMPLETION, NOW + 21 * DAY)
    assert figures(COMPLETION)["dealer_b"] == (0, 1)


def test_an_upload_keeps_the_earlier_copies(voltara: Net) -> None:
    document_type(voltara)
    first = brought(voltara)
    with network_context(voltara.network):
        second = upload_document(
            document=first,
            file=upload("better.pdf", pdf(head=b"%better\n")),
            expires_on=TODAY + 30 * DAY,
            actor=voltara.actor("owner_a"),
            at=NOW,
        )
        assert StoredFile.objects.about(second).count() == 2
        assert second.file != first.file
