"""The life of an application, of a track's version and of a line of a checklist."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dnm.workflow.flows import Transition, Workflow
from partners.permissions.onboarding import OnboardingCapability


class ApplicationState(models.TextChoices):
    """Where an application stands. A track says which of the stages it passes, and in this order."""

    ENQUIRY = "enquiry", _("Enquiry")
    QUESTIONNAIRE = "questionnaire", _("Questionnaire")
    SHORTLISTED = "shortlisted", _("Shortlisted")
    DUE_DILIGENCE = "due_diligence", _("Due diligence")
    LETTER_OF_INTENT = "letter_of_intent", _("Letter of intent")
    DEPOSIT = "deposit", _("Deposit and codes")
    READINESS = "readiness", _("Readiness")
    LIVE = "live", _("Live")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ON_HOLD = "on_hold", _("On hold")


class TrackState(models.TextChoices):
    """A track is edited as a draft; published, it never changes; the next version replaces it."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("In force")
    REPLACED = "replaced", _("Replaced")


A = ApplicationState
STAGES = (
    A.ENQUIRY, A.QUESTIONNAIRE, A.SHORTLISTED, A.DUE_DILIGENCE, A.LETTER_OF_INTENT, A.DEPOSIT, A.READINESS,
)  # fmt: skip
"""What an application may pass on the way to live, in the only order there is."""
STAGE_CHOICES = [(str(state), state.label) for state in STAGES]
OPEN = frozenset(STAGES)
ENDED = frozenset({A.LIVE, A.REJECTED, A.WITHDRAWN})

APPLICATION_TONES = {
    A.ENQUIRY: "info",
    A.QUESTIONNAIRE: "info",
    A.SHORTLISTED: "info",
    A.DUE_DILIGENCE: "info",
    A.LETTER_OF_INTENT: "info",
    A.DEPOSIT: "info",
    A.READINESS: "info",
    A.LIVE: "good",
    A.REJECTED: "bad",
    A.ON_HOLD: "warn",
}
TRACK_TONES = {TrackState.DRAFT: "warn", TrackState.PUBLISHED: "good"}

ONWARD = {
    A.QUESTIONNAIRE: "ask",
    A.SHORTLISTED: "shortlist",
    A.DUE_DILIGENCE: "examine",
    A.LETTER_OF_INTENT: "send_letter",
    A.DEPOSIT: "ask_deposit",
    A.READINESS: "prepare",
    A.LIVE: "go_live",
}
"""The transition that leads into each stage. Which of them is next says the application's track."""
LABELS = {
    "ask": _("Send the questionnaire"),
    "shortlist": _("Shortlist"),
    "examine": _("Begin due diligence"),
    "send_letter": _("Issue the letter of intent"),
    "ask_deposit": _("Ask for the deposit"),
    "prepare": _("Begin readiness"),
}
DECIDE = OnboardingCapability.DECIDE


def _onward() -> list[Transition]:
    return [
        Transition(
            ONWARD[target],
            frozenset(STAGES[:position]),
            target,
            DECIDE,
            LABELS[ONWARD[target]],
            system=target == A.QUESTIONNAIRE,
        )
        for position, target in enumerate(STAGES)
        if position
    ]


def _resumed() -> list[Transition]:
    return [
        Transition(f"resume_{target}", frozenset({A.ON_HOLD}), target, DECIDE, _("Take up again"))
        for target in STAGES
    ]


APPLICATION_FLOW = Workflow(
    name="application",
    initial=[A.ENQUIRY],
    transitions=[
        *_onward(),
        Transition(
            "go_live",
            frozenset({A.READINESS}),
            A.LIVE,
            OnboardingCapability.GO_LIVE,
            _("Go live"),
            needs=("code", "parent"),
        ),
        Transition("hold", OPEN, A.ON_HOLD, DECIDE, _("Put on hold"), needs=("reason",)),
        *_resumed(),
        Transition("reject", OPEN | {A.ON_HOLD}, A.REJECTED, DECIDE, _("Reject"), needs=("reason",)),
        Transition(
            "withdraw",
            OPEN | {A.ON_HOLD},
            A.WITHDRAWN,
            DECIDE,
            _("Mark as withdrawn"),
            system=True,
            needs=("reason",),
        ),
    ],
)

TRACK_FLOW = Workflow(
    name="track",
    initial=[TrackState.DRAFT],
    transitions=[
        Transition(
            "publish",
            frozenset({TrackState.DRAFT}),
            TrackState.PUBLISHED,
            OnboardingCapability.MANAGE_TRACK,
            _("Put into force"),
        ),
        Transition(
            "replace", frozenset({TrackState.PUBLISHED}), TrackState.REPLACED, None, _("Replace"), system=True
        ),
    ],
)
