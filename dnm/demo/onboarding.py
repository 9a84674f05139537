"""Applications of the demo, in every state: tracks in force, and people led along them by the real verbs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership, Network
from dnm.accounts.tenancy import network_context
from dnm.demo import names
from dnm.demo.loading import Uids
from dnm.demo.plan import NetworkPlan
from dnm.demo.tracks import put_tracks
from dnm.events.models import Delivery, DeliveryState, Event
from dnm.scoping.actors import actor_for_membership
from partners.domain.onboarding.answering import answer_questionnaire, questions_of
from partners.domain.onboarding.applying import receive_application
from partners.domain.onboarding.checklist import tick_item
from partners.domain.onboarding.deciding import (
    hold_application,
    is_below_mark,
    move_on,
    next_state,
    reject_application,
    step,
    withdraw_application,
)
from partners.models import Application, ChecklistItem, Partner, ProductLine
from partners.models.onboarding import QuestionKind
from partners.states import PartnerState
from partners.states.onboarding import ApplicationState as S

FULL = (
    (S.ENQUIRY, 6), (S.QUESTIONNAIRE, 5), (S.SHORTLISTED, 4), (S.DUE_DILIGENCE, 4), (S.LETTER_OF_INTENT, 3),
    (S.DEPOSIT, 3), (S.READINESS, 4), (S.LIVE, 6), (S.REJECTED, 3), (S.WITHDRAWN, 2), (S.ON_HOLD, 2),
)  # fmt: skip
FEW = ((S.ENQUIRY, 2), (S.QUESTIONNAIRE, 1), (S.DUE_DILIGENCE, 1), (S.READINESS, 1), (S.LIVE, 1))
"""How many applications stand where: in the large network, and in the small one."""
TURNS = ("dealer", "retailer", "dealer", "service_centre", "sub_dealer", "retailer")
LIGHT = frozenset({S.ENQUIRY, S.QUESTIONNAIRE, S.READINESS, S.LIVE, S.REJECTED, S.WITHDRAWN, S.ON_HOLD})
WISHES = (
    "We have sold household goods here for twelve years and want to add your range.",
    "A corner shop on the main road, 80 square metres, parking in front.",
    "My father ran the shop, I have taken over and want to grow.",
    "We repair pumps and motors already and are asked for your brand every week.",
)
REASONS = {
    S.REJECTED: ("Too near to a standing partner.", "We have a partner in your town already."),
    S.ON_HOLD: ("Waits for the bank's consent to the lease.", "We wait for your bank's letter."),
    S.WITHDRAWN: ("Found a shop of another brand.", ""),
}


@dataclass
class Walk:
    """One applicant on the way: days pass as the application is led on."""

    application: Application
    actor: Actor
    at: datetime
    random: Random

    def pass_days(self, least: int, most: int) -> datetime:
        self.at += timedelta(hours=self.random.randint(24 * least, 24 * most))
        return self.at


def write_onboarding(plan: NetworkPlan) -> int:
    """Tracks and applications of one network, by the verbs of the domain; returns how many applications."""
    network = Network.objects.get(slug=plan.brand.slug)
    now = datetime.fromtimestamp(plan.now, UTC)
    random = Random(f"{plan.seed}:{plan.brand.slug}:onboarding")
    uids = Uids(f"{plan.seed}:{plan.brand.slug}:applications")
    goals = [state for state, count in (FULL if plan.brand.share > 0.5 else FEW) for _ in range(count)]
    with network_context(network):
        if Application.objects.exists():
            return 0
        admin = Membership.objects.select_related("user", "network").get(
            user__email=f"admin@{network.slug}.example"
        )
        actor = actor_for_membership(admin, via="session", at=now)
        put_tracks(actor, now - timedelta(days=300))
        for number, goal in enumerate(goals):
            kind = TURNS[number % len(TURNS)]
            if kind == "retailer" and (goal not in LIGHT or goal == S.ENQUIRY):
                kind = "dealer"  # retailers are asked at once, and pass few stages
            began = now - timedelta(hours=random.randint(*_age(goal)))
            walk = Walk(_apply(plan, network, number, kind, began, random), actor, began, random)
            Application.objects.filter(pk=walk.application.pk).update(uid=uids.at(int(began.timestamp())))
            _lead(walk, goal, number)
        settle_old_deliveries(now)
    return len(goals)


def _age(goal: str) -> tuple[int, int]:
    """So many hours ago such an application came in, at least and at most."""
    if goal == S.ENQUIRY:
        return 3, 24 * 6
    late = goal in (S.LIVE, S.READINESS, S.DEPOSIT, S.LETTER_OF_INTENT, S.ON_HOLD)
    return (24 * 95, 24 * 160) if late else (24 * 45, 24 * 80)


def _apply(
    plan: NetworkPlan, network: Network, number: int, kind: str, at: datetime, random: Random
) -> Application:
    place = plan.geography.places[random.randrange(len(plan.geography.places))]
    who = names.person(90_000 + number, place.country)
    lines = list(ProductLine.objects.order_by("code"))
    application = receive_application(
        kind=kind,
        organisation=names.trade_name(40_000 + number * 3, kind, place.country, place.name),
        contact_name=who,
        email=names.email(who, 90_000 + number).replace("@mail.", f"@{network.slug}-applicant."),
        postal_code=place.code,
        address=f"Main Road {random.randint(1, 180)}, {place.name}",
        message=WISHES[number % len(WISHES)],
        product_lines=random.sample(lines, k=min(2, len(lines))),
        consent=True,
        source="web_form",
        external_id=f"demo-{number}",
        suspicion="links" if number == 5 and plan.brand.share > 0.5 else "",
        network=network,
        actor=Actor.system("application page", network.pk),
        at=at,
    )
    phone = names.phone(90_000 + number, place.country)
    Application.objects.filter(pk=application.pk).update(phone=phone)
    return application


def _lead(walk: Walk, goal: str, number: int) -> None:
    """Led on to the goal; those that ended or rest did so on the way."""
    stop = {S.REJECTED: S.QUESTIONNAIRE, S.WITHDRAWN: S.QUESTIONNAIRE, S.ON_HOLD: S.READINESS}
    until = stop.get(S(goal), S.READINESS if goal == S.LIVE else S(goal))
    while (row := Application.objects.select_related("track").get(pk=walk.application.pk)).state != until:
        _do_what_is_due(walk, row)
        walk.pass_days(1, 9)
        row = Application.objects.select_related("track").get(pk=row.pk)
        reason = "The only one in this town." if is_below_mark(row) else ""
        move_on(application=row, to=next_state(row), reason=reason, actor=walk.actor, at=walk.at)
    if goal == S.QUESTIONNAIRE and number % 2 == 0:
        _answer(walk, row)
    elif goal in REASONS:
        _out(walk, row, S(goal))
    elif goal == S.LIVE:
        _do_what_is_due(walk, row)
        _live(walk, row)
    elif number % 2:
        _tick(walk, row, most=1)


def _do_what_is_due(walk: Walk, row: Application) -> None:
    if row.state == S.QUESTIONNAIRE:
        _answer(walk, row)
    _tick(walk, row)


def _tick(walk: Walk, row: Application, most: int = 9) -> None:
    due = ChecklistItem.objects.filter(application=row, due_in=row.state, progress="open")
    for item in due.order_by("position")[:most]:
        tick_item(item=item, actor=walk.actor, at=walk.pass_days(0, 2))


def _answer(walk: Walk, row: Application) -> None:
    given: dict[str, Any] = {}
    for question in questions_of(row):
        if question.kind == QuestionKind.CHOICE:
            given[str(question.uid)] = walk.random.choice(question.options)["label"]
        elif question.kind == QuestionKind.NUMBER:
            low, high = sorted((int(question.nothing_at or 0), int(question.full_at or 10)))
            given[str(question.uid)] = str(walk.random.randint(low + (high - low) // 4, high))
        elif question.kind == QuestionKind.YES_NO:
            given[str(question.uid)] = "yes" if (walk.random.random() < 0.75) != question.wants_no else "no"
        else:
            given[str(question.uid)] = WISHES[walk.random.randrange(len(WISHES))]
    applicant = Actor.system("applicant", row.network_id)
    at = walk.pass_days(1, 6)
    answer_questionnaire(application=row, given=given, is_final=True, actor=applicant, at=at)


def _out(walk: Walk, row: Application, goal: S) -> None:
    reason, told = REASONS[goal]
    at = walk.pass_days(1, 6)
    if goal == S.REJECTED:
        reject_application(application=row, reason=reason, told=told, actor=walk.actor, at=at)
    elif goal == S.ON_HOLD:
        hold_application(application=row, reason=reason, told=told, actor=walk.actor, at=at)
    else:
        applicant = Actor.system("applicant", row.network_id)
        withdraw_application(application=row, reason=reason, actor=applicant, at=at)


def _live(walk: Walk, row: Application) -> None:
    """Became one of the partners that the plan has already: the number of partners is the caller's choice."""
    taken = Application.objects.filter(partner__isnull=False).values("partner")
    standing = Partner.objects.filter(kind=row.kind, state=PartnerState.LIVE).exclude(pk__in=taken)
    partner = standing.order_by("-created_at", "pk").first()
    if partner is None:
        return
    at = walk.pass_days(2, 8)
    changes = {
        "partner": partner,
        "parent_id": partner.parent_id,
        "territory_id": partner.territory_id,
        "organisation": partner.trade_name,
        "live_at": at,
    }
    step(row, "go_live", walk.actor, at, changes=changes)


def settle_old_deliveries(now: datetime) -> None:
    """What is long past is not told of again, and nobody's made-up address gets mail.

    Without a join: these tables have just been filled, and the planner has no idea yet how full they are.
    """
    pending = Delivery.objects.filter(state=DeliveryState.PENDING).order_by()
    rows = list(pending.values_list("pk", "event_id", "receiver"))
    events = Event.objects.filter(pk__in={event for _pk, event, _receiver in rows}).order_by()
    known = dict(events.filter(kind__startswith="partners.").values_list("pk", "occurred_at"))
    over = [
        pk
        for pk, event, receiver in rows
        if event in known
        and (known[event] < now - timedelta(days=3) or receiver.startswith("partners.mail_"))
    ]
    Delivery.objects.filter(pk__in=over).update(state=DeliveryState.DONE, done_at=now)
