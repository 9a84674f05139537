"""demo.json: everything that a person or a script needs to log in as anybody of the demo.

Passwords follow from the address. Tokens are made once: the database has their digests only, so the secrets
live in demo.json itself and are taken over from it whenever it is written again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

from dnm.accounts.models import ApiToken, Membership, Network, User
from dnm.demo.brands import BRANDS
from dnm.demo.loading import ALIAS
from dnm.demo.people import OPERATOR_EMAIL, SHARED_EMAIL
from dnm.demo.write_people import password_of
from partners.models import Affiliation, PartnerHolding, TerritoryHolding

TOKEN_NAME = "Demo"  # noqa: S105
PLATFORM_OPERATOR = "platform_operator"


def write_demo_json(path: Path, port: int) -> dict[str, Any]:
    """Write the file for the networks that are there, keep tokens that still hold; returns its content."""
    networks = list(Network.objects.using(ALIAS).filter(slug__in=BRANDS).order_by("pk"))
    secrets = _known_secrets(path)
    with transaction.atomic(using=ALIAS):
        logins = [login for network in networks for login in _logins(network, secrets)]
    demo = {
        "base": f"http://127.0.0.1:{port}",
        "networks": [
            {"slug": network.slug, "host": f"{network.slug}.localhost:{port}"} for network in networks
        ],
        "logins": [*logins, *_operator()],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(demo, indent=2, ensure_ascii=False) + "\n")
    draft.chmod(0o600)
    draft.replace(path)
    return demo


def _known_secrets(path: Path) -> dict[tuple[str, str], str]:
    try:
        logins = json.loads(path.read_text())["logins"]
        return {(login["network"], login["email"]): login["token"] for login in logins if login["token"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _logins(network: Network, secrets: dict[tuple[str, str], str]) -> list[dict[str, Any]]:
    members = list(
        Membership.objects.using(ALIAS)
        .filter(
            Q(user__email__endswith=f"@{network.slug}.example") | Q(user__email=SHARED_EMAIL), network=network
        )
        .select_related("user")
        .order_by("pk")
    )
    roles, territories = _holdings(members)
    cards = {
        card.membership_id: card.partner.trade_name
        for card in Affiliation.objects.using(ALIAS).filter(membership__in=members).select_related("partner")
    }
    return [
        {
            "email": member.user.email,
            "password": password_of(member.user.email),
            "network": network.slug,
            "roles": roles[member.pk],
            "partner": None if member.pk in territories else cards.get(member.pk),
            "territory": territories.get(member.pk),
            "token": _token(member, secrets.get((network.slug, member.user.email), "")),
        }
        for member in members
    ]


def _holdings(members: list[Membership]) -> tuple[dict[int, list[str]], dict[int, str]]:
    """Roles by membership, and the territory's name of those who hold one at a territory."""
    roles: dict[int, list[str]] = defaultdict(list)
    territories: dict[int, str] = {}
    for model in (PartnerHolding, TerritoryHolding):
        held = (
            model.objects.using(ALIAS)
            .filter(membership__in=members)
            .select_related("permission", "content_object")
        )
        for holding in held.order_by("pk"):
            roles[holding.membership_id].append(holding.role)
            if model is TerritoryHolding:
                territories[holding.membership_id] = str(holding.content_object)
    return roles, territories


def _token(member: Membership, known: str) -> str:
    """The member's secret: the known one if the database still has its digest, else a new one."""
    tokens = ApiToken.objects.using(ALIAS).filter(membership=member, name=TOKEN_NAME)
    if known and tokens.filter(digest=ApiToken.digest_of(known), revoked_at=None).exists():
        return known
    tokens.delete()
    secret = ApiToken.new_secret()
    ApiToken.objects.using(ALIAS).create(
        network_id=member.network_id,
        membership=member,
        name=TOKEN_NAME,
        hint=secret[:8],
        digest=ApiToken.digest_of(secret),
    )
    return secret


def _operator() -> list[dict[str, Any]]:
    operator = User.objects.using(ALIAS).filter(email=OPERATOR_EMAIL, is_operator=True).first()
    if operator is None:
        return []
    return [
        {
            "email": operator.email,
            "password": password_of(operator.email),
            "network": None,
            "roles": [PLATFORM_OPERATOR],
            "partner": None,
            "territory": None,
            "token": None,
        }
    ]
