"""`Idempotency-Key`: the same request twice takes effect once, and gets the same answer twice.

The whole request is one transaction. A transaction-level advisory lock on (network, membership, key) lets one
request in at a time and falls with the commit, so whoever gets it next sees the stored answer or nothing.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from dnm.accounts.actors import Actor
from dnm.api.models import IdempotencyKey
from dnm.api.problems import Problem

HEADER = "Idempotency-Key"
LONGEST = 255
KEPT = timedelta(hours=48)
NEVER_KEPT = frozenset({401, 403, 429})
"""Refusals at the door: with other rights, or a little later, the same request is welcome."""


class Showing(Protocol):
    """A view that can say how much the one who asks may still read of a row that it showed."""

    subject: UUID | None

    def hides(self, subject: UUID) -> Collection[str] | None: ...


@dataclass(frozen=True, slots=True)
class Claim:
    """This request holds the key. `replay` is the answer of an earlier one, if there was any."""

    actor: Actor
    key: str
    request_hash: str
    replay: HttpResponse | None = None

    def keep(self, response: HttpResponse, view: Showing) -> None:
        """Store the answer, unless it is one that another try should be able to change."""
        if self.replay is not None or response.status_code >= 500 or response.status_code in NEVER_KEPT:
            return
        subject = view.subject
        hidden = view.hides(subject) if subject is not None else None
        IdempotencyKey(
            membership=self.actor.membership,
            key=self.key,
            request_hash=self.request_hash,
            grants=rights_hash(self.actor, hidden or ()),
            subject=subject,
            status=response.status_code,
            content_type=response.get("Content-Type", ""),
            location=response.get("Location", ""),
            body=response.content.decode(),
            created_at=timezone.now(),
        ).save(force_insert=True)


def claim(request: Request, view: Showing) -> Claim | None:
    """Take the key that the request carries. None when it carries none.

    Raises `Problem`: 400 for a key that is no key, 409 while another request holds it, 422 when it stood on
    another request, 409 when its answer shows what the one who asks may no longer read.
    """
    key = request.headers.get(HEADER)
    actor = request._request.actor  # type: ignore[attr-defined]
    if key is None or request.method != "POST" or actor is None or actor.membership is None:
        return None
    if not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
        text = _("A key has 1 to {most} printable ASCII characters.").format(most=LONGEST)
        raise Problem(400, "idempotency-key-invalid", text, fields={HEADER: [str(text)]})
    _lock(actor, key)
    request_hash = _hash_of(request)
    stored = IdempotencyKey.objects.visible_to(actor).filter(key=key).first()
    if stored is None:
        return Claim(actor, key, request_hash)
    if stored.request_hash != request_hash:
        raise Problem(422, "idempotency-key-reused", _("This key stood on another request. Use a new one."))
    if not _may_read_again(stored, actor, view):
        changed = _(
            "This request has taken effect. Your rights have changed since, so its answer is not repeated."
        )
        raise Problem(409, "idempotency-answer-withheld", changed)
    return Claim(actor, key, request_hash, replay=_replayed(stored))


def purge_idempotency_keys(*, at: datetime) -> int:
    """Forget the current network's keys that are older than 48 hours; how many they were."""
    return int(IdempotencyKey.objects.filter(created_at__lt=at - KEPT).delete()[0])


def rights_hash(actor: Actor, hidden: Collection[str]) -> str:
    """A fingerprint of what the actor may do and where, and of what is hidden from it in the row shown."""
    grants = sorted(
        json.dumps([g.role, g.tree, g.node, g.within, None if g.lines is None else sorted(g.lines)])
        for g in actor.grants
    )
    return hashlib.sha256("\n".join([*grants, json.dumps(sorted(hidden))]).encode()).hexdigest()


def _lock(actor: Actor, key: str) -> None:
    name = f"idempotency {actor.network_id} {actor.membership_id} {key}".encode()
    number = int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        held = cursor.fetchone()[0]
    if not held:
        text = _("A request with this key is still running. Ask again shortly.")
        raise Problem(409, "idempotency-in-progress", text, wait=1)


def _hash_of(request: Request) -> str:
    address = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(address + request._request.body).hexdigest()


def _may_read_again(stored: IdempotencyKey, actor: Actor, view: Showing) -> bool:
    if stored.status >= 400 or not stored.body:
        return True
    hidden = () if stored.subject is None else view.hides(stored.subject)
    return hidden is not None and stored.grants == rights_hash(actor, hidden)


def _replayed(stored: IdempotencyKey) -> HttpResponse:
    response = HttpResponse(stored.body, status=stored.status, content_type=stored.content_type or None)
    if not stored.content_type:
        del response["Content-Type"]
    if stored.location:
        response["Location"] = stored.location
    response["Idempotency-Replayed"] = "true"
    return response
