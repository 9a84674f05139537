"""Tracks and applications for tests, made by the verbs of the domain."""

from datetime import datetime, timedelta
from typing import Any

from dnm.accounts.tenancy import network_context
from partners.domain.onboarding.answering import answer_questionnaire, questions_of
from partners.domain.onboarding.applying import receive_application
from partners.domain.onboarding.checklist import tick_item
from partners.domain.onboarding.deciding import move_on, next_state
from partners.domain.onboarding.tracks import draft_track, publish_track, put_line, put_question, put_stage
from partners.models import Application, ChecklistItem, Track
from partners.states.onboarding import STAGES
from tests.world import NOW, Net

LIGHT = ("enquiry", "questionnaire", "readiness")
QUESTIONS: tuple[dict[str, Any], ...] = (
    {
        "position": 1, "text": "Showroom?", "kind": "choice", "weight": 40,
        "options": [{"label": "Own", "worth": 100}, {"label": "Rented", "worth": 50}],
    },
    {
        "position": 2, "text": "Working capital?", "kind": "number", "weight": 40, "nothing_at": 0,
        "full_at": 100,
    },
    {"position": 3, "text": "Sells a rival brand?", "kind": "yes_no", "weight": 20, "wants_no": True},
    {"position": 4, "text": "Why us?", "kind": "text", "weight": 0, "is_required": False},
)  # fmt: skip
GOOD = ("Own", "100", "no", "We like you")


def open_track(
    net: Net,
    kind: str = "dealer",
    *,
    stages: tuple[str, ...] = tuple(map(str, STAGES)),
    deciders: dict[str, list[str]] | None = None,
    pass_mark: int = 60,
    lines: tuple[tuple[str, str, str], ...] = (("Sign the contract", "task", "readiness"),),
) -> Track:
    """A track in force: every stage decided by administrators and zone managers unless said otherwise."""
    both = ["network_administrator", "zone_manager"]
    with network_context(net.network):
        actor = net.system
        track = draft_track(kind=kind, actor=actor, at=NOW)
        track.pass_mark = pass_mark
        track.save()
        for state in stages:
            who = (deciders or {}).get(state, both)
            put_stage(track=track, state=state, deciders=who, days=7, told=f"At {state}", actor=actor, at=NOW)
        for values in QUESTIONS if "questionnaire" in stages else ():
            put_question(track=track, values=values, actor=actor, at=NOW)
        for position, (name, what, due) in enumerate(lines):
            values = {"position": position, "name": name, "kind": what, "due_in": due}
            put_line(track=track, values=values, actor=actor, at=NOW)
        return publish_track(track=track, actor=actor, at=NOW)


def applied(net: Net, kind: str = "dealer", **values: Any) -> Application:
    """An application from the place of dealer_a, by the public page."""
    title = net.network.name
    values = {
        "organisation": f"{title} Applicant",
        "contact_name": f"{title} Person",
        "email": f"applicant@{net.network.slug}-new.example",
        "postal_code": "NA1",
        "message": f"{title} wish",
        "consent": True,
        "source": "web_form",
        "at": NOW,
        **values,
    }
    with network_context(net.network):
        return receive_application(kind=kind, network=net.network, actor=net.system, **values)


def answered(net: Net, application: Application, answers: tuple[Any, ...] = GOOD, at: datetime = NOW) -> None:
    """The applicant sends the questionnaire."""
    with network_context(net.network):
        questions = questions_of(application)
        given = {str(one.uid): answer for one, answer in zip(questions, answers, strict=True)}
        answer_questionnaire(application=application, given=given, is_final=True, actor=net.system, at=at)


def led_to(net: Net, application: Application, state: str, by: str = "administrator") -> Application:
    """Led on, stage by stage, everything ticked and answered on the way."""
    at = NOW
    with network_context(net.network):
        actor = net.actor(by)
        row = Application.objects.get(pk=application.pk)
        while row.state != state:
            at += timedelta(days=1)
            if row.state == "questionnaire":
                answered(net, row, at=at)
            for item in ChecklistItem.objects.filter(application=row, due_in=row.state, progress="open"):
                tick_item(item=item, actor=actor, at=at)
            move_on(application=row, to=next_state(row), actor=actor, at=at)
            row = Application.objects.get(pk=row.pk)
        return row
