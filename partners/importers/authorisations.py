"""The importer of authorisations: the same verbs as pages and API, row by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dnm.accounts.actors import Actor
from dnm.imports import parsing
from dnm.imports.declaring import Applied, Candidate, Column, Importer, Setting
from dnm.imports.states import RowChange
from dnm.scoping.authority import may
from partners.domain.authorisations import authorise_partner, end_authorisation, today_in
from partners.importers.context import folded
from partners.models import Activity, Authorisation, Partner, ProductLine, Territory
from partners.permissions import PartnerCapability

ACTIVITIES = tuple((activity.value, activity.label) for activity in Activity)
KEY = ("partner_code", "product_line", "activity", "territory", "valid_from")

COLUMNS = (
    Column(
        name="partner_code",
        label=gettext_lazy("Partner code"),
        parse=parsing.code(40),
        required=True,
        example="KA-1042",
        aliases=("partner", "dealer code", "code", "customer code"),
    ),
    Column(
        name="product_line",
        label=gettext_lazy("Product line"),
        parse=parsing.text(120),
        required=True,
        help=gettext_lazy("Code or name."),
        example="pumps",
        aliases=("line", "product", "family"),
    ),
    Column(
        name="activity",
        label=gettext_lazy("Activity"),
        parse=parsing.one_of(ACTIVITIES),
        words=ACTIVITIES,
        required=True,
        help=gettext_lazy("Sell, service or parts."),
        example="Sell",
        aliases=("right", "type"),
    ),
    Column(
        name="territory",
        label=gettext_lazy("Territory"),
        parse=parsing.text(120),
        help=gettext_lazy("Code. Empty means everywhere."),
        example="KA",
        aliases=("territory code", "area", "region"),
    ),
    Column(
        name="is_exclusive",
        label=gettext_lazy("Exclusive"),
        parse=parsing.yes_or_no,
        example="no",
        aliases=("exclusivity",),
    ),
    Column(
        name="supplier_code",
        label=gettext_lazy("Supplier code"),
        parse=parsing.code(40),
        help=gettext_lazy("From whom it buys this line. Empty means its parent."),
        aliases=("supplier", "buys from", "distributor code"),
    ),
    Column(
        name="valid_from",
        label=gettext_lazy("Valid from"),
        parse=parsing.day,
        help=gettext_lazy("As YYYY-MM-DD. Empty means today."),
        example="2026-01-01",
        aliases=("from", "start", "begins"),
    ),
    Column(
        name="valid_to",
        label=gettext_lazy("Valid to"),
        parse=parsing.day,
        help=gettext_lazy("The last day. Empty means for good."),
        aliases=("to", "end", "until", "expires"),
    ),
)


@dataclass
class Known:
    """What the rows name, read once a job."""

    setting: Setting
    partners: dict[str, Partner] = field(default_factory=dict)

    @cached_property
    def lines(self) -> dict[str, ProductLine]:
        lines = list(ProductLine.objects.all())
        return {folded(line.name): line for line in lines} | {folded(line.code): line for line in lines}

    @cached_property
    def territories(self) -> dict[str, Territory]:
        return {folded(territory.code): territory for territory in Territory.objects.all()}

    @cached_property
    def today(self) -> date:
        return today_in(self.setting.actor.network_id, self.setting.at)

    def look_at(self, candidates: Sequence[Candidate]) -> None:
        """The partners of these rows, as they are now."""
        codes = {row.values.get(name) for row in candidates for name in ("partner_code", "supplier_code")}
        self.partners = {row.code: row for row in Partner.objects.filter(code__in=codes - {None, ""})}


class AuthorisationImporter(Importer):
    """Authorisations by partner, line, activity, territory and first day. A known one may get a last day."""

    name: ClassVar[str] = "authorisations"
    title: ClassVar[Any] = gettext_lazy("Authorisations")
    description: ClassVar[Any] = gettext_lazy(
        "Which partner may sell, service or supply parts, for which line, where and when."
    )
    capability: ClassVar[str] = PartnerCapability.AUTHORISE
    columns = COLUMNS

    def key(self, values: Mapping[str, Any], options: Mapping[str, str]) -> str:
        if not all(values.get(name) for name in ("partner_code", "product_line", "activity")):
            return ""
        return "|".join(folded(str(values.get(name) or "")) for name in KEY)[:200]

    def prepare(self, setting: Setting) -> Known:
        return Known(setting)

    def check(self, candidates: Sequence[Candidate], context: Known) -> None:
        context.look_at(candidates)
        for candidate in candidates:
            self._check(candidate, context)

    def _check(self, candidate: Candidate, context: Known) -> None:
        values = candidate.values
        partner = context.partners.get(values["partner_code"])
        if partner is None or not may(context.setting.actor, PartnerCapability.AUTHORISE, partner):
            expected = _("a partner that you may authorise")
            candidate.refuse("partner_code", expected=expected, got=values["partner_code"])
        if folded(values["product_line"]) not in context.lines:
            known = ", ".join(sorted({line.code for line in context.lines.values()}))
            candidate.refuse("product_line", expected=known, got=values["product_line"])
        if values.get("territory") and folded(values["territory"]) not in context.territories:
            candidate.refuse("territory", expected=_("a territory's code"), got=values["territory"])
        if values.get("supplier_code") and values["supplier_code"] not in context.partners:
            expected = _("the code of a partner in the network")
            candidate.refuse("supplier_code", expected=expected, got=values["supplier_code"])
        if values.get("valid_to") and values["valid_to"] < str(self._from(values, context)):
            candidate.refuse("valid_to", expected=_("not before the first day"), got=values["valid_to"])
        if not candidate.errors:
            self._compare(candidate, context)

    def _compare(self, candidate: Candidate, context: Known) -> None:
        row = self._standing(candidate, context)
        wanted = candidate.values.get("valid_to")
        if row is None:
            candidate.change = RowChange.CREATE
        elif wanted and wanted != str(row.valid_to):
            candidate.change = RowChange.UPDATE
            label = str(Authorisation._meta.get_field("valid_to").verbose_name)  # type: ignore[union-attr]
            candidate.changes = {label: [str(row.valid_to or ""), wanted]}
        else:
            candidate.change = RowChange.UNCHANGED

    def begin_piece(self, candidates: Sequence[Candidate], context: Known) -> None:
        context.look_at(candidates)

    def apply(self, candidate: Candidate, context: Known, *, actor: Actor, at: datetime) -> Applied:
        values = candidate.values
        row = self._standing(candidate, context)
        last = date.fromisoformat(values["valid_to"]) if values.get("valid_to") else None
        if row is not None:
            if last is None or last == row.valid_to:
                return Applied(change=RowChange.UNCHANGED, subject=row)
            ended = end_authorisation(authorisation=row, valid_to=last, actor=actor, at=at)
            return Applied(change=RowChange.UPDATE, subject=ended)
        made = authorise_partner(
            **self._facts(values, context),
            is_exclusive=bool(values.get("is_exclusive")),
            supplier=context.partners.get(values.get("supplier_code") or ""),
            valid_to=last,
            actor=actor,
            at=at,
        )
        return Applied(change=RowChange.CREATE, subject=made)

    def _standing(self, candidate: Candidate, context: Known) -> Authorisation | None:
        facts = self._facts(candidate.values, context)
        rows = Authorisation.objects.select_related("partner", "product_line", "territory")
        return rows.filter(**facts).first()

    def _facts(self, values: Mapping[str, Any], context: Known) -> dict[str, Any]:
        return {
            "partner": context.partners[values["partner_code"]],
            "product_line": context.lines[folded(values["product_line"])],
            "activity": values["activity"],
            "territory": context.territories[folded(values["territory"])]
            if values.get("territory")
            else None,
            "valid_from": self._from(values, context),
        }

    def _from(self, values: Mapping[str, Any], context: Known) -> date:
        return date.fromisoformat(values["valid_from"]) if values.get("valid_from") else context.today
