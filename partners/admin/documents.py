"""Compliance in the administration: what the network asks for, and what stands where."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.web.admin.columns import Column, linked, masked
from dnm.web.admin.forms import ActorForm, LinesField
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sections import SETTINGS
from dnm.web.admin.sites import network_site
from partners.admin.sections import PARTNERS
from partners.domain.document_types import create_document_type, update_document_type
from partners.models import Document, DocumentType, PartnerKind
from partners.permissions import PartnerCapability
from partners.permissions.documents import DocumentCapability
from partners.states.documents import Gate

KINDS = [choice for choice in PartnerKind.choices if choice[0] != PartnerKind.BRAND_OWNER]


class NumbersField(forms.CharField):
    """Numbers by commas: 60, 30, 7, 1."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[int]:
        parts = [part.strip() for part in super().clean(value).split(",") if part.strip()]
        if not all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts):
            raise forms.ValidationError(_("Write numbers by commas, like 60, 30, 7, 1."))
        return [int(part) for part in parts]

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return list(initial or []) != self.clean(data)
        except forms.ValidationError:
            return True


class DocumentTypeForm(ActorForm):
    """A kind of document, of whom it is asked, and what it blocks."""

    kinds = forms.MultipleChoiceField(
        label=_("Kinds of partners"),
        choices=KINDS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None means all."),
    )
    countries = LinesField(
        label=_("Countries"), required=False, help_text=_("Two letters, one a line. None means all.")
    )
    gates = forms.MultipleChoiceField(
        label=_("Blocks"), choices=Gate.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    reminder_days = NumbersField(label=_("Reminders, days before"), required=False)
    field_order = ("code", "name", "hint", "kinds", "countries", "is_required", "gates", "has_expiry")

    class Meta:
        model = DocumentType
        fields = [
            "code", "name", "hint", "kinds", "countries", "gates", "has_expiry", "reminder_days",
            "days_to_provide", "is_required", "is_active",
        ]  # fmt: skip


@admin.register(DocumentType, site=network_site)
class DocumentTypeAdmin(ScopedModelAdmin):
    """What is asked of which partners. What is not in use any more is asked of nobody and blocks nothing."""

    section = SETTINGS
    view_capability = PartnerCapability.VIEW_NETWORK
    add_capability = PartnerCapability.MANAGE_NETWORK
    change_capability = PartnerCapability.MANAGE_NETWORK
    is_network_wide = True
    add_form = change_form = DocumentTypeForm
    ordering = ("name", "id")
    search_fields = ("name", "code")
    list_display = (
        "name",
        "code",
        Column("gates", _("blocks"), lambda row, actor: row.gate_words),
        "is_required",
        "is_active",
    )
    facts = (
        "code",
        "name",
        "hint",
        Column("kinds", _("kinds of partners"), lambda row, actor: ", ".join(_kinds(row))),
        Column("countries", _("countries"), lambda row, actor: ", ".join(row.countries)),
        Column("gates", _("blocks"), lambda row, actor: row.gate_words),
        "has_expiry",
        Column(
            "reminder_days",
            _("reminders, days before"),
            lambda row, actor: ", ".join(map(str, row.reminder_days)),
        ),
        "days_to_provide",
        "is_required",
        "is_active",
    )

    def perform_add(self, request: Any, form: ActorForm) -> DocumentType:
        return create_document_type(facts=form.cleaned_data, actor=request.actor, at=timezone.now())

    def perform_change(self, request: Any, row: DocumentType, form: ActorForm) -> DocumentType:
        return update_document_type(kind=row, changes=form.changes(), actor=request.actor, at=timezone.now())


def _kinds(row: DocumentType) -> list[str]:
    return [str(PartnerKind(kind).label) for kind in row.kinds]


def _partner(row: Document, actor: Actor) -> Any:
    return linked(row.partner, actor, PartnerCapability.VIEW)


@admin.register(Document, site=network_site)
class DocumentAdmin(ScopedModelAdmin):
    """Documents of partners, to look at: they are brought and judged on their pages."""

    section = PARTNERS
    view_capability = DocumentCapability.VIEW
    ordering = ("due_on", "id")
    related = ("type", "partner")
    list_filter = ("state",)
    list_display = (
        "type",
        Column("partner", _("partner"), lambda row, actor: row.partner.trade_name),
        "state",
        "due_on",
        "covered_until",
    )
    facts = (
        "type",
        Column("partner", _("partner"), _partner),
        "state",
        Column("number", _("number"), masked("number")),
        "issued_on",
        "expires_on",
        "required_from",
        "covered_until",
        "due_on",
        "reason",
        "is_wanted",
        "created_at",
    )
