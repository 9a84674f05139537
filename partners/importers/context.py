"""What the partner importer knows of file and network while it checks and applies."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dnm.accounts.models import Network
from dnm.imports.declaring import Setting
from partners.domain.places import Place, root_territory
from partners.importers.parents import LEADS_OTHERS, Family, Node, depth_in_file, nearest
from partners.importers.places import Box, Point
from partners.models import Partner, PartnerKind, PostalArea, ProductLine, Territory

LONGEST_CODE = 40


def code_of(values: Mapping[str, Any], options: Mapping[str, str]) -> str:
    """The row's natural key: its code or, where that is wanted, one made of postal code and name."""
    code = values.get("code") or ""
    if code or options.get("codes") != "made":
        return str(code)
    name, postal_code = values.get("trade_name"), values.get("postal_code")
    if not name or not postal_code:
        return ""
    plain = unicodedata.normalize("NFKD", f"{postal_code} {name}")
    letters = "".join(c for c in plain if not unicodedata.combining(c)).upper()
    return re.sub(r"[\W_]+", "-", letters).strip("-")[:LONGEST_CODE].strip("-")


def folded(text: str) -> str:
    return " ".join(text.casefold().split())


def postal(text: str | None) -> str:
    """A postal code as it is compared: upper case, no spaces."""
    return "".join((text or "").upper().split())


@dataclass
class Context:
    """Reads the network once, in one go, and the file when parents are asked for."""

    setting: Setting
    named: dict[str, Partner] = field(default_factory=dict)
    """Partners that the rows at hand name, as they are in the network now."""
    parents_seen: dict[str, Partner] = field(default_factory=dict)

    @property
    def options(self) -> Mapping[str, str]:
        return self.setting.options

    @cached_property
    def root(self) -> Partner:
        """The brand owner."""
        return Partner.objects.get(kind=PartnerKind.BRAND_OWNER)

    @cached_property
    def territories(self) -> dict[int, Territory]:
        return {territory.pk: territory for territory in Territory.objects.all()}

    @cached_property
    def territories_by_word(self) -> dict[str, list[Territory]]:
        """By code and by name; a name may stand for several."""
        found: dict[str, list[Territory]] = {}
        for territory in self.territories.values():
            for word in {folded(territory.code), folded(territory.name)}:
                found.setdefault(word, []).append(territory)
        return found

    @cached_property
    def areas(self) -> dict[str, Place]:
        """Postal code → its place, in the network's own country first."""
        country = Network.objects.values_list("country", flat=True).get(pk=self.setting.actor.network_id)
        found: dict[str, Place] = {}
        rows = PostalArea.objects.values_list(
            "country", "code", "name", "territory_id", "latitude", "longitude"
        )
        for area_country, code, name, territory_id, latitude, longitude in rows.iterator(chunk_size=5000):
            if area_country == country or postal(code) not in found:
                place = Place(self.territories[territory_id], name, latitude, longitude, known=True)
                found[postal(code)] = place
        return found

    @cached_property
    def box(self) -> Box | None:
        places = [(place.latitude, place.longitude) for place in self.areas.values()]
        nodes = [(territory.latitude, territory.longitude) for territory in self.territories.values()]
        return Box.around((a, b) for a, b in (*places, *nodes) if a is not None and b is not None)

    @cached_property
    def lines(self) -> dict[str, ProductLine]:
        lines = list(ProductLine.objects.all())
        return {folded(line.name): line for line in lines} | {folded(line.code): line for line in lines}

    @cached_property
    def whole_geography(self) -> Territory:
        return root_territory()

    def centre(self, postal_code: str | None) -> Point | None:
        """The middle of the postal code, when the network knows it."""
        place = self.areas.get(postal(postal_code))
        if place is None or place.latitude is None or place.longitude is None:
            return None
        return (place.latitude, place.longitude)

    @cached_property
    def family(self) -> Family:
        """Partners of the network, overruled by the rows of the file."""
        family = Family(root=self.root.code)
        in_file = dict(self._file_nodes())
        rows = Partner.objects.values_list("code", "kind", "postal_code", "latitude", "longitude")
        family.add(
            Node(code, kind, postal(area), (a, b) if a is not None and b is not None else None)
            for code, kind, area, a, b in rows.iterator(chunk_size=5000)
            if code not in in_file
        )
        family.add(node for node, _row_no in in_file.values())
        family.in_file = {code: row_no for code, (_node, row_no) in in_file.items()}
        return family

    def _file_nodes(self) -> Iterable[tuple[str, tuple[Node, int]]]:
        seen = set()
        for row_no, values in self.setting.rows():
            code = code_of(values, self.options)
            if not code or not values.get("kind") or code in seen:
                continue
            seen.add(code)
            point = (values.get("latitude"), values.get("longitude"))
            node = Node(
                code,
                values["kind"],
                postal(values.get("postal_code")),
                point if None not in point else None,  # type: ignore[arg-type]
                values.get("parent_code") or "",
            )
            yield code, (node, row_no)

    @cached_property
    def parents(self) -> dict[str, str]:
        """Code → the parent's code, for every row of the file that has one. "" stays for those without."""
        return {code: self.parent_of(self.family.nodes[code]) for code in self.family.in_file}

    def parent_of(self, node: Node) -> str:
        """The parent's code by the chosen rule; "" when the rule finds none."""
        if node.parent:
            return node.parent
        rule = self.options.get("parents")
        if rule == "root":
            return self.family.root
        if rule != "postal":
            return ""
        heads = self.family.heads(node)
        if heads:
            return nearest(node, heads).code
        return self.family.root if node.rank <= LEADS_OTHERS else ""

    def depth(self, code: str) -> int | None:
        """How many rows of the file must be applied before this one; None when it stands below itself."""
        return depth_in_file(code, self.parents, self.family.in_file)

    def parent(self, code: str) -> Partner | None:
        """A parent by code, as it is now. Found ones are kept: a parent is asked for again and again."""
        if code not in self.parents_seen:
            found = Partner.objects.filter(code=code).first()
            if found is None:
                return None
            self.parents_seen[code] = found
        return self.parents_seen[code]

    def known_parent(self, code: str) -> Partner | None:
        """The same while nothing is being applied: a parent that only the file knows is not asked for."""
        return self.parent(code) if code in self.codes else None

    @cached_property
    def codes(self) -> frozenset[str]:
        """Codes of the network's partners when the check began."""
        return frozenset(Partner.objects.values_list("code", flat=True).iterator(chunk_size=5000))
