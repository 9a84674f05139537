"""Forms of looking through other members' eyes."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ViewAsForm(forms.Form):
    """Why it is needed: it stands in the log, and the member's administrator reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept in the log together with your name."),
    )
