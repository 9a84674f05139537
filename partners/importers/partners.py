"""The partner importer: the same verbs as pages and API, row by row."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, cast
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dnm.accounts.actors import Actor
from dnm.imports.declaring import Applied, Candidate, Importer, Setting
from dnm.imports.states import RowChange
from dnm.jobs.models import Job
from dnm.scoping.authority import may
from dnm.scoping.errors import Conflict
from partners.domain.inviting_many import MOST_PEOPLE, PersonToInvite, invite_people
from partners.domain.partners import create_partner, update_partner
from partners.importers.checks import (
    check_code,
    check_parent,
    check_place,
    check_product_lines,
    check_territory,
)
from partners.importers.columns import COLUMNS, OPTIONS
from partners.importers.context import Context, code_of
from partners.models import Partner, PartnerKind, ProductLine
from partners.permissions import PartnerCapability
from partners.roles import Role

PLAIN_FACTS = ("trade_name", "legal_name", "kind", "postal_code", "address", "phone", "email", "capacity")
CHECKS = (check_code, check_territory, check_place, check_product_lines, check_parent)


class PartnerImporter(Importer):
    """Partners by code. An empty cell leaves what is there; parent and status are only set for new ones."""

    name: ClassVar[str] = "partners"
    title: ClassVar[Any] = gettext_lazy("Partners")
    description: ClassVar[Any] = gettext_lazy(
        "Distributors, dealers, retailers and service centres with their place in the network."
    )
    capability: ClassVar[str] = PartnerCapability.IMPORT
    columns = COLUMNS
    options = OPTIONS

    def key(self, values: Mapping[str, Any], options: Mapping[str, str]) -> str:
        return code_of(values, options)

    def prepare(self, setting: Setting) -> Context:
        return Context(setting)

    def check(self, candidates: Sequence[Candidate], context: Context) -> None:
        known = self._known(candidates)
        for candidate in candidates:
            partner = known.get(candidate.key)
            for check in CHECKS:
                check(candidate, partner, context)
            if candidate.errors:
                continue
            if partner is None:
                self._look_at_new(candidate, context)
            else:
                self._compare(candidate, partner, context)

    def _known(self, candidates: Sequence[Candidate]) -> dict[str, Partner]:
        """The partners of the network that the rows name."""
        codes = [candidate.key for candidate in candidates if candidate.key]
        rows = Partner.objects.select_related("parent", "territory").filter(code__in=codes)
        return {partner.code: partner for partner in rows}

    def begin_piece(self, candidates: Sequence[Candidate], context: Context) -> None:
        context.named = self._known(candidates)

    def _look_at_new(self, candidate: Candidate, context: Context) -> None:
        candidate.change = RowChange.CREATE
        parent = context.known_parent(candidate.values["parent_code"])
        if parent is not None and not may(context.setting.actor, PartnerCapability.ADD, parent):
            candidate.refuse(
                "parent_code", expected=_("a partner that you may add others to"), got=parent.code
            )

    def _compare(self, candidate: Candidate, partner: Partner, context: Context) -> None:
        """What the row changes of a partner that is there."""
        allowed = may(context.setting.actor, PartnerCapability.CHANGE, partner)
        if not allowed or partner.kind == PartnerKind.BRAND_OWNER:
            candidate.refuse("code", expected=_("a partner that you may change"), got=partner.code)
            return
        status = candidate.values.get("status")
        if status and status != partner.state:
            candidate.warn("status", _("The status is changed on the partner's page."), got=status)
        candidate.changes = {
            _label(name): [_shown(getattr(partner, name)), _shown(value)]
            for name, value in self._facts(candidate, context).items()
            if getattr(partner, name) != value
        }
        candidate.change = RowChange.UPDATE if candidate.changes else RowChange.UNCHANGED

    def _facts(self, candidate: Candidate, context: Context) -> dict[str, Any]:
        """Facts of the partner that the row has a value for."""
        values = candidate.values
        facts = {name: values[name] for name in PLAIN_FACTS if values.get(name) is not None}
        if values.get("territory_id") is not None:
            facts["territory"] = context.territories[values["territory_id"]]
        if values.get("latitude") is not None:
            facts |= {"latitude": values["latitude"], "longitude": values["longitude"]}
        if values.get("product_line_ids") is not None:
            facts["product_line_ids"] = values["product_line_ids"]
        return facts

    def apply(self, candidate: Candidate, context: Context, *, actor: Actor, at: datetime) -> Applied:
        partner = context.named.get(candidate.key)
        facts = self._facts(candidate, context)
        if partner is None:
            change = RowChange.CREATE
            partner = self._create(candidate, facts, context, actor, at)
        else:
            changed = any(getattr(partner, name) != value for name, value in facts.items())
            change = RowChange.UPDATE if changed else RowChange.UNCHANGED
            partner = update_partner(partner=partner, changes=facts, actor=actor, at=at)
        return Applied(change=change, subject=partner)

    def _create(
        self, candidate: Candidate, facts: dict[str, Any], context: Context, actor: Actor, at: datetime
    ) -> Partner:
        parent = context.parent(candidate.values["parent_code"])
        if parent is None:
            message = _("Its parent %(code)s is not in the network: look for that row's error.")
            raise Conflict(message % {"code": candidate.values["parent_code"]}, code="no-parent")
        line_ids = facts.pop("product_line_ids", [])
        return create_partner(
            code=candidate.key,
            parent=parent,
            product_lines=ProductLine.objects.filter(pk__in=line_ids),
            state=candidate.values.get("status") or context.options["status"],
            actor=actor,
            at=at,
            **facts,
        )

    def outlook(self, rows: Iterable[Mapping[str, Any]], *, options: Mapping[str, str]) -> str:
        people = sum(1 for values in rows if values.get("owner_email"))
        if not people or not _invites(options):
            return ""
        text = ngettext(
            "%(count)d owner with an e-mail is invited when the import is done.",
            "%(count)d owners with an e-mail are invited when the import is done.",
            people,
        )
        return text % {"count": people}

    def follow(
        self,
        rows: Iterable[tuple[UUID | None, Mapping[str, Any]]],
        *,
        options: Mapping[str, str],
        actor: Actor,
        at: datetime,
    ) -> Sequence[Job]:
        """One job that invites the owners; another for each further `MOST_PEOPLE`."""
        if not _invites(options) or not may(actor, PartnerCapability.MANAGE_PEOPLE):
            return ()
        people = [_owner(uid, values) for uid, values in rows if values.get("owner_email")]
        return [
            invite_people(people=people[first : first + MOST_PEOPLE], actor=actor, at=at)
            for first in range(0, len(people), MOST_PEOPLE)
        ]


def _invites(options: Mapping[str, str]) -> bool:
    return options.get("owners") == "invite"


def _owner(partner: UUID | None, values: Mapping[str, Any]) -> PersonToInvite:
    email = values["owner_email"]
    name = values.get("owner_name") or email.partition("@")[0]
    return PersonToInvite(email=email, name=name, partner=str(partner), role=Role.PARTNER_OWNER)


def _label(name: str) -> str:
    return str(cast(Any, Partner._meta.get_field(name)).verbose_name)


def _shown(value: Any) -> str:
    return "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
