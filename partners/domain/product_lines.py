"""Keeping the list of product lines."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise_everywhere
from dnm.scoping.errors import Conflict, Invalid
from partners.domain.facts import put_facts
from partners.events import ProductLineAdded, ProductLineChanged
from partners.models import ProductLine
from partners.permissions import PartnerCapability


@transaction.atomic
def create_product_line(*, code: str, name: str, actor: Actor, at: datetime) -> ProductLine:
    """Enter a product line. Nobody sells it until partners are given it."""
    authorise_everywhere(actor, PartnerCapability.MANAGE_NETWORK, system=True)
    line = ProductLine(network_id=actor.network_id, code=code.strip(), name=name.strip())
    _check(line)
    line.save(force_insert=True)
    publish(ProductLineAdded(code=line.code), subject=line, actor=actor, at=at)
    return line


@transaction.atomic
def update_product_line(
    *, line: ProductLine, changes: Mapping[str, Any], actor: Actor, at: datetime
) -> ProductLine:
    """Change a product line's name or code. No change, no event."""
    authorise_everywhere(actor, PartnerCapability.MANAGE_NETWORK, system=True)
    line = ProductLine.objects.select_for_update().get(pk=line.pk)
    changed = put_facts(line, changes, allowed={"code", "name"})
    if changed:
        _check(line)
        line.save(update_fields=changed)
        publish(ProductLineChanged(fields=changed), subject=line, actor=actor, at=at)
    return line


def _check(line: ProductLine) -> None:
    faults = {name: _("Must not be empty.") for name in ("code", "name") if not getattr(line, name).strip()}
    if faults:
        raise Invalid(fields=faults)
    if ProductLine.objects.filter(code=line.code).exclude(pk=line.pk).exists():
        raise Conflict(_("The code %(code)s is taken.") % {"code": line.code}, code="code-taken")
