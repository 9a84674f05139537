"""Demo mode's logins: read from the file that the seed writes, opened by a link that works once.

Nothing here answers unless `settings.DNM_DEMO` is on.
"""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.cache import cache

from dnm import embedded
from dnm.accounts.models import User

SALT = "dnm.web.demo-login"
SECONDS = 600


def logins() -> list[Mapping[str, Any]]:
    """The demo's networks, each with its people; empty before the seed has run."""
    try:
        told = json.loads((embedded.data() / "demo.json").read_text())
    except (OSError, ValueError):
        return []
    people = told.get("logins", [])
    return [
        {**network, "logins": [person for person in people if person.get("network") == network["slug"]]}
        for network in told.get("networks", [])
    ]


def make_token(email: str, network: str) -> str:
    """A link's secret: signed, good for ten minutes, for one login."""
    return signing.dumps([email, network, secrets.token_urlsafe(12)], salt=SALT, compress=False)


def take_token(token: str, network: str) -> User | None:
    """The user of a token, which is thereby used up; None when it is false, old, used or of another
    network.
    """
    if not settings.DNM_DEMO:
        return None
    try:
        email, made_for, nonce = signing.loads(token, salt=SALT, max_age=SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    if made_for != network or not cache.add(f"demo-login:{nonce}", 1, 2 * SECONDS):
        return None
    return User.objects.filter(email__iexact=email, is_active=True).first()
