"""Forms about the shape of the organisation."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _plain
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from partners.models import Partner
from partners.permissions import PartnerCapability


class PartnerByCode(forms.CharField):
    """A partner in sight, named by its code: a list to choose from would have to hold them all."""

    def __init__(self, *, capability: str, **kwargs: Any) -> None:
        self.capability = capability
        self.actor: Actor | None = None
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("help_text", _("Its code, as on the partner's page."))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        if not code or self.actor is None:
            return None
        found = Partner.objects.visible_to(self.actor, self.capability).filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_plain("There is no such partner in your sight."))
        return found


class MoveForm(forms.Form):
    """Where a partner goes, why, and from when."""

    parent = PartnerByCode(label=_("Buys from"), capability=PartnerCapability.MOVE)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=250,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Kept with the move. Only those who may move partners read it."),
    )
    effective_on = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Empty means at once. A later day begins in the network's time zone."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].actor = actor  # type: ignore[attr-defined]
