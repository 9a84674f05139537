"""Keeping the list of documents that the network asks for."""

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
from partners.events.documents import DocumentTypeAdded, DocumentTypeChanged
from partners.models import DocumentType, PartnerKind
from partners.permissions import PartnerCapability
from partners.states.documents import Gate

FACTS = frozenset(
    {
        "code", "name", "hint", "kinds", "countries", "gates", "has_expiry", "reminder_days",
        "days_to_provide", "is_required", "is_active",
    }
)  # fmt: skip
MOST_DAYS = 366


@transaction.atomic
def create_document_type(*, facts: Mapping[str, Any], actor: Actor, at: datetime) -> DocumentType:
    """Ask for another kind of document (`FACTS`). Partners are asked within minutes; nobody is blocked
    before the deadline.
    """
    authorise_everywhere(actor, PartnerCapability.MANAGE_NETWORK, system=True)
    kind = DocumentType(network_id=actor.network_id, created_at=at)
    put_facts(kind, facts, allowed=FACTS)
    _check(kind)
    kind.save(force_insert=True)
    publish(DocumentTypeAdded(code=kind.code), subject=kind, actor=actor, at=at)
    return kind


@transaction.atomic
def update_document_type(
    *, kind: DocumentType, changes: Mapping[str, Any], actor: Actor, at: datetime
) -> DocumentType:
    """Change the rules. What they gate follows within minutes. No change, no event."""
    authorise_everywhere(actor, PartnerCapability.MANAGE_NETWORK, system=True)
    kind = DocumentType.objects.select_for_update().get(pk=kind.pk)
    changed = put_facts(kind, changes, allowed=FACTS)
    if changed:
        _check(kind)
        kind.save(update_fields=changed)
        publish(DocumentTypeChanged(fields=changed), subject=kind, actor=actor, at=at)
    return kind


def _check(kind: DocumentType) -> None:
    kind.code, kind.name = kind.code.strip(), kind.name.strip()
    kind.countries = sorted({country.strip().upper() for country in kind.countries})
    faults: dict[str, Any] = {
        name: _("Must not be empty.") for name in ("code", "name") if not getattr(kind, name)
    }
    if not set(kind.kinds) <= set(PartnerKind.values) - {PartnerKind.BRAND_OWNER}:
        faults["kinds"] = _("Choose kinds of partners.")
    if not set(kind.gates) <= set(Gate.values):
        faults["gates"] = _("Choose what it blocks.")
    if any(len(country) != 2 or not country.isalpha() for country in kind.countries):
        faults["countries"] = _("Write countries as two letters, like IN or DE.")
    days = kind.reminder_days
    if len(days) > 10 or not all(0 <= day <= MOST_DAYS for day in days):
        faults["reminder_days"] = _("At most ten reminders, each at most a year before.")
    if not 0 <= kind.days_to_provide <= MOST_DAYS:
        faults["days_to_provide"] = _("Between 0 and 366 days.")
    if faults:
        raise Invalid(fields=faults)
    kind.reminder_days = sorted(set(days), reverse=True)
    if DocumentType.objects.filter(code=kind.code).exclude(pk=kind.pk).exists():
        raise Conflict(_("The code %(code)s is taken.") % {"code": kind.code}, code="code-taken")
