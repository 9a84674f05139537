"""Which documents are asked of which partner: kept in step with the types, the partners and their places."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from dnm.accounts.actors import Actor
from dnm.accounts.models import Network
from dnm.events.publishing import publish
from partners.domain.gates import today_of
from partners.events.documents import DocumentAsked
from partners.models import Document, DocumentType, Partner, PostalArea
from partners.states import PartnerState

ASKED_IN = (PartnerState.ONBOARDING, PartnerState.LIVE, PartnerState.SUSPENDED)
"""A prospect owes nothing yet, and one that leaves nothing any more."""
BATCH = 500


def with_country(partners: Any, network: Network) -> Any:
    """Partners with `country`: that of their postal code within their territory, else the network's."""
    areas = PostalArea.objects.filter(
        code=OuterRef("postal_code"), territory__path__below=OuterRef("territory__path")
    )
    home = Value(network.country)
    return partners.annotate(country=Coalesce(Subquery(areas.order_by("pk").values("country")[:1]), home))


def partners_asked(kind: DocumentType) -> Any:
    """The partners of whom this kind of document is asked."""
    if not kind.is_active:
        return Partner.objects.none()
    partners = Partner.objects.filter(state__in=ASKED_IN, parent__isnull=False)
    if kind.kinds:
        partners = partners.filter(kind__in=kind.kinds)
    if kind.countries:
        partners = with_country(partners, kind.network).filter(country__in=kind.countries)
    return partners


@transaction.atomic
def ask_for_documents(
    *, network: Network, actor: Actor, at: datetime, partner: Partner | None = None, most: int = BATCH
) -> int:
    """Ask of each partner what the types ask of its kind and country, and of nobody anything else.

    For one partner, or for the whole network, at most `most` new rows a call; how many were asked for.
    Safe to repeat and to run twice at once.
    """
    asked = 0
    kinds = list(DocumentType.objects.select_related("network").order_by("pk"))
    for kind in kinds:
        wanted = partners_asked(kind)
        if partner is not None:
            wanted = wanted.filter(pk=partner.pk)
        _put_aside(kind, partner)
        if asked < most:
            asked += _ask(kind, wanted, network, actor, at, most - asked)
    return asked


def _put_aside(kind: DocumentType, partner: Partner | None) -> None:
    """Switch `is_wanted` where the type's rules or the partner have changed."""
    rows = Document.objects.filter(type=kind)
    if partner is not None:
        rows = rows.filter(partner=partner)
    still = Q(partner__in=partners_asked(kind).order_by().values("pk"))
    rows.filter(~still, is_wanted=True).update(is_wanted=False)
    rows.filter(still, is_wanted=False).update(is_wanted=True)


def _ask(kind: DocumentType, wanted: Any, network: Network, actor: Actor, at: datetime, most: int) -> int:
    has = Document.objects.filter(type=kind).values("partner_id")
    new = wanted.exclude(pk__in=has).order_by("pk")[:most]
    until = today_of(kind, at) + timedelta(days=kind.days_to_provide)
    made = Document.objects.bulk_create(
        [_missing(kind, partner, until, at) for partner in new], ignore_conflicts=True
    )
    if not made:
        return 0
    rows = Document.objects.filter(uid__in=[row.uid for row in made])
    for row in rows.order_by("pk"):
        publish(DocumentAsked(until=until.isoformat()), subject=row, actor=actor, at=at)
    return len(made)


def _missing(kind: DocumentType, partner: Partner, until: date, at: datetime) -> Document:
    return Document(
        network_id=partner.network_id,
        type=kind,
        partner=partner,
        territory_id=partner.territory_id,
        state_changed_at=at,
        required_from=until,
        due_on=until,
        created_at=at,
    )


def follow_territory(*, partner: Partner) -> None:
    """Documents stand where their partner stands."""
    Document.objects.filter(partner=partner).exclude(territory=partner.territory_id).update(
        territory=partner.territory_id
    )


def checklist_of(partner: Partner, actor: Actor, capability: str) -> Iterable[Document]:
    """The partner's documents that the actor may see, what is due first on top."""
    rows = Document.objects.visible_to(actor, capability).filter(partner=partner).wanted()
    return rows.select_related("type", "file", "partner").order_by(F("due_on"), "pk")  # type: ignore[no-any-return]
