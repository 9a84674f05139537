"""Whom a publication is addressed to, as terms over its columns.

A reader is told by role and place together, as everywhere: one of the reader's grants must match in all of
role, kind of partner, tier, territory and product line. An empty column leaves nobody below the owner out.
"""

from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from dnm.accounts.actors import Actor, Grant
from dnm.scoping.branches import grants_with
from partners.models.partners import Partner, PartnerKind
from partners.models.tiers import TierStanding
from partners.permissions.content import ContentCapability

LEVELS = range(1, settings.TREE_LEVELS + 1)


def addressed_to(actor: Actor) -> Q:
    """The terms over publications whose audience the actor is one of, published or not."""
    terms = Q(pk__in=[])
    for grant in dict.fromkeys(grants_with(actor, ContentCapability.VIEW)):
        terms |= _by(grant)
    return terms


def _by(grant: Grant) -> Q:
    is_staff = grant.tree == "territory" or grant.level == 1
    return _of("for_roles", grant.role) & (_of_staff(grant) if is_staff else _of_partner(grant))


def _of_staff(grant: Grant) -> Q:
    """The network's own people: what the brand owner publishes to its kind, at or above their territory."""
    terms = Q(partner_2=None, for_tiers=[]) & _of("for_kinds", PartnerKind.BRAND_OWNER)
    above = grant.path or (grant.node,)
    place = Q(for_territory=None)
    terms &= place | Q(for_territory__in=above) if grant.tree == "territory" else place
    return terms if grant.lines is None else terms & _lines(sorted(grant.lines))


def _of_partner(grant: Grant) -> Q:
    """A partner's people: what the partner itself and everybody above it publish."""
    here: Any = Partner.objects.filter(pk=grant.node)
    standing: Any = TierStanding.objects.filter(partner=grant.node)
    tier = standing.values_list(Coalesce("override_tier_id", "tier_id"))
    there = Q()
    for level in LEVELS:
        there |= Q(**{f"territory_{level}": OuterRef("for_territory_id")})
    lines = sorted(grant.lines) if grant.lines is not None else Subquery(here.values("product_line_ids"))
    return (
        Q(partner__in=grant.path or (grant.node,))
        & _of("for_kinds", Subquery(here.values("kind")))
        & _of("for_tiers", Subquery(tier))
        & (Q(for_territory=None) | Q(Exists(here.filter(there))))
        & _lines(lines)
    )


def _of(column: str, value: Any) -> Q:
    return Q(**{column: []}) | Q(**{f"{column}__contains": [value]})


def _lines(lines: Any) -> Q:
    return Q(for_lines=[]) | Q(for_lines__overlap=lines)
