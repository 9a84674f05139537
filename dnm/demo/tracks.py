"""How the demo's networks take on partners: a full track for four kinds, a light one for retailers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dnm.accounts.actors import Actor
from partners.domain.onboarding.tracks import (
    draft_track,
    publish_track,
    put_line,
    put_question,
    put_stage,
    update_track,
)
from partners.models import DocumentType

ADMIN, ZONE, PROGRAMME, FINANCE = (
    "network_administrator", "zone_manager", "programme_manager", "finance",
)  # fmt: skip
STAGES: tuple[tuple[str, list[str], int, str], ...] = (
    ("enquiry", [ADMIN, ZONE], 3, "Thank you. We look at your application within three days."),
    ("questionnaire", [ADMIN, ZONE, PROGRAMME], 10, "Please answer the questionnaire below."),
    ("shortlisted", [ADMIN, ZONE], 7, "You are on our shortlist. Your zone manager will visit you."),
    ("due_diligence", [ADMIN, FINANCE], 14, "We check your papers and references."),
    ("letter_of_intent", [ADMIN], 7, "Please sign and return the letter of intent."),
    ("deposit", [ADMIN, FINANCE], 10, "Please pay the deposit named in the letter of intent."),
    ("readiness", [ADMIN, ZONE], 21, "We prepare your start together: sign, stock, training."),
)
LIGHT = frozenset({"enquiry", "questionnaire", "readiness"})
QUESTIONS: tuple[dict[str, Any], ...] = (
    {
        "text": "What kind of premises do you have?", "kind": "choice", "weight": 25,
        "options": [
            {"label": "Own showroom on a main road", "worth": 100},
            {"label": "Rented showroom on a main road", "worth": 80},
            {"label": "Shop in a side street", "worth": 40},
            {"label": "None yet", "worth": 0},
        ],
    },
    {
        "text": "How many years have you been in this trade?", "kind": "number", "weight": 25,
        "nothing_at": 0, "full_at": 10,
    },
    {
        "text": "How many people work for you?", "kind": "number", "weight": 15, "nothing_at": 0,
        "full_at": 12,
    },
    {"text": "Do you have technicians of your own?", "kind": "yes_no", "weight": 20},
    {
        "text": "Do you sell a competing brand?", "kind": "yes_no", "weight": 15, "wants_no": True,
        "hint": "It does not rule you out.",
    },
    {"text": "Why do you want to sell our brand?", "kind": "text", "weight": 0, "is_required": False},
)  # fmt: skip
# With the codes of document types, of which each network has some.
LINES: tuple[tuple[str, str, str, str], ...] = (
    ("Registration certificate", "document", "due_diligence", "trade-licence register"),
    ("Tax registration", "document", "due_diligence", "gst vat"),
    ("Bank reference", "document", "due_diligence", "cheque"),
    ("Visit by the zone manager", "task", "shortlisted", ""),
    ("Letter of intent signed", "task", "letter_of_intent", ""),
    ("Deposit received", "task", "deposit", ""),
    ("Codes set up in the ERP", "task", "deposit", ""),
    ("Signage mounted", "task", "readiness", ""),
    ("First stock ordered", "task", "readiness", ""),
    ("Sales and service training", "task", "readiness", ""),
)
INTROS = {
    "dealer": "A dealer sells, delivers and services our full range in a town or a part of a city.",
    "sub_dealer": "A sub-dealer sells our range and is supplied by a dealer or distributor nearby.",
    "service_centre": "A service centre installs and repairs our products, in and out of warranty.",
    "retailer": "A retailer sells our products over the counter. It takes four steps and two weeks.",
}


def put_tracks(actor: Actor, at: datetime) -> None:
    """Draft, fill and put into force a track for each kind."""
    known = set(DocumentType.objects.values_list("code", flat=True))
    for kind, intro in INTROS.items():
        is_light = kind == "retailer"
        track = draft_track(kind=kind, actor=actor, at=at)
        head = {"intro": intro, "pass_mark": 40 if is_light else 55, "asks_at_once": is_light}
        update_track(track=track, changes={**head, "link_days": 120}, actor=actor, at=at)
        for state, deciders, days, told in STAGES:
            if not is_light or state in LIGHT:
                put_stage(
                    track=track, state=state, deciders=deciders, days=days, told=told, actor=actor, at=at
                )
        for position, values in enumerate(QUESTIONS[: 3 if is_light else None], start=1):
            values = {**values, "position": position}
            put_question(track=track, values=values, actor=actor, at=at)
        for position, (name, what, due, code) in enumerate(LINES, start=1):
            if not is_light or due in LIGHT:
                values = {
                    "position": position,
                    "name": name,
                    "kind": what,
                    "due_in": due,
                    "document_code": next((word for word in code.split() if word in known), ""),
                }
                put_line(track=track, values=values, actor=actor, at=at)
        publish_track(track=track, actor=actor, at=at)
