"""The importers of the geography: territories, and the postal areas in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dnm.accounts.actors import Actor
from dnm.accounts.models import Network
from dnm.imports import parsing
from dnm.imports.declaring import Applied, Candidate, Column, Importer, Setting
from dnm.imports.states import RowChange
from dnm.scoping.authority import may
from dnm.scoping.errors import Conflict
from partners.domain.places import root_territory
from partners.domain.territories import (
    create_postal_area,
    create_territory,
    update_postal_area,
    update_territory,
)
from partners.importers.context import folded, postal
from partners.models import PostalArea, Territory
from partners.permissions import PartnerCapability

PLACE = (
    Column(
        name="latitude",
        label=gettext_lazy("Latitude"),
        parse=parsing.fraction,
        help=gettext_lazy("In degrees (WGS 84)."),
        example="12.9716",
        aliases=("lat",),
    ),
    Column(
        name="longitude",
        label=gettext_lazy("Longitude"),
        parse=parsing.fraction,
        help=gettext_lazy("In degrees (WGS 84)."),
        example="77.5946",
        aliases=("lon", "lng", "long"),
    ),
)
TERRITORY_COLUMNS = (
    Column(
        name="code",
        label=gettext_lazy("Code"),
        parse=parsing.code(60),
        required=True,
        help=gettext_lazy("Rows with a known code change that territory."),
        example="IN-KA",
        aliases=("territory code", "id"),
    ),
    Column(
        name="name",
        label=gettext_lazy("Name"),
        parse=parsing.text(120),
        required=True,
        example="Karnataka",
        aliases=("territory", "region", "district", "state"),
    ),
    Column(
        name="kind",
        label=gettext_lazy("Level"),
        parse=parsing.text(40),
        required=True,
        help=gettext_lazy("The network's name for this level."),
        example="state",
        aliases=("kind", "type"),
    ),
    Column(
        name="parent_code",
        label=gettext_lazy("Lies in"),
        parse=parsing.code(60),
        help=gettext_lazy("Code of the territory above, in this file or in the network. Empty: the whole."),
        example="IN",
        aliases=("parent", "parent code", "zone"),
    ),
    *PLACE,
)
AREA_COLUMNS = (
    Column(
        name="code",
        label=gettext_lazy("Postal code"),
        parse=parsing.code(12),
        required=True,
        example="560001",
        aliases=("pincode", "pin", "zip", "zip code", "postcode", "plz"),
    ),
    Column(
        name="country",
        label=gettext_lazy("Country"),
        parse=parsing.code(2),
        help=gettext_lazy("Two letters. Empty: the network's own."),
        example="IN",
        aliases=("country code",),
    ),
    Column(
        name="name",
        label=gettext_lazy("Place"),
        parse=parsing.text(120),
        example="Bengaluru GPO",
        aliases=("place", "city", "town", "office"),
    ),
    Column(
        name="territory",
        label=gettext_lazy("Territory"),
        parse=parsing.text(120),
        required=True,
        help=gettext_lazy("Code, or a name that only one territory has."),
        example="IN-KA",
        aliases=("territory code", "district", "region"),
    ),
    *PLACE,
)


@dataclass
class Geography:
    """The network's territories by word, and the rows of the file by code."""

    setting: Setting
    known: dict[Any, Any] = field(default_factory=dict)

    @cached_property
    def root(self) -> Territory:
        return root_territory()

    @cached_property
    def country(self) -> str:
        return str(Network.objects.values_list("country", flat=True).get(pk=self.setting.actor.network_id))

    @cached_property
    def words(self) -> dict[str, list[Territory]]:
        """Territories by code and by name; a name may stand for several."""
        found: dict[str, list[Territory]] = {}
        for territory in Territory.objects.all():
            for word in {folded(territory.code), folded(territory.name)}:
                found.setdefault(word, []).append(territory)
        return found

    @cached_property
    def parents(self) -> dict[str, str]:
        """Code → the parent's code, for every row of the file."""
        rows = self.setting.rows()
        return {str(v["code"]): str(v.get("parent_code") or "") for _n, v in rows if v.get("code")}

    def depth(self, code: str) -> int | None:
        """How many rows of the file come before this one; None when it lies in itself."""
        seen: list[str] = []
        while (code := self.parents.get(code, "")) in self.parents:
            if code in seen:
                return None
            seen.append(code)
        return len(seen)

    def level(self, code: str) -> int:
        """On which level the row's territory would stand."""
        steps = 1
        while (parent := self.parents.get(code, "")) in self.parents and steps <= settings.TREE_LEVELS:
            code, steps = parent, steps + 1
        above = self.words.get(folded(parent), [self.root])[0] if parent else self.root
        return above.level + steps


def _check_place(candidate: Candidate) -> None:
    values = candidate.values
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = values.get(name)
        if value is not None and not -most <= value <= most:
            candidate.refuse(name, expected=_("degrees from -%(n)s to %(n)s") % {"n": most}, got=value)
    if (values.get("latitude") is None) != (values.get("longitude") is None):
        candidate.refuse("latitude", expected=_("both latitude and longitude, or neither"), got="")


def _facts(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """What the row has a value for: an empty cell leaves what is there."""
    return {name: values[name] for name in names if values.get(name) not in (None, "")}


def _compare(candidate: Candidate, row: Any, facts: Mapping[str, Any]) -> None:
    candidate.changes = {
        str(row._meta.get_field(name).verbose_name): [_shown(getattr(row, name)), _shown(value)]
        for name, value in facts.items()
        if getattr(row, name) != value
    }
    candidate.change = RowChange.UPDATE if candidate.changes else RowChange.UNCHANGED


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


class TerritoryImporter(Importer):
    """Territories by code. A known one keeps its place in the tree; new ones may lie in one another."""

    name: ClassVar[str] = "territories"
    title: ClassVar[Any] = gettext_lazy("Territories")
    description: ClassVar[Any] = gettext_lazy(
        "The geography: zones, states, districts, as the network has them."
    )
    capability: ClassVar[str] = PartnerCapability.MANAGE_TERRITORY
    columns = TERRITORY_COLUMNS

    def key(self, values: Mapping[str, Any], options: Mapping[str, str]) -> str:
        return str(values.get("code") or "")

    def prepare(self, setting: Setting) -> Geography:
        return Geography(setting)

    def check(self, candidates: Sequence[Candidate], context: Geography) -> None:
        self.begin_piece(candidates, context)
        for candidate in candidates:
            _check_place(candidate)
            row = context.known.get(candidate.key)
            if row is None:
                self._check_new(candidate, context)
            elif not may(context.setting.actor, PartnerCapability.MANAGE_TERRITORY, row):
                candidate.refuse("code", expected=_("a territory that you may change"), got=candidate.key)
            else:
                _compare(candidate, row, _facts(candidate.values, ("name", "kind", "latitude", "longitude")))

    def _check_new(self, candidate: Candidate, context: Geography) -> None:
        candidate.change = RowChange.CREATE
        parent = candidate.values.get("parent_code") or ""
        depth = context.depth(candidate.key)
        if parent and parent not in context.parents and folded(parent) not in context.words:
            expected = _("the code of a territory in this file or in the network")
            candidate.refuse("parent_code", expected=expected, got=parent)
        elif depth is None:
            candidate.refuse(
                "parent_code", expected=_("a territory that does not lie in this one"), got=parent
            )
        elif context.level(candidate.key) > settings.TREE_LEVELS:
            expected = _("at most %(n)s levels") % {"n": settings.TREE_LEVELS}
            candidate.refuse("parent_code", expected=expected, got=context.level(candidate.key))
        candidate.depth = depth or 0

    def begin_piece(self, candidates: Sequence[Candidate], context: Geography) -> None:
        codes = {candidate.key for candidate in candidates}
        codes |= {candidate.values.get("parent_code") or "" for candidate in candidates}
        context.known = {row.code: row for row in Territory.objects.filter(code__in=codes - {""})}

    def apply(self, candidate: Candidate, context: Geography, *, actor: Actor, at: datetime) -> Applied:
        values, row = candidate.values, context.known.get(candidate.key)
        facts = _facts(values, ("name", "kind", "latitude", "longitude"))
        if row is not None:
            changed = any(getattr(row, name) != value for name, value in facts.items())
            row = update_territory(territory=row, changes=facts, actor=actor, at=at)
            return Applied(change=RowChange.UPDATE if changed else RowChange.UNCHANGED, subject=row)
        parent = self._parent(values.get("parent_code") or "", context)
        row = create_territory(**facts, code=candidate.key, parent=parent, actor=actor, at=at)
        context.known[row.code] = row
        return Applied(change=RowChange.CREATE, subject=row)

    def _parent(self, code: str, context: Geography) -> Territory:
        if not code:
            return context.root
        found = context.known.get(code) or Territory.objects.filter(code=code).first()
        if found is None:
            raise Conflict(
                _("The territory %(code)s is not in the network: look for that row's error.")
                % {"code": code},
                code="no-parent",
            )
        return found


class PostalAreaImporter(Importer):
    """Postal areas by country and code, each in one territory."""

    name: ClassVar[str] = "postal-areas"
    title: ClassVar[Any] = gettext_lazy("Postal areas")
    description: ClassVar[Any] = gettext_lazy(
        "Postal codes with their place, and the territory that serves each."
    )
    capability: ClassVar[str] = PartnerCapability.MANAGE_TERRITORY
    columns = AREA_COLUMNS
    chunk: ClassVar[int] = 500

    def key(self, values: Mapping[str, Any], options: Mapping[str, str]) -> str:
        return f"{(values.get('country') or '').upper()}|{postal(values.get('code'))}".removesuffix("|")

    def prepare(self, setting: Setting) -> Geography:
        return Geography(setting)

    def check(self, candidates: Sequence[Candidate], context: Geography) -> None:
        self.begin_piece(candidates, context)
        for candidate in candidates:
            _check_place(candidate)
            facts = self._facts(candidate, context)
            if candidate.errors:
                continue
            row = context.known.get(self._key(candidate, context))
            if row is None:
                candidate.change = RowChange.CREATE
            else:
                _compare(candidate, row, facts)

    def _facts(self, candidate: Candidate, context: Geography) -> dict[str, Any]:
        found = context.words.get(folded(candidate.values["territory"]), [])
        if len(found) != 1:
            expected = _("the code of a territory, or a name that only one has")
            candidate.refuse("territory", expected=expected, got=candidate.values["territory"])
            return {}
        if not may(context.setting.actor, PartnerCapability.MANAGE_TERRITORY, found[0]):
            expected = _("a territory that you may change")
            candidate.refuse("territory", expected=expected, got=candidate.values["territory"])
        return {
            **_facts(candidate.values, ("name", "latitude", "longitude")),
            "territory": found[0],
        }

    def _key(self, candidate: Candidate, context: Geography) -> tuple[str, str]:
        country = (candidate.values.get("country") or context.country).upper()
        return country, postal(candidate.values["code"])

    def begin_piece(self, candidates: Sequence[Candidate], context: Geography) -> None:
        codes = {postal(candidate.values.get("code")) for candidate in candidates}
        rows = PostalArea.objects.select_related("territory").filter(code__in=codes)
        context.known = {(row.country, row.code): row for row in rows}

    def apply(self, candidate: Candidate, context: Geography, *, actor: Actor, at: datetime) -> Applied:
        facts = self._facts(candidate, context)
        if candidate.errors:
            raise Conflict(_("The territory is not there any more."), code="no-territory")
        country, code = self._key(candidate, context)
        row = context.known.get((country, code))
        if row is None:
            made = create_postal_area(code=code, country=country, **facts, actor=actor, at=at)
            return Applied(change=RowChange.CREATE, subject=made)
        changed = any(getattr(row, name) != value for name, value in facts.items())
        row = update_postal_area(area=row, changes=facts, actor=actor, at=at)
        return Applied(change=RowChange.UPDATE if changed else RowChange.UNCHANGED, subject=row)
