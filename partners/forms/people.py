"""Forms about people: inviting them, accepting, and their card."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from partners.models import Partner, ProductLine, Territory
from partners.permissions import PartnerCapability
from partners.roles import PARTNER_ROLES, ROLE_LABELS, Role


class InviteForm(forms.Form):
    """Who is asked to join a partner, with which first role, and how far that reaches."""

    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(label=_("E-mail"), max_length=254, help_text=_("The invitation is sent there."))
    title = forms.CharField(label=_("Job title"), max_length=120, required=False)
    role = forms.ChoiceField(label=_("Role"))
    at_territory: Any = forms.ModelChoiceField(
        label=_("Held at"),
        queryset=None,
        to_field_name="uid",
        required=False,
        help_text=_("For roles of the brand owner's people. Empty means the brand owner itself."),
    )
    product_lines: Any = forms.ModelMultipleChoiceField(
        label=_("Only for these product lines"),
        queryset=None,
        to_field_name="uid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked means all that you may give."),
    )
    valid_to = forms.DateField(
        label=_("Role ends"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Empty means never."),
    )

    def __init__(self, *args: Any, actor: Actor, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        at_brand = partner.parent_id is None
        allowed = frozenset(Role) if at_brand else PARTNER_ROLES
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (str(role), label) for role, label in ROLE_LABELS.items() if role in allowed
        ]
        lines = ProductLine.objects.visible_to(actor, PartnerCapability.VIEW).order_by("name")
        self.fields["product_lines"].queryset = lines  # type: ignore[attr-defined]
        if at_brand:
            geography = Territory.objects.visible_to(actor, PartnerCapability.VIEW_TERRITORY)
            self.fields["at_territory"].queryset = geography.order_by("path")  # type: ignore[attr-defined]
        else:
            del self.fields["at_territory"]

    def values(self) -> dict[str, Any]:
        """In the words of the verb."""
        cleaned = dict(self.cleaned_data)
        lines = cleaned.pop("product_lines")
        cleaned["product_line_ids"] = [line.pk for line in lines] or None
        cleaned["role"] = Role(cleaned["role"])
        return cleaned


class AcceptForm(forms.Form):
    """How a person who has no login yet wants to be called."""

    name = forms.CharField(label=_("Your name"), max_length=150)


class CardForm(forms.Form):
    """What others may change of a membership."""

    title = forms.CharField(label=_("Job title"), max_length=120, required=False)
