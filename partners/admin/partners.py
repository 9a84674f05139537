"""Partners: entering one with its owner, changing facts, leading it through its life."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may
from dnm.web.admin.columns import Column, linked
from dnm.web.admin.forms import ActorForm, RowChoice, RowChoices, VerbForm
from dnm.web.admin.lists import row_filter
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sites import network_site
from dnm.web.admin.verbs import Perform, RowVerb, flow_verbs
from partners.admin.sections import PARTNERS
from partners.domain.invitations import invite_person
from partners.domain.moves import move_partner
from partners.domain.partners import change_partner_state, create_partner, update_partner
from partners.models import BusinessCalendar, Partner, PartnerKind, ProductLine, Territory
from partners.permissions import PartnerCapability
from partners.roles import Role
from partners.states import PARTNER_FLOW, PartnerState

KINDS = [choice for choice in PartnerKind.choices if choice[0] != PartnerKind.BRAND_OWNER]
FACTS = (
    "trade_name",
    "legal_name",
    "kind",
    "territory",
    "postal_code",
    "address",
    "phone",
    "email",
    "latitude",
    "longitude",
    "product_lines",
    "capacity",
    "calendar",
)


def lines(actor: Actor) -> Any:
    """The network's product lines, by name."""
    return ProductLine.objects.visible_to(actor, PartnerCapability.VIEW).order_by("name")


def territories(actor: Actor) -> Any:
    return Territory.objects.visible_to(actor, PartnerCapability.VIEW_TERRITORY)


def partners(actor: Actor) -> Any:
    return Partner.objects.visible_to(actor, PartnerCapability.VIEW)


class PartnerForm(ActorForm):
    """Facts that `update_partner` changes."""

    territory = RowChoice(territories, label=_("Territory"), find_by=(Partner, "territory"))
    product_lines = RowChoices(lines, label=_("Product lines"), required=False)
    calendar = RowChoice(
        lambda actor: BusinessCalendar.objects.visible_to(actor, PartnerCapability.VIEW).order_by("name"),
        label=_("Business calendar"),
        required=False,
        empty_label=_("The network's"),
    )
    field_order = FACTS

    class Meta:
        model = Partner
        fields = [name for name in FACTS if name != "product_lines"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = KINDS  # type: ignore[attr-defined]
        if self.instance.pk:
            chosen = self.fields["product_lines"].queryset.filter(pk__in=self.instance.product_line_ids)  # type: ignore[attr-defined]
            self.initial["product_lines"] = list(chosen)


class NewPartnerForm(PartnerForm):
    """A partner, and the first of its people: the owner."""

    parent = RowChoice(partners, label=_("Buys from"), find_by=(Partner, "parent"))
    state = forms.ChoiceField(
        label=_("State"),
        choices=[choice for choice in PartnerState.choices if choice[0] in PARTNER_FLOW.initial],
    )
    owner_name = forms.CharField(label=_("Owner's name"), max_length=150, required=False)
    owner_email = forms.EmailField(
        label=_("Owner's e-mail"),
        required=False,
        help_text=_("The first member, as partner owner: may then invite the partner's own people."),
    )
    field_order = ("code", "trade_name", "legal_name", "kind", "parent", "territory", "state", *FACTS[4:])

    class Meta(PartnerForm.Meta):
        fields = ["code", *PartnerForm.Meta.fields]

    def clean(self) -> Any:
        cleaned = super().clean()
        if bool(self.cleaned_data.get("owner_name")) != bool(self.cleaned_data.get("owner_email")):
            self.add_error("owner_email", _("An owner has a name and an e-mail address."))
        return cleaned


class MoveForm(VerbForm):
    """Where a partner goes with everything below it, and why."""

    parent = RowChoice(partners, label=_("Buys from"), find_by=(Partner, "parent"))
    reason = forms.CharField(label=_("Reason"), max_length=250, widget=forms.Textarea({"rows": 3}))


def _movable(row: Partner, actor: Actor) -> str | None:
    return "" if row.parent_id is not None and may(actor, PartnerCapability.MOVE, row) else None


def _step(name: str) -> Perform:
    return lambda row, values, actor, at: change_partner_state(
        partner=row, transition=name, reason=values.get("reason", ""), actor=actor, at=at
    )


def _parent(partner: Partner, actor: Actor) -> Any:
    """The parent, when it is in sight."""
    parent = partner.parent
    in_sight = parent is not None and may(actor, PartnerCapability.VIEW, parent)
    return linked(parent, actor, PartnerCapability.VIEW) if in_sight else None


def _territory(partner: Partner, actor: Actor) -> Any:
    return linked(partner.territory, actor, PartnerCapability.VIEW_TERRITORY)


def _lines(partner: Partner, actor: Actor) -> str:
    return ", ".join(map(str, lines(actor).filter(pk__in=partner.product_line_ids)))


@admin.register(Partner, site=network_site)
class PartnerAdmin(ScopedModelAdmin):
    """The organisations of the network, each with what the person may do to it."""

    section = PARTNERS
    view_capability = PartnerCapability.VIEW
    add_capability = PartnerCapability.ADD
    change_capability = PartnerCapability.CHANGE
    add_form = NewPartnerForm
    change_form = PartnerForm
    ordering = ("trade_name", "id")
    related = ("parent", "territory", "calendar")
    list_display = (
        "trade_name",
        "code",
        "kind",
        "state",
        Column("parent", _("buys from"), _parent),
        Column("territory", _("territory"), _territory),
        "postal_code",
        "capacity",
    )
    list_filter = (
        "state",
        "kind",
        row_filter(title=_("product line"), name="line", lookup="product_line_ids__overlap", rows=lines),
    )
    search_fields = ("trade_name", "=code", "=postal_code")
    search_help_text = _("Part of the name, or the whole code or postal code.")
    facts = (
        "code",
        Column("parent", _("buys from"), _parent),
        "state",
        "state_changed_at",
        "trade_name",
        "legal_name",
        "kind",
        Column("territory", _("territory"), _territory),
        "postal_code",
        "address",
        "phone",
        "email",
        "latitude",
        "longitude",
        Column("product_lines", _("product lines"), _lines),
        "capacity",
        Column("calendar", _("business calendar"), lambda row, actor: row.calendar),
        "created_at",
    )
    verbs: ClassVar[tuple[RowVerb, ...]] = (
        *flow_verbs(PARTNER_FLOW, list(PARTNER_FLOW.transitions), _step),
        RowVerb(
            name="move",
            label=_("Move in the organisation"),
            capability=PartnerCapability.MOVE,
            perform=lambda row, values, actor, at: move_partner(partner=row, **values, actor=actor, at=at),
            form=MoveForm,
            offered=_movable,
            is_grave=True,
        ),
    )

    def choice_label(self, row: Any) -> str:
        return f"{row.trade_name} ({row.code})"

    def may_change(self, actor: Actor, row: Any) -> bool:
        """Not the brand owner: its facts are the network's settings."""
        return row.parent_id is not None and super().may_change(actor, row)

    def perform_add(self, request: Any, form: ActorForm) -> Partner:
        values, at = dict(form.cleaned_data), timezone.now()
        name, email = values.pop("owner_name"), values.pop("owner_email")
        partner = create_partner(**values, actor=request.actor, at=at)
        if email:
            role = Role.PARTNER_OWNER
            invite_person(email=email, name=name, partner=partner, role=role, actor=request.actor, at=at)
        return partner

    def perform_change(self, request: Any, row: Partner, form: ActorForm) -> Partner:
        return update_partner(partner=row, changes=form.changes(), actor=request.actor, at=timezone.now())
