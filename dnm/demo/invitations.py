"""Invitations of the demo: some wait, one has expired, one was taken back, as people leave them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dnm.accounts.models import Membership, Network
from dnm.accounts.tenancy import network_context
from dnm.demo import names
from dnm.demo.loading import Uids
from dnm.demo.plan import NetworkPlan
from dnm.scoping.actors import actor_for_membership
from partners.domain.invitations import invite_person, revoke_invitation
from partners.models import Affiliation, Invitation
from partners.roles import Role

WRITTEN = (
    ("dealer", Role.SALES, "Showroom", 2, False),
    ("dealer", Role.SERVICE, "Workshop", 20, False),
    ("distributor", Role.WAREHOUSE, "Night shift", 5, False),
    ("distributor", Role.SALES, "Field sales", 40, True),
    ("admin", Role.AUDITOR, "Internal audit", 1, False),
)
"""By whom, as what, with which title, how many days ago, and whether it was taken back."""


def write_invitations(plan: NetworkPlan) -> int:
    """Invitations of one network, by the verbs of the domain. No mail goes out; returns how many."""
    network = Network.objects.get(slug=plan.brand.slug)
    now = datetime.fromtimestamp(plan.now, UTC)
    uids = Uids(f"{plan.seed}:{plan.brand.slug}:invitations")
    with network_context(network):
        if Invitation.objects.exists():
            return 0
        for number, (by, role, title, days, is_revoked) in enumerate(WRITTEN):
            at = now - timedelta(days=days)
            member = Membership.objects.select_related("user", "network").get(
                user__email=f"{by}@{network.slug}.example"
            )
            actor = actor_for_membership(member, via="session", at=now)
            name = names.person(95_000 + number, plan.brand.country)
            row = invite_person(
                email=names.email(name, 95_000 + number).replace("@mail.", f"@{network.slug}-partner."),
                name=name,
                title=title,
                partner=Affiliation.objects.select_related("partner").get(membership=member).partner,
                role=role,
                actor=actor,
                at=at,
            )
            Invitation.objects.filter(pk=row.pk).update(
                uid=uids.at(int(at.timestamp())), sent_at=at, mail_due_at=None, sends=1
            )
            if is_revoked:
                revoke_invitation(invitation=row, actor=actor, at=at + timedelta(days=1))
    return len(WRITTEN)
