"""From an enquiry to a live partner: who decides, what stands in the way, what is kept."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from dnm.accounts.tenancy import network_context
from dnm.events.models import Event
from dnm.metrics.reading import read
from dnm.metrics.rolling import roll_up_metric
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from partners.domain.onboarding.answering import answer_questionnaire, score_of
from partners.domain.onboarding.checklist import reopen_item, tick_item, waive_item
from partners.domain.onboarding.deciding import (
    decides,
    hold_application,
    move_on,
    next_state,
    obstacles,
    reject_application,
    resume_application,
    withdraw_application,
)
from partners.domain.onboarding.going_live import take_live
from partners.domain.onboarding.links import application_behind, issue_link, live_link, revoke_link, token_of
from partners.domain.onboarding.queries import board, verbs_for, waiting_for
from partners.domain.onboarding.tracks import draft_track, publish_track, put_question, put_stage, remove_part
from partners.metrics import TIME_TO_LIVE
from partners.models import Application, ChecklistItem, Decision, Invitation, Partner, Question, Stage
from partners.states import PartnerState
from tests.partners.taking_on import GOOD, LIGHT, QUESTIONS, answered, applied, led_to, open_track
from tests.world import NOW, Net


def fresh(row: Any) -> Any:
    return Application.objects.get(pk=row.pk)


def test_the_whole_way(voltara: Net) -> None:
    open_track(voltara)
    row = led_to(voltara, applied(voltara), "readiness")
    with network_context(voltara.network):
        actor = voltara.actor("administrator")
        for item in ChecklistItem.objects.filter(application=row):
            tick_item(item=item, actor=actor, at=NOW)
        partner = take_live(
            application=row,
            code="V-NEW-1",
            parent=voltara.partners["distributor_north"],
            territory=voltara.territories["north_a"],
            product_lines=[voltara.lines["pumps"]],
            actor=actor,
            at=NOW + timedelta(days=40),
        )
        row = fresh(row)
        assert (partner.state, partner.kind, partner.code) == (PartnerState.LIVE, "dealer", "V-NEW-1")
        assert (row.state, row.partner, row.parent) == ("live", partner, partner.parent)
        invited = Invitation.objects.get(partner=partner)
        assert (invited.email, invited.role) == (row.email, "partner_owner")
        decided = list(Decision.objects.filter(application=row).order_by("pk"))
        assert [one.to_state for one in decided] == [
            "questionnaire", "shortlisted", "due_diligence", "letter_of_intent", "deposit", "readiness",
            "live",
        ]  # fmt: skip
        assert {one.decider for one in decided} == {voltara.members["administrator"]}


def test_a_light_track_has_four_steps(voltara: Net) -> None:
    open_track(voltara, "retailer", stages=LIGHT, lines=())
    row = applied(voltara, "retailer")
    with network_context(voltara.network):
        assert next_state(row) == "questionnaire"
        with pytest.raises(Conflict, match="not the next stage"):
            move_on(application=row, to="shortlisted", actor=voltara.actor("administrator"), at=NOW)
    row = led_to(voltara, row, "readiness")
    with network_context(voltara.network):
        assert next_state(row) == "live"


def test_an_application_keeps_the_version_it_began_under(voltara: Net) -> None:
    first = open_track(voltara, "retailer", stages=LIGHT)
    row = applied(voltara, "retailer")
    with network_context(voltara.network):
        draft = draft_track(kind="retailer", actor=voltara.system, at=NOW)
        assert (draft.version, draft.questions.count(), draft.stages.count()) == (2, 4, 3)
        put_stage(track=draft, state="deposit", deciders=["finance"], days=3, actor=voltara.system, at=NOW)
        publish_track(track=draft, actor=voltara.system, at=NOW)
        assert fresh(row).track == first
    later = applied(voltara, "retailer", email="second@new.example")
    row = led_to(voltara, row, "readiness")
    with network_context(voltara.network):
        assert later.track == draft


def test_what_was_in_force_does_not_change(voltara: Net) -> None:
    track = open_track(voltara)
    with network_context(voltara.network):
        stage, question = (
            Stage.objects.filter(track=track).first(),
            Question.objects.filter(track=track).first(),
        )
        assert stage is not None
        assert question is not None
        with pytest.raises(Conflict):
            remove_part(part=stage, actor=voltara.system, at=NOW)
        with pytest.raises(Conflict):
            put_question(track=track, values=QUESTIONS[0], actor=voltara.system, at=NOW)
        for change in (
            lambda: Stage.objects.filter(pk=stage.pk).update(days=99),
            lambda: Question.objects.filter(pk=question.pk).update(weight=1),
            lambda: Question.objects.filter(pk=question.pk).delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()


def test_a_track_that_leads_nowhere_is_not_put_into_force(voltara: Net) -> None:
    with network_context(voltara.network):
        actor = voltara.actor("administrator")
        track = draft_track(kind="dealer", actor=actor, at=NOW)
        with pytest.raises(Conflict, match="begins with the enquiry"):
            publish_track(track=track, actor=actor, at=NOW)
        with pytest.raises(Conflict, match="draft already"):
            draft_track(kind="dealer", actor=actor, at=NOW)
        with pytest.raises(NotAllowed):
            draft_track(kind="retailer", actor=voltara.actor("zone_north"), at=NOW)


@pytest.mark.parametrize(
    ("answers", "percent"),
    [
        (GOOD, 100),
        (("Rented", "50", "yes", ""), 40),
        (("Rented", "500", "no", ""), 80),
        (("Own", "-20", "no", ""), 60),
        (("Rented", "33.3", "yes", ""), 33),
    ],
)
def test_the_score_is_weighed_with_its_parts(voltara: Net, answers: tuple[str, ...], percent: int) -> None:
    open_track(voltara)
    row = led_to(voltara, applied(voltara), "questionnaire")
    answered(voltara, row, answers)
    with network_context(voltara.network):
        row = fresh(row)
        score = score_of(row)
        assert (row.score, score.percent, score.weight) == (percent, percent, 100)
        assert round(sum(part.points for part in score.parts)) == percent


def test_answers_are_checked_and_stand_once_sent(voltara: Net) -> None:
    open_track(voltara)
    row = led_to(voltara, applied(voltara), "questionnaire")
    with network_context(voltara.network):
        first = Question.objects.get(track=row.track, position=1)
        number = Question.objects.get(track=row.track, position=2)
        given: dict[str, Any] = {str(first.uid): "Castle", str(number.uid): "plenty"}
        with pytest.raises(Invalid) as refused:
            answer_questionnaire(application=row, given=given, is_final=False, actor=voltara.system, at=NOW)
        assert set(refused.value.fields) == {str(first.uid), str(number.uid)}
        answer_questionnaire(
            application=row, given={str(first.uid): "Own"}, is_final=False, actor=voltara.system, at=NOW
        )
        with pytest.raises(Invalid) as refused:
            answer_questionnaire(
                application=row, given={str(first.uid): "Own"}, is_final=True, actor=voltara.system, at=NOW
            )
        assert len(refused.value.fields) == 2
    answered(voltara, row)
    with pytest.raises(Conflict, match="not open"):
        answered(voltara, row, ("Rented", "0", "yes", ""))


def test_below_the_mark_going_on_takes_a_reason(voltara: Net) -> None:
    open_track(voltara)
    row = led_to(voltara, applied(voltara), "questionnaire")
    answered(voltara, row, ("Rented", "10", "yes", ""))
    with network_context(voltara.network):
        actor = voltara.actor("zone_north")
        with pytest.raises(Invalid):
            move_on(application=row, to="shortlisted", actor=actor, at=NOW)
        move_on(application=row, to="shortlisted", reason="The only one in town", actor=actor, at=NOW)
        last = Decision.objects.latest("pk")
        assert (last.reason, last.score, last.decider_name) == ("The only one in town", 24, actor.name)


def test_the_deciders_of_the_stage_decide_and_nobody_else(voltara: Net) -> None:
    open_track(voltara, deciders={"enquiry": ["zone_manager"], "questionnaire": ["finance"]})
    row = applied(voltara)
    with network_context(voltara.network):
        for person in ("administrator", "programme", "finance", "zone_south", "auditor", "owner_north"):
            with pytest.raises(NotAllowed):
                move_on(application=row, to="questionnaire", actor=voltara.actor(person), at=NOW)
            assert not decides(row, voltara.actor(person))
        assert list(waiting_for(voltara.actor("zone_north"))) == [row]
        assert list(waiting_for(voltara.actor("zone_south"))) == []
        assert list(waiting_for(voltara.actor("administrator"))) == []
        move_on(application=row, to="questionnaire", actor=voltara.actor("zone_north"), at=NOW)
        assert list(waiting_for(voltara.actor("finance"))) == [], "the applicant is to answer first"
    answered(voltara, row)
    with network_context(voltara.network):
        assert list(waiting_for(voltara.actor("finance"))) == [row]
        assert verbs_for(fresh(row), voltara.actor("zone_north")) == ["link", "change"]


def test_what_is_open_stands_in_the_way(voltara: Net) -> None:
    open_track(voltara, lines=(("Trade licence", "document", "enquiry"), ("Visit", "task", "readiness")))
    row = applied(voltara)
    with network_context(voltara.network):
        actor = voltara.actor("zone_north")
        assert obstacles(row) == ["Still open: Trade licence."]
        with pytest.raises(Conflict, match="Trade licence"):
            move_on(application=row, to="questionnaire", actor=actor, at=NOW)
        licence = ChecklistItem.objects.get(application=row, name="Trade licence")
        with pytest.raises(Invalid):
            waive_item(item=licence, reason=" ", actor=actor, at=NOW)
        with pytest.raises(NotAllowed):
            tick_item(item=licence, actor=voltara.actor("auditor"), at=NOW)
        waive_item(item=licence, reason="Known for years", actor=actor, at=NOW)
        with pytest.raises(Conflict):
            tick_item(item=licence, actor=actor, at=NOW)
        reopen_item(item=licence, actor=actor, at=NOW)
        tick_item(item=licence, actor=actor, at=NOW)
        move_on(application=row, to="questionnaire", actor=actor, at=NOW)
        with pytest.raises(Conflict, match="not answered"):
            move_on(application=row, to="shortlisted", actor=actor, at=NOW)


def test_on_hold_and_back_to_the_same_stage(voltara: Net) -> None:
    open_track(voltara)
    row = led_to(voltara, applied(voltara), "due_diligence")
    with network_context(voltara.network):
        actor = voltara.actor("zone_north")
        with pytest.raises(Invalid):
            hold_application(application=row, reason="", actor=actor, at=NOW)
        hold_application(application=row, reason="Waits for the bank", actor=actor, at=NOW)
        assert (fresh(row).state, fresh(row).held_from) == ("on_hold", "due_diligence")
        assert verbs_for(fresh(row), actor)[-1] == "resume"
        resume_application(application=row, actor=actor, at=NOW)
        assert (fresh(row).state, fresh(row).held_from) == ("due_diligence", "")


def test_out_by_either_side_with_a_reason(voltara: Net) -> None:
    open_track(voltara)
    first, second = applied(voltara), applied(voltara, email="second@new.example")
    with network_context(voltara.network):
        actor = voltara.actor("zone_north")
        with pytest.raises(Invalid):
            reject_application(application=first, reason="", actor=actor, at=NOW)
        reject_application(application=first, reason="Too near", told="Not this year", actor=actor, at=NOW)
        withdraw_application(application=second, reason="Changed my mind", actor=voltara.system, at=NOW)
        assert [fresh(one).closing_reason for one in (first, second)] == ["Too near", "Changed my mind"]
        with pytest.raises(Conflict, match="has ended"):
            move_on(application=first, to="questionnaire", actor=actor, at=NOW)


def test_only_who_may_enter_partners_takes_live(voltara: Net) -> None:
    open_track(voltara, lines=())
    row = led_to(voltara, applied(voltara), "readiness")
    values = {
        "application": row, "code": "V-2", "parent": voltara.partners["distributor_north"],
        "territory": voltara.territories["north_a"], "at": NOW,
    }  # fmt: skip
    with network_context(voltara.network):
        with pytest.raises(NotAllowed):
            take_live(**values, actor=voltara.actor("zone_north"))
        with pytest.raises(Conflict, match="is taken"):
            take_live(**{**values, "code": "dealer_a"}, actor=voltara.actor("administrator"))
        take_live(**values, actor=voltara.actor("administrator"))
        with pytest.raises(Conflict):
            take_live(**{**values, "code": "V-3"}, actor=voltara.actor("administrator"))
        assert Partner.objects.filter(code__in=["V-2", "V-3"]).count() == 1


def test_a_personal_link_opens_one_application_of_one_network_for_a_time(voltara: Net, nordwerk: Net) -> None:
    for net in (voltara, nordwerk):
        open_track(net)
    row, foreign = applied(voltara), applied(nordwerk)
    with network_context(nordwerk.network):
        other = token_of(live_link(foreign, NOW), nordwerk.network)  # type: ignore[arg-type]
    with network_context(voltara.network):
        link = live_link(row, NOW)
        assert link is not None
        token = token_of(link, voltara.network)

        def behind(token: str, days: int = 0) -> Any:
            return application_behind(token, network=voltara.network, at=NOW + timedelta(days=days))

        assert behind(token) == row
        assert behind(token, 59) == row
        assert behind(token, 61) is None
        assert [behind(wrong) for wrong in (other, token[:-1], f"x{token}", "", ":", "é")] == [None] * 6
        issue_link(application=row, actor=voltara.actor("zone_north"), at=NOW)
        assert behind(token) is None, "a new link ends the earlier one"
        newer = token_of(live_link(row, NOW), voltara.network)  # type: ignore[arg-type]
        assert behind(newer) == row
        revoke_link(application=row, actor=voltara.actor("zone_north"), at=NOW)
        assert behind(newer) is None
        with pytest.raises(NotAllowed):
            issue_link(application=row, actor=voltara.actor("finance"), at=NOW)


def test_what_looks_like_spam_waits_and_gets_no_link(voltara: Net) -> None:
    open_track(voltara)
    row = applied(voltara, suspicion="honeypot")
    with network_context(voltara.network):
        assert row.state == "enquiry"
        assert live_link(row, NOW) is None


def test_the_board_counts_by_stage(voltara: Net) -> None:
    open_track(voltara)
    applied(voltara)
    led_to(voltara, applied(voltara, email="b@new.example"), "shortlisted")
    with network_context(voltara.network):
        lanes = {str(lane.state): lane.count for lane in board(voltara.actor("zone_north"))}
        assert lanes == {
            "enquiry": 1, "questionnaire": 0, "shortlisted": 1, "due_diligence": 0, "letter_of_intent": 0,
            "deposit": 0, "readiness": 0,
        }  # fmt: skip
        assert sum(lane.count for lane in board(voltara.actor("zone_south"))) == 0


def test_the_log_holds_no_contact_data(voltara: Net) -> None:
    open_track(voltara)
    row = led_to(voltara, applied(voltara), "shortlisted")
    with network_context(voltara.network):
        told = " ".join(str(event.payload) for event in Event.objects.about(row))
        for secret in (row.email, row.contact_name, row.message):
            assert secret not in told


def test_the_time_to_live_is_rolled_up(voltara: Net) -> None:
    open_track(voltara, lines=())
    row = led_to(voltara, applied(voltara), "readiness")
    with network_context(voltara.network):
        take_live(
            application=row,
            code="V-4",
            parent=voltara.partners["distributor_north"],
            territory=voltara.territories["north_a"],
            actor=voltara.actor("administrator"),
            at=NOW + timedelta(days=30, hours=6),
        )
    assert roll_up_metric(voltara.network.pk, TIME_TO_LIVE, NOW + timedelta(days=31)) == 1
    with network_context(voltara.network):
        day = (NOW + timedelta(days=30, hours=6)).date()
        for person, live in (("zone_north", 1), ("zone_south", 0), ("owner_north", 0)):
            found = read(TIME_TO_LIVE, voltara.actor(person), first=day, last=day)
            assert (found.numerator, found.denominator) == (live * (30 * 24 + 6), live)
