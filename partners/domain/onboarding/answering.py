"""The questionnaire: the applicant's answers, and the weighted score with its parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.events.publishing import publish
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from partners.events.onboarding import QuestionnaireAnswered
from partners.models import Answer, Application, Question
from partners.models.onboarding import QuestionKind
from partners.states.onboarding import ApplicationState

LONGEST = 4000
WIDEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Part:
    """One question's part of the score. `points` of `weight`; `share` from 0 to 1."""

    question: Question
    given: Any
    share: Decimal
    points: Decimal

    @property
    def told(self) -> str:
        """The answer in words; empty when there is none."""
        if self.given in (None, ""):
            return ""
        if self.question.kind == QuestionKind.YES_NO:
            return _("Yes") if self.given else _("No")
        return str(self.given)


@dataclass(frozen=True, slots=True)
class Score:
    """The whole of it: percent of the weights, None when nothing is weighed."""

    parts: list[Part]
    percent: int | None

    @property
    def weight(self) -> int:
        return sum(part.question.weight for part in self.parts)


def questions_of(application: Application) -> list[Question]:
    """The questions of the version under which the application began, in order."""
    return list(Question.objects.filter(track_id=application.track_id).order_by("position", "pk"))


def answers_of(application: Application) -> dict[int, Any]:
    """What was answered so far, by question."""
    return dict(Answer.objects.filter(application=application).values_list("question_id", "given"))


def score_of(application: Application) -> Score:
    """The score with its parts, computed from the answers."""
    given = answers_of(application)
    parts = []
    for question in questions_of(application):
        share = question.share_of(given.get(question.pk))
        parts.append(Part(question, given.get(question.pk), share, share * question.weight))
    return Score(parts, percent_of(parts))


def percent_of(parts: list[Part]) -> int | None:
    """Points by weights, rounded half up; unanswered questions are worth nothing."""
    weight = sum(part.question.weight for part in parts)
    if not weight:
        return None
    points = sum((part.points for part in parts), Decimal(0))
    return int((points * 100 / weight).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@transaction.atomic
def answer_questionnaire(
    *, application: Application, given: Mapping[str, Any], is_final: bool, actor: Actor, at: datetime
) -> Application:
    """Keep the applicant's answers (by the questions' public ids); `is_final` sends them off.

    Once sent they stand. Raises `Invalid` with a question's id as the field, `Conflict` when the
    questionnaire is not (or no longer) open. The applicant acts through the personal link.
    """
    if not actor.is_system:
        raise NotAllowed
    application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if application.state != ApplicationState.QUESTIONNAIRE or application.answered_at is not None:
        raise Conflict(_("The questionnaire is not open."), code="not-open")
    questions = questions_of(application)
    values = _checked(questions, given, is_final)
    for question in questions:
        Answer.objects.update_or_create(
            network_id=application.network_id,
            application=application,
            question=question,
            defaults={"given": values[question.pk]},
        )
    if is_final:
        score = score_of(application)
        application.answered_at, application.score = at, score.percent
        application.save(update_fields=["answered_at", "score"])
        publish(QuestionnaireAnswered(score=score.percent), subject=application, actor=actor, at=at)
    return application


def _checked(questions: list[Question], given: Mapping[str, Any], is_final: bool) -> dict[int, Any]:
    values: dict[int, Any] = {}
    faults: dict[str, str] = {}
    for question in questions:
        name = str(question.uid)
        try:
            values[question.pk] = _value(question, given.get(name))
        except ValueError as error:
            faults[name] = str(error)
        else:
            if is_final and question.is_required and values[question.pk] in (None, ""):
                faults[name] = _("Please answer this.")
    if faults:
        raise Invalid(fields=faults)
    return values


def _value(question: Question, raw: Any) -> Any:
    """The answer as it is kept. Raises ValueError with a sentence."""
    if raw is None or raw == "":
        return None
    if question.kind == QuestionKind.YES_NO:
        return raw in (True, "yes", "true", "on", "1")
    if question.kind == QuestionKind.NUMBER:
        return _number(raw)
    text = str(raw).strip()[:LONGEST]
    if question.kind == QuestionKind.CHOICE and text not in {each["label"] for each in question.options}:
        raise ValueError(_("Choose one of the answers."))
    return text


def _number(raw: Any) -> str:
    try:
        number = Decimal(str(raw).replace(",", "").strip())
    except InvalidOperation:
        raise ValueError(_("This is no number.")) from None
    if not number.is_finite() or abs(number) > WIDEST:
        raise ValueError(_("This is no number."))
    return format(number.normalize(), "f")
