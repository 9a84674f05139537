"""Tracks (how a kind of partner is taken on), applications, and what belongs to them."""

from partners.models.onboarding.answers import Answer, ChecklistItem, ItemState
from partners.models.onboarding.applications import Application, ApplicationLink, Decision
from partners.models.onboarding.tracks import (
    ChecklistTemplate,
    ItemKind,
    Question,
    QuestionKind,
    Stage,
    Track,
)

__all__ = [
    "Answer",
    "Application",
    "ApplicationLink",
    "ChecklistItem",
    "ChecklistTemplate",
    "Decision",
    "ItemKind",
    "ItemState",
    "Question",
    "QuestionKind",
    "Stage",
    "Track",
]
