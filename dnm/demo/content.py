"""News, bulletins and the library of the demo, and who has read what: written by the verbs of the domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from dnm.accounts.models import Network
from dnm.accounts.tenancy import network_context
from dnm.demo.comments import acting_as
from dnm.demo.onboarding import settle_old_deliveries
from dnm.demo.plan import NetworkPlan
from dnm.demo.write_papers import page
from partners.domain.content.audience import members_addressed
from partners.domain.content.publishing import (
    create_publication,
    newest_version,
    publish_publication,
    publishers,
    revise_publication,
)
from partners.domain.content.telling import REMINDED_AFTER
from partners.models import Acknowledgement, ProductLine, Publication, Tier

MOST_READERS = 3_000
"""So many have read a thing at most: a demo of a hundred thousand partners needs no more."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something published: by whom, how many days ago, how many of its readers have acknowledged it.

    `days` 0 is a draft. `audience` names tiers and the position of product lines. `revised` are the days and
    the words of a second version.
    """

    by: str
    days: int
    kind: str
    title: str
    body: str
    share: float = 0.6
    is_mandatory: bool = False
    audience: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""
    revised: tuple[int, str] = (0, "")


SELLERS = ["partner_owner", "sales"]
ITEMS = (
    Item("admin", 120, "document", "Partner manual",
         "How we work together: leads, service, returns and claims.\n\n"
         "The manual is part of the partner agreement.",
         0.8, file="Partner manual", revised=(35, "Chapter 4: return of demo units"), is_mandatory=True),
    Item("programme", 75, "document", "Brand guidelines",
         "Logo, colours and shop signs.\n\n"
         "## In short\n- One logo a wall\n- Never on a photo\n- Ask before you print",
         0.5, file="Brand guidelines"),
    Item("programme", 40, "document", "Price list",
         "Recommended retail prices. The earlier list ends with this one.",
         0.7, audience={"for_roles": SELLERS}, file="Price list", revised=(12, "New prices for spares")),
    Item("admin", 21, "bulletin", "Safety: check the mains plug of display units",
         "Some display units of last year's series have a plug that can come loose.\n\n## What to do\n"
         "- Unplug every display unit\n- Compare the number on the plate with the list\n"
         "- Send affected units back with the next delivery\n\nUnits in sealed boxes are not affected.",
         0.82, is_mandatory=True, file="List of affected units"),
    Item("programme", 16, "news", "Tier reviews begin next month",
         "Your figures of this quarter decide. What is still missing stands on your home page.", 0.4),
    Item("programme", 9, "bulletin", "New terms for demo units",
         "From next month demo units may be sold after six months instead of nine.\n\n"
         "- Keep the delivery note\n- Tell the buyer that it was a demo unit",
         0.55, is_mandatory=True, audience={"for_roles": SELLERS}),
    Item("programme", 6, "news", "Early access for Gold and Platinum",
         "The autumn series can be ordered two weeks earlier.", 0.5,
         audience={"for_tiers": ["Gold", "Platinum"]}),
    Item("distributor", 5, "news", "Delivery days over the holidays",
         "We deliver until the 22nd, and again from the 2nd on. Orders by noon leave the same day.", 0.5),
    Item("rival.distributor", 5, "news", "Our warehouse has moved",
         "Please collect from the new gate. The old one is closed.", 0.5),
    Item("programme", 4, "news", "Workshop: installing the new series",
         "Two afternoons, in your zone. Places are given in the order of answers.", 0.3,
         audience={"for_roles": ["service", "partner_owner"], "for_lines": [0]}),
    Item("programme", 0, "bulletin", "Return window after the season", "To be agreed with finance.",
         is_mandatory=True),
)  # fmt: skip


def write_content(plan: NetworkPlan) -> int:
    """What one network publishes, oldest first; needs the ladder. Returns how much of it there is."""
    network = Network.objects.get(slug=plan.brand.slug)
    now = datetime.fromtimestamp(plan.now, UTC)
    random = Random(f"{plan.seed}:{plan.brand.slug}:content")
    with network_context(network):
        if Publication.objects.exists():
            return 0
        for item in ITEMS:
            row = _write(plan, network, item, now)
            _read(row, item.share, now, random)
        settle_old_deliveries(now)
        return int(Publication.objects.count())


def _write(plan: NetworkPlan, network: Network, item: Item, now: datetime) -> Publication:
    at = now - timedelta(days=item.days or 1, hours=2)
    actor = acting_as(network, item.by, at)
    row = create_publication(
        owner=publishers(actor)[0],
        kind=item.kind,
        values={"title": item.title, "is_mandatory": item.is_mandatory, **_audience(item.audience)},
        body=item.body,
        file=_file(plan, item.file),
        actor=actor,
        at=at,
    )
    if not item.days:
        return row
    row = publish_publication(publication=row, actor=actor, at=at)
    days, what = item.revised
    if what:
        row = revise_publication(
            publication=row,
            body=item.body,
            what_changed=what,
            is_anew=True,
            file=_file(plan, item.file),
            actor=actor,
            at=now - timedelta(days=days),
        )
    past = [day for day in REMINDED_AFTER if day <= (now - row.dated_at).days]
    Publication.objects.filter(pk=row.pk).update(reminded=past)
    return row


def _audience(names: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(names)
    if "for_tiers" in found:
        tiers = Tier.objects.filter(name__in=found["for_tiers"])
        found["for_tiers"] = list(tiers.values_list("pk", flat=True))
    if "for_lines" in found:
        lines = list(ProductLine.objects.order_by("pk"))
        found["for_lines"] = [lines[position].pk for position in found["for_lines"]]
    return found


def _file(plan: NetworkPlan, name: str) -> SimpleUploadedFile | None:
    return SimpleUploadedFile(f"{name}.pdf", page(f"{plan.brand.name}: {name}")) if name else None


def _read(row: Publication, share: float, now: datetime, random: Random) -> None:
    """Some of the readers have acknowledged, in the days after it came out; those one can log in as have not
    read what is newer than ten days.
    """
    if not row.number:
        return
    row = Publication.objects.select_related("partner", "for_territory").get(pk=row.pk)
    version, span = newest_version(row), (now - row.dated_at).total_seconds()
    is_new = span < timedelta(days=10).total_seconds()
    rows = []
    for member in members_addressed(row, now).select_related("user")[:MOST_READERS]:
        after = timedelta(seconds=span * random.random() ** 2)
        if random.random() < share and not (is_new and member.user.has_usable_password()):
            rows.append(
                Acknowledgement(
                    network_id=row.network_id,
                    publication=row,
                    version=version,
                    membership=member,
                    at=row.dated_at + after,
                )
            )
    Acknowledgement.objects.bulk_create(rows)
