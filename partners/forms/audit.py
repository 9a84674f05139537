"""The filters of the audit, read alike by page, file and API."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership
from partners.domain.audit import Asked, kinds
from partners.domain.explaining import rows_in_sight
from partners.domain.people import members_visible_to
from partners.permissions import PartnerCapability


class AuditForm(forms.Form):
    """`person` is a member's id, `record` the link of a record's page, or of the API."""

    kind = forms.ChoiceField(label=_("What"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    person = forms.CharField(
        label=_("Person"), required=False, max_length=80, help_text=_("E-mail address, or the member's link.")
    )
    record = forms.CharField(
        label=_("Record"), required=False, max_length=300, help_text=_("The link of its page.")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._actor = actor
        self.fields["kind"].choices = [("", _("Everything")), *kinds()]  # type: ignore[attr-defined]

    def clean_person(self) -> Membership | None:
        """The member among those in sight, by id, link or e-mail address."""
        said = self.cleaned_data["person"].strip()
        if not said:
            return None
        members = members_visible_to(self._actor)
        uid = _uid_in(said)
        found: Membership | None = (
            members.filter(uid=uid).first() if uid else members.filter(user__email__iexact=said).first()
        )
        if found is None:
            raise ValidationError(_("There is no such person that you may see."))
        return found

    def clean_record(self) -> Any:
        """The row whose page it is, if the reader may see it."""
        said = self.cleaned_data["record"].strip()
        if not said:
            return None
        found = _row_at(said, self._actor)
        if found is None:
            raise ValidationError(_("There is no such record that you may see."))
        return found

    def asked(self) -> Asked:
        """What is asked for, once the form is valid."""
        values = self.cleaned_data
        return Asked(
            person=values["person"],
            record=values["record"],
            kind=values["kind"],
            first=values["since"],
            last=values["until"],
        )


def _uid_in(said: str) -> UUID | None:
    last = urlsplit(said).path.rstrip("/").rpartition("/")[2]
    try:
        return UUID(last)
    except ValueError:
        return None


def _row_at(said: str, actor: Actor) -> Any:
    try:
        match = resolve(urlsplit(said).path)
    except Resolver404:
        return None
    view: Any = getattr(match.func, "view_class", None) or getattr(match.func, "cls", None)
    uid = _uid_in(str(match.kwargs.get("uid") or match.kwargs.get("id") or ""))
    model = getattr(view, "model", None)
    if uid is None:
        return None
    if model is None:
        return members_visible_to(actor).filter(uid=uid).first()
    declared = getattr(model, "view_capability", None) or getattr(view, "capability", None)
    return rows_in_sight(model, actor, str(declared or PartnerCapability.VIEW)).filter(uid=uid).first()
