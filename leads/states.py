"""The life of a lead and of an offer."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dnm.workflow.flows import Transition, Workflow
from leads.permissions import LeadCapability, OfferCapability


class LeadState(models.TextChoices):
    """Where a lead stands. Up to `desk` it waits in a queue of the network; from `accepted` on a partner
    owns it.
    """

    NEW = "new", _("New")
    DUPLICATE = "duplicate", _("Duplicate")
    INVALID = "invalid", _("Invalid")
    ROUTING = "routing", _("Routing")
    OFFERED = "offered", _("Offered")
    WAITING = "waiting", _("Waiting")
    DESK = "desk", _("Desk")
    ACCEPTED = "accepted", _("Accepted")
    CONTACTED = "contacted", _("Contacted")
    QUALIFIED = "qualified", _("Qualified")
    QUOTED = "quoted", _("Quoted")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class OfferState(models.TextChoices):
    """Live are pending and accepted; a lead has at most one live offer."""

    PENDING = "pending", _("Pending")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Lapsed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    RELEASED = "released", _("Released")
    CLOSED = "closed", _("Closed")


class DeclineReason(models.TextChoices):
    """Why a partner says no; shown as the choices of the second tap."""

    TOO_FAR = "too_far", _("Too far")
    NO_CAPACITY = "no_capacity", _("No time")
    NOT_OUR_LINE = "not_our_line", _("Not our product line")
    NO_STOCK = "no_stock", _("No stock")
    KNOWN_CUSTOMER = "known_customer", _("Customer known, no interest")
    OTHER = "other", _("Other")


class DeskReason(models.TextChoices):
    """Why routing gave a lead to the desk."""

    NO_PLACE = "no_place", _("The postal code is unknown, so nobody is near.")
    NOBODY_NEAR = "nobody_near", _("No live partner is within reach.")
    NOBODY_ELIGIBLE = "nobody_eligible", _("No partner within reach can take it.")
    ASKED_ENOUGH = "asked_enough", _("As many partners as allowed were asked, and none took it.")
    WAITED_LONG = "waited_long", _("Waited too long for a free partner.")


S = LeadState
QUEUED = frozenset({S.NEW, S.ROUTING, S.OFFERED, S.WAITING, S.DESK, S.DUPLICATE, S.INVALID})
"""States in which no partner owns the lead."""
WORKED = frozenset({S.ACCEPTED, S.CONTACTED, S.QUALIFIED, S.QUOTED})
"""States in which a partner owns the lead and it takes up a slot."""
OWNED = WORKED | {S.WON}
LIVE_OFFERS = frozenset({OfferState.PENDING, OfferState.ACCEPTED})

LEAD_TONES = {
    S.WAITING: "warn",
    S.DESK: "bad",
    S.ROUTING: "info",
    S.OFFERED: "info",
    S.ACCEPTED: "good",
    S.CONTACTED: "good",
    S.QUALIFIED: "good",
    S.QUOTED: "good",
    S.WON: "good",
}
"""Which colour goes with a state on pages (neutral, info, good, warn, bad); neutral unless named."""

WORK, RECYCLE, DESK = LeadCapability.WORK, LeadCapability.RECYCLE, LeadCapability.MANAGE_DESK

LEAD_FLOW = Workflow(
    name="lead",
    initial=[S.NEW],
    transitions=[
        Transition(
            "mark_duplicate", frozenset({S.NEW}), S.DUPLICATE, None, _("Mark as duplicate"), system=True
        ),
        Transition(
            "reject",
            frozenset({S.NEW, S.DESK, S.WAITING}),
            S.INVALID,
            DESK,
            _("Mark as invalid"),
            system=True,
            needs=("reason",),
        ),
        Transition("start_routing", frozenset({S.NEW}), S.ROUTING, None, _("Start routing"), system=True),
        Transition(
            "offer",
            frozenset({S.ROUTING, S.WAITING, S.DESK}),
            S.OFFERED,
            DESK,
            _("Offer to a partner"),
            system=True,
            needs=("partner",),
        ),
        Transition("hold", frozenset({S.ROUTING}), S.WAITING, None, _("Hold for a free slot"), system=True),
        Transition(
            "send_to_desk",
            frozenset({S.ROUTING, S.WAITING}),
            S.DESK,
            None,
            _("Send to the desk"),
            system=True,
            needs=("reason",),
        ),
        Transition(
            "return_to_routing", frozenset({S.OFFERED}), S.ROUTING, None, _("Back to routing"), system=True
        ),
        Transition(
            "reroute",
            frozenset({S.DESK, S.WAITING, S.DUPLICATE}),
            S.ROUTING,
            DESK,
            _("Route again"),
            system=True,
        ),
        Transition("accept", frozenset({S.OFFERED}), S.ACCEPTED, None, _("Accept"), system=True),
        Transition(
            "contact", frozenset({S.ACCEPTED}), S.CONTACTED, WORK, _("Log first contact"), needs=("proof",)
        ),
        Transition("qualify", frozenset({S.CONTACTED}), S.QUALIFIED, WORK, _("Qualify")),
        Transition("quote", frozenset({S.CONTACTED, S.QUALIFIED}), S.QUOTED, WORK, _("Mark as quoted")),
        Transition(
            "win",
            frozenset({S.CONTACTED, S.QUALIFIED, S.QUOTED}),
            S.WON,
            WORK,
            _("Mark as won"),
            needs=("proof_of_sale",),
        ),
        Transition("lose", frozenset(WORKED), S.LOST, WORK, _("Mark as lost"), needs=("reason",)),
        Transition(
            "recycle",
            frozenset(WORKED | {S.LOST}),
            S.ROUTING,
            RECYCLE,
            _("Give back for routing"),
            system=True,
            needs=("reason",),
        ),
    ],
)

O = OfferState  # noqa: E741
OFFER_TONES = {O.PENDING: "warn", O.ACCEPTED: "good", O.LAPSED: "bad"}
"""As `LEAD_TONES`, for offers."""

ANSWER = OfferCapability.ANSWER

OFFER_FLOW = Workflow(
    name="offer",
    initial=[O.PENDING],
    transitions=[
        Transition("accept", frozenset({O.PENDING}), O.ACCEPTED, ANSWER, _("Accept lead")),
        Transition("decline", frozenset({O.PENDING}), O.DECLINED, ANSWER, _("Decline"), needs=("reason",)),
        Transition("lapse", frozenset({O.PENDING}), O.LAPSED, None, _("Lapse"), system=True),
        Transition(
            "withdraw",
            frozenset({O.PENDING}),
            O.WITHDRAWN,
            DESK,
            _("Withdraw"),
            system=True,
            needs=("reason",),
        ),
        Transition("release", frozenset({O.ACCEPTED}), O.RELEASED, None, _("Release"), system=True),
        Transition("close", frozenset({O.ACCEPTED}), O.CLOSED, None, _("Close"), system=True),
    ],
)
