"""Authorising partners, ending it, and what follows: the lines that a partner sells, and who may have a
lead.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dnm.accounts.actors import Actor
from dnm.accounts.models import Network
from dnm.accounts.tenancy import network_context
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Conflict, Invalid, sqlstate
from partners.events.organisation import AuthorisationEnded, PartnerAuthorised, PartnerLinesChanged
from partners.models import Activity, Authorisation, Partner, ProductLine, Territory
from partners.permissions import PartnerCapability

REFUSED = {
    "partners_authorisation_exclusive": (
        "exclusive",
        gettext_lazy(
            "Another partner has the exclusive right for this line in a part of this territory at that time."
        ),
    ),
    "partners_authorisation_once": (
        "authorised-already",
        gettext_lazy("The partner is authorised for this already at that time."),
    ),
}


@transaction.atomic
def authorise_partner(
    *,
    partner: Partner,
    product_line: ProductLine,
    activity: str,
    valid_from: date,
    actor: Actor,
    at: datetime,
    territory: Territory | None = None,
    is_exclusive: bool = False,
    supplier: Partner | None = None,
    valid_to: date | None = None,
) -> Authorisation:
    """Let a partner do an activity for a line in a territory (None: everywhere), from `valid_from` on.

    Exclusive rights of two partners never overlap in line, activity, place and time: the database is the
    judge. A right to sell that is valid today changes the partner's product lines. Raises `NotAllowed`,
    `Invalid`, `Conflict`.
    """
    authorise(actor, PartnerCapability.AUTHORISE, partner, system=True)
    _check(partner, activity, supplier, valid_from, valid_to)
    row = Authorisation(
        network_id=actor.network_id,
        partner=partner,
        product_line=product_line,
        territory=territory,
        activity=activity,
        is_exclusive=is_exclusive,
        supplier=supplier,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    _save(row, force_insert=True)
    event = PartnerAuthorised(**_told(row), valid_from=valid_from.isoformat())
    publish(event, subject=partner, actor=actor, at=at)
    project_lines(partner=partner, actor=actor, at=at)
    return row


@transaction.atomic
def end_authorisation(
    *, authorisation: Authorisation, valid_to: date, actor: Actor, at: datetime
) -> Authorisation:
    """Give an authorisation a last day, today or later: what was valid yesterday was valid.

    One that has not begun ends on the day on which it would begin. Raises `NotAllowed`, `Invalid`,
    `Conflict`.
    """
    authorise(actor, PartnerCapability.AUTHORISE, authorisation.partner, system=True)
    rows = Authorisation.objects.select_for_update(of=("self",))
    row = rows.select_related("partner", "product_line", "territory").get(pk=authorisation.pk)
    today = today_in(actor.network_id, at)
    if row.valid_to is not None and row.valid_to < today:
        raise Conflict(_("This authorisation is over."), code="authorisation-over")
    if valid_to < today or valid_to < row.valid_from:
        raise Invalid(fields={"valid_to": _("The last day is today or later, and not before the first.")})
    row.valid_to = valid_to
    _save(row, update_fields=["valid_to"])
    event = AuthorisationEnded(**_told(row), valid_to=valid_to.isoformat())
    publish(event, subject=row.partner, actor=actor, at=at)
    project_lines(partner=row.partner, actor=actor, at=at)
    return row


def project_lines(*, partner: Partner, actor: Actor, at: datetime) -> bool:
    """Write the lines of the live rights to sell into the partner; whether that changed anything.

    A partner that was never authorised keeps the lines that were entered by hand.
    """
    if not is_authorised_by_rows(partner):
        return False
    day = today_in(partner.network_id, at)
    live = Authorisation.objects.live_on(day).filter(partner=partner, activity=Activity.SELL)
    ids = sorted(set(live.values_list("product_line", flat=True)))
    locked = Partner.objects.select_for_update(of=("self",)).get(pk=partner.pk)
    partner.product_line_ids = ids
    if sorted(locked.product_line_ids) == ids:
        return False
    Partner.objects.filter(pk=partner.pk).update(product_line_ids=ids)
    codes = list(ProductLine.objects.filter(pk__in=ids).order_by("code").values_list("code", flat=True))
    publish(PartnerLinesChanged(lines=codes), subject=partner, actor=actor, at=at)
    return True


def is_authorised_by_rows(partner: Partner) -> bool:
    """Whether the partner's lines follow from authorisations, past, present or coming, and not from its
    form.
    """
    return Authorisation.objects.filter(partner=partner, activity=Activity.SELL).exists()


def follow_the_calendar(*, network_id: int, at: datetime) -> int:
    """Bring the lines of all partners up to today: authorisations begin and end by themselves. Returns how
    many partners changed; harmless to repeat, and catches up after any pause.
    """
    with network_context(network_id):
        day = today_in(network_id, at)
        of_line = Q(authorisations__activity=Activity.SELL)
        live = of_line & Q(authorisations__valid_from__lte=day)
        live &= Q(authorisations__valid_to=None) | Q(authorisations__valid_to__gte=day)
        rows = Partner.objects.filter(of_line).annotate(
            should=ArrayAgg("authorisations__product_line", filter=live, distinct=True, default=[])
        )
        found = rows.values_list("pk", "product_line_ids", "should").iterator(chunk_size=2000)
        wrong = [pk for pk, are, should in found if sorted(are) != sorted(should)]
    changed = 0
    for pk in wrong:
        with network_context(network_id):
            clock = Actor.system("clock", network_id)
            changed += project_lines(partner=Partner.objects.get(pk=pk), actor=clock, at=at)
    return changed


def rights_to_sell(partner_ids: Collection[int], *, day: date) -> dict[int, list[tuple[int, int | None]]]:
    """Per partner that has rights to sell at all, ever: (line, territory or None) of those live on the
    day.
    """
    rows = Authorisation.objects.filter(partner__in=partner_ids, activity=Activity.SELL)
    found: dict[int, list[tuple[int, int | None]]] = {}
    for row in rows.only("partner", "product_line", "territory", "valid_from", "valid_to", "network"):
        mine = found.setdefault(row.partner_id, [])
        if row.valid_from <= day and (row.valid_to is None or row.valid_to >= day):
            mine.append((row.product_line_id, row.territory_id))
    return found


def exclusive_seller(*, line_id: int, territory_ids: Collection[int], day: date) -> int | None:
    """The partner with the exclusive right to sell the line at a place (its territory and those above),
    if any.
    """
    rows = Authorisation.objects.live_on(day).filter(
        Q(territory=None) | Q(territory__in=territory_ids),
        product_line=line_id,
        activity=Activity.SELL,
        is_exclusive=True,
    )
    return rows.values_list("partner", flat=True).first()


def supplier_of(*, partner: Partner, line: ProductLine, day: date) -> Partner | None:
    """From whom the partner buys a line on a day: as its right to sell says, else its parent in the tree."""
    rows = Authorisation.objects.live_on(day).filter(
        partner=partner, product_line=line, activity=Activity.SELL, supplier__isnull=False
    )
    named = rows.select_related("supplier").order_by("-valid_from", "pk").first()
    if named is not None:
        return named.supplier
    return Partner.objects.filter(children=partner).first()


def authorisations_of(partner: Partner, actor: Actor) -> Any:
    """The partner's authorisations in sight, the running and coming ones first."""
    rows = Authorisation.objects.visible_to(actor, PartnerCapability.VIEW).filter(partner=partner)
    return rows.select_related("product_line", "territory", "supplier").order_by("-valid_from", "pk")


def today_in(network_id: int, at: datetime) -> date:
    """The day in the network's time zone."""
    return at.astimezone(Network.objects.get(pk=network_id).zone).date()


def _check(
    partner: Partner, activity: str, supplier: Partner | None, valid_from: date, valid_to: date | None
) -> None:
    faults: dict[str, Any] = {}
    if partner.parent_id is None:
        faults["partner"] = _("The brand owner itself needs no authorisation.")
    if activity not in Activity.values:
        faults["activity"] = _("Authorised is selling, service or parts.")
    if supplier is not None and supplier.pk == partner.pk:
        faults["supplier"] = _("A partner does not buy from itself.")
    if valid_to is not None and valid_to < valid_from:
        faults["valid_to"] = _("Ends before it begins.")
    if faults:
        raise Invalid(fields=faults)


def _save(row: Authorisation, **how: Any) -> None:
    try:
        with transaction.atomic():
            row.save(**how)
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if sqlstate(error) != "23P01" or name not in REFUSED:
            raise
        code, sentence = REFUSED[name]
        raise Conflict(sentence, code=code) from error


def _told(row: Authorisation) -> dict[str, str]:
    return {
        "authorisation": str(row.uid),
        "activity": row.activity,
        "line": row.product_line.code,
        "territory": row.territory.code if row.territory else "",
    }
