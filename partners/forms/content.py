"""Forms of publications."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from partners.forms.files import UploadField
from partners.models import Partner, PartnerKind, ProductLine, Publication, Territory, Tier
from partners.permissions import PartnerCapability
from partners.roles import PARTNER_ROLES, ROLE_LABELS
from partners.states.content import PublicationKind

BODY_HINT = _("Lines that begin with - make a list, with ## a heading. Addresses become links.")


def _several(label: Any) -> Any:
    return forms.ModelMultipleChoiceField(
        label=label, queryset=None, to_field_name="uid", required=False, widget=forms.CheckboxSelectMultiple
    )


class PublicationForm(forms.Form):
    """What is published, and to whom."""

    kind = forms.ChoiceField(label=_("Kind"))
    title = forms.CharField(label=_("Title"), max_length=150)
    body = forms.CharField(
        label=_("Text"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea({"rows": 10}),
        help_text=BODY_HINT,
    )
    file = UploadField(label=_("File"), required=False)
    is_mandatory = forms.BooleanField(
        label=_("Must be acknowledged"),
        required=False,
        help_text=_("Who has not is reminded after 3, 7 and 14 days, and named in a report."),
    )
    for_roles = forms.MultipleChoiceField(
        label=_("For these roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None in any of these means everybody below who publishes."),
    )
    for_kinds = forms.MultipleChoiceField(
        label=_("For these kinds of partners"), required=False, widget=forms.CheckboxSelectMultiple
    )
    for_tiers = _several(_("For these tiers"))
    for_lines = _several(_("For sellers of these product lines"))
    for_territory: Any = forms.ModelChoiceField(
        label=_("Within this territory"), queryset=None, to_field_name="uid", required=False
    )

    def __init__(
        self, *args: Any, actor: Actor, owner: Partner, kinds: Sequence[PublicationKind], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        is_network = owner.parent_id is None
        roles = [(role, label) for role, label in ROLE_LABELS.items() if is_network or role in PARTNER_ROLES]
        of_partners = [
            choice for choice in PartnerKind.choices if is_network or choice[0] != PartnerKind.BRAND_OWNER
        ]
        choices: dict[str, Any] = {
            "kind": [(kind, kind.label) for kind in kinds],
            "for_roles": roles,
            "for_kinds": of_partners,
        }
        for name, values in choices.items():
            self.fields[name].choices = values  # type: ignore[attr-defined]
        see = PartnerCapability.VIEW
        rows: dict[str, Any] = {
            "for_tiers": Tier.objects.visible_to(actor, see).order_by("rank"),
            "for_lines": ProductLine.objects.visible_to(actor, see).order_by("name"),
            "for_territory": Territory.objects.visible_to(actor, PartnerCapability.VIEW_TERRITORY),
        }
        for name, queryset in rows.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]
        if not kinds[1:]:
            self.fields["kind"].widget = forms.HiddenInput()
            self.fields["kind"].initial = kinds[0]

    def clean(self) -> Any:
        cleaned = super().clean() or {}
        for name in ("for_tiers", "for_lines"):
            cleaned[name] = [row.pk for row in cleaned.get(name) or ()]
        return cleaned


class RevisionForm(forms.Form):
    """What the next version says, and why there is one."""

    what_changed = forms.CharField(
        label=_("What changed"),
        max_length=250,
        help_text=_("One sentence. Readers see it beside the version."),
    )
    body = PublicationForm.base_fields["body"]
    file = UploadField(
        label=_("File"), required=False, help_text=_("The earlier file stays with the earlier version.")
    )
    is_anew = forms.BooleanField(
        label=_("Everybody has to read it anew"),
        required=False,
        help_text=_("Without this, who has read an earlier version is asked no more."),
    )


def values_of(row: Publication, body: str, actor: Actor) -> dict[str, Any]:
    """A draft as the form shows it."""
    names = ("kind", "title", "is_mandatory", "for_roles", "for_kinds", "for_territory")
    return {
        **{name: getattr(row, name) for name in names},
        "body": body,
        "for_tiers": _named(Tier, row.for_tiers, actor),
        "for_lines": _named(ProductLine, row.for_lines, actor),
    }


def _named(model: Any, keys: list[int], actor: Actor) -> Any:
    return list(model.objects.visible_to(actor, PartnerCapability.VIEW).filter(pk__in=keys))
