"""Forms of tiers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Tier


class OverrideForm(forms.Form):
    """Another tier than the earned one, for a time."""

    tier: Any = forms.ModelChoiceField(label=_("Tier"), queryset=None, to_field_name="uid")
    until = forms.DateField(
        label=_("Up to and including"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=250,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The partner reads it."),
    )

    def __init__(self, *args: Any, tiers: list[Tier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Tier.objects.filter(pk__in=[tier.pk for tier in tiers])
        self.fields["tier"].queryset = own.order_by("rank")  # type: ignore[attr-defined]
