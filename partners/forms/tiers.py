"""Forms of tiers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class OverrideForm(forms.Form):
    """Another tier than the earned one, for a time. `tiers` are the rows to choose from."""

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

    def __init__(self, *args: Any, tiers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tier"].queryset = tiers  # type: ignore[attr-defined]
