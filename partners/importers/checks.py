"""Judging one row of a partner import: each function looks at one thing and completes the row's values."""

from typing import cast

from django.utils.translation import gettext as _

from dnm.imports.declaring import Candidate
from partners.domain.places import distance_km
from partners.importers.context import Context, folded, postal
from partners.importers.places import Point, judge
from partners.models import Partner, ProductLine, Territory

SHOWN_NAMES = 8


def check_code(row: Candidate, partner: Partner | None, context: Context) -> None:
    if row.key:
        row.values["code"] = row.key
    elif context.options["codes"] == "made":
        row.refuse("code", expected=_("a code, or postal code and name to make one of"), got=_("neither"))
    else:
        row.refuse("code", expected=_("a code"), got=_("an empty cell"))


def check_territory(row: Candidate, partner: Partner | None, context: Context) -> None:
    """By code or name. The postal code decides between several of one name and stands in for unknown ones.

    A partner that is there keeps its territory when the row says nothing new.
    """
    word = row.values.get("territory") or ""
    postal_code = postal(row.values.get("postal_code"))
    if partner is not None and not word and postal_code in {"", postal(partner.postal_code)}:
        return
    place = context.areas.get(postal_code)
    found = context.territories_by_word.get(folded(word), []) if word else []
    territory = _chosen(found, place.territory if place else None)
    if territory is None and place is not None:
        territory = place.territory
        if word:
            facts = {"word": word, "code": postal_code, "name": territory.name}
            row.warn("territory", _("“%(word)s” is not known; %(code)s lies in %(name)s.") % facts, got=word)
    if territory is None:
        _refuse_territory(row, word, found)
        return
    row.values["territory_id"] = territory.pk


def _chosen(found: list[Territory], by_postal_code: Territory | None) -> Territory | None:
    if len(found) == 1:
        return found[0]
    if by_postal_code is None:
        return None
    above = str(by_postal_code.path).split(".")
    return next((one for one in found if one.pk == by_postal_code.pk or str(one.pk) in above), None)


def _refuse_territory(row: Candidate, word: str, found: list[Territory]) -> None:
    if found:
        codes = ", ".join(territory.code for territory in found[:SHOWN_NAMES])
        row.refuse("territory", expected=_("one of the codes %(codes)s") % {"codes": codes}, got=word)
    elif word:
        row.refuse("territory", expected=_("code or name of a territory"), got=word)
    else:
        expected = _("a territory, or a postal code that the network knows")
        row.refuse("territory", expected=expected, got=row.values.get("postal_code") or _("neither"))


def check_place(row: Candidate, partner: Partner | None, context: Context) -> None:
    """Latitude and longitude as they are, exchanged, of the postal code, or none: never silently."""
    latitude, longitude = row.values.get("latitude"), row.values.get("longitude")
    if (latitude is None) != (longitude is None):
        row.warn("latitude", _("Only one of latitude and longitude is given; it is not used."))
    given = None if latitude is None or longitude is None else (latitude, longitude)
    centre = context.centre(row.values.get("postal_code"))
    point = None if given is None else _usable(row, given, centre, context)
    row.values["latitude"], row.values["longitude"] = point or (None, None)
    if point is None and (partner is None or partner.latitude is None):
        _stand_in(row, context, centre)


def _usable(row: Candidate, given: Point, centre: Point | None, context: Context) -> Point | None:
    verdict = judge(given, centre=centre, box=context.box)
    shown = f"{given[0]}, {given[1]}"
    if verdict.exchanged:
        row.warn("latitude", _("Latitude and longitude were exchanged; they are put right."), got=shown)
    elif verdict.point is None:
        row.warn("latitude", _why_not(given, centre), got=shown)
    return verdict.point


def _why_not(given: Point, centre: Point | None) -> str:
    if centre is None or not (-90 <= given[0] <= 90 and -180 <= given[1] <= 180):
        return _("These coordinates cannot be right: they lie outside the network's territories.")
    away = round(distance_km(given, centre))
    return _("These coordinates cannot be right: they lie %(km)s km from the postal code.") % {"km": away}


def _stand_in(row: Candidate, context: Context, centre: Point | None) -> None:
    if context.options["places"] == "postal" and centre is not None:
        row.values["latitude"], row.values["longitude"] = centre
        code = row.values["postal_code"]
        row.warn("latitude", _("The middle of postal code %(code)s is used.") % {"code": code})
    else:
        row.warn(
            "latitude", _("No coordinates: this partner is never the nearest and gets no leads by distance.")
        )


def check_product_lines(row: Candidate, partner: Partner | None, context: Context) -> None:
    names = row.values.get("product_lines")
    if names is None:
        return
    strangers = [name for name in names if folded(name) not in context.lines]
    if strangers:
        known = ", ".join(line.code for line in _each_once(context)[:SHOWN_NAMES]) or _("none is entered yet")
        expected = _("product lines of the network: %(codes)s") % {"codes": known}
        row.refuse("product_lines", expected=expected, got=", ".join(strangers))
        return
    row.values["product_line_ids"] = sorted({context.lines[folded(name)].pk for name in names})


def _each_once(context: Context) -> list[ProductLine]:
    return sorted({line.pk: line for line in context.lines.values()}.values(), key=lambda line: line.code)


def check_parent(row: Candidate, partner: Partner | None, context: Context) -> None:
    """The parent must be in the network or in the file, and no row may stand below itself.

    A partner that is there stays where it stands: moving is an operation of its own.
    """
    if partner is not None:
        _say_if_elsewhere(row, partner)
        return
    node = context.family.nodes.get(row.key)
    if node is None:
        return
    code = context.parents.get(row.key, "")
    if not code:
        _refuse_orphan(row, context)
        return
    if code not in context.family.nodes:
        row.refuse("parent_code", expected=_("code of a partner of this file or of the network"), got=code)
        return
    depth = context.depth(row.key)
    if depth is None:
        row.refuse("parent_code", expected=_("a partner that does not stand below this one"), got=code)
        return
    row.depth = depth
    row.values["parent_code"] = code
    heads = [] if node.parent or context.options["parents"] != "postal" else context.family.heads(node)
    if len(heads) > 1:
        names = ", ".join(head.code for head in heads[:SHOWN_NAMES])
        facts = {"code": code, "all": names}
        row.warn("parent_code", _("%(code)s was taken as the parent; the postal code has %(all)s.") % facts)


def _say_if_elsewhere(row: Candidate, partner: Partner) -> None:
    code, parent = row.values.get("parent_code"), cast(Partner | None, partner.parent)
    if code and parent is not None and code != parent.code:
        facts = {"now": parent.code, "file": code}
        text = _("Stays below %(now)s: moving it to %(file)s is done on the partner's page.") % facts
        row.warn("parent_code", text)


def _refuse_orphan(row: Candidate, context: Context) -> None:
    if context.options["parents"] != "postal":
        row.refuse("parent_code", expected=_("code of the partner upstream"), got=_("an empty cell"))
        return
    code = row.values.get("postal_code") or _("no postal code")
    expected = _("a distributor or dealer at postal code %(code)s, to stand below") % {"code": code}
    row.refuse("parent_code", expected=expected, got=_("none in the file or the network"))
