"""Keeping the geography: territories, and the postal areas that lie in them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Conflict, Invalid
from partners.domain.facts import put_facts
from partners.events import PostalAreaAdded, PostalAreaChanged, TerritoryAdded, TerritoryChanged
from partners.models import PostalArea, Territory
from partners.permissions import PartnerCapability

TERRITORY_FACTS = frozenset({"name", "code", "kind", "latitude", "longitude"})
AREA_FACTS = frozenset({"name", "territory", "latitude", "longitude"})


@transaction.atomic
def create_territory(
    *,
    name: str,
    code: str,
    kind: str,
    parent: Territory,
    actor: Actor,
    at: datetime,
    latitude: float | None = None,
    longitude: float | None = None,
) -> Territory:
    """Enter a territory below `parent`. Raises `NotAllowed`, `Invalid` (fields named), `Conflict`."""
    authorise(actor, PartnerCapability.MANAGE_TERRITORY, parent, system=True)
    if parent.level >= settings.TREE_LEVELS:
        raise Invalid(
            fields={"parent": _("Territories have at most %(n)s levels.") % {"n": settings.TREE_LEVELS}}
        )
    territory = Territory(
        network_id=actor.network_id,
        name=name.strip(),
        code=code.strip(),
        kind=kind.strip(),
        parent=parent,
        latitude=latitude,
        longitude=longitude,
    )
    _check_territory(territory)
    territory.save(force_insert=True)
    territory.refresh_from_db()
    publish(TerritoryAdded(), subject=territory, actor=actor, at=at)
    return territory


@transaction.atomic
def update_territory(
    *, territory: Territory, changes: Mapping[str, Any], actor: Actor, at: datetime
) -> Territory:
    """Change facts of a territory (`TERRITORY_FACTS`); its place in the tree stays. No change, no event."""
    authorise(actor, PartnerCapability.MANAGE_TERRITORY, territory, system=True)
    territory = Territory.objects.select_for_update().get(pk=territory.pk)
    changed = put_facts(territory, changes, allowed=TERRITORY_FACTS)
    if changed:
        _check_territory(territory)
        territory.save(update_fields=changed)
        publish(TerritoryChanged(fields=changed), subject=territory, actor=actor, at=at)
    return territory


@transaction.atomic
def create_postal_area(
    *,
    code: str,
    territory: Territory,
    actor: Actor,
    at: datetime,
    country: str,
    name: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
) -> PostalArea:
    """Enter a postal code in a territory. Raises `NotAllowed`, `Invalid` (fields named), `Conflict`."""
    authorise(actor, PartnerCapability.MANAGE_TERRITORY, territory, system=True)
    area = PostalArea(
        network_id=actor.network_id,
        country=country.strip().upper(),
        code="".join(code.upper().split()),
        territory=territory,
        name=name.strip(),
        latitude=latitude,
        longitude=longitude,
    )
    if PostalArea.objects.filter(country=area.country, code=area.code).exists():
        raise Conflict(_("The code %(code)s is taken.") % {"code": area.code}, code="code-taken")
    _check_place(area, "code")
    area.save(force_insert=True)
    publish(PostalAreaAdded(code=area.code), subject=area, actor=actor, at=at)
    return area


@transaction.atomic
def update_postal_area(
    *, area: PostalArea, changes: Mapping[str, Any], actor: Actor, at: datetime
) -> PostalArea:
    """Change facts of a postal area (`AREA_FACTS`). Into another territory only with rights in both.

    Leads that came in before keep the territory they were given.
    """
    authorise(actor, PartnerCapability.MANAGE_TERRITORY, area.territory, system=True)
    if "territory" in changes:
        authorise(actor, PartnerCapability.MANAGE_TERRITORY, changes["territory"], system=True)
    area = PostalArea.objects.select_for_update(of=("self",)).select_related("territory").get(pk=area.pk)
    changed = put_facts(area, changes, allowed=AREA_FACTS)
    if changed:
        _check_place(area, "code")
        area.save(update_fields=changed)
        publish(PostalAreaChanged(fields=changed), subject=area, actor=actor, at=at)
    return area


def _check_territory(territory: Territory) -> None:
    if not territory.name.strip():
        raise Invalid(fields={"name": _("Give a name.")})
    if not territory.kind.strip():
        raise Invalid(fields={"kind": _("Say what this level is called.")})
    _check_place(territory, "code")
    if Territory.objects.filter(code=territory.code).exclude(pk=territory.pk).exists():
        raise Conflict(_("The code %(code)s is taken.") % {"code": territory.code}, code="code-taken")


def _check_place(row: Any, key: str) -> None:
    faults: dict[str, Any] = {}
    if not getattr(row, key).strip():
        faults[key] = _("Give a code.")
    if (row.latitude is None) != (row.longitude is None):
        faults["latitude"] = _("Latitude and longitude come together.")
    elif row.latitude is not None and not -90 <= row.latitude <= 90:
        faults["latitude"] = _("Latitude lies between -90 and 90 degrees.")
    elif row.longitude is not None and not -180 <= row.longitude <= 180:
        faults["longitude"] = _("Longitude lies between -180 and 180 degrees.")
    if faults:
        raise Invalid(fields=faults)
