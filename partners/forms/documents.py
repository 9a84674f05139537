"""Forms of documents: bringing one, judging one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.forms.files import UploadField
from partners.models import Document


class DayField(forms.DateField):
    """A day, with the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)


class UploadForm(forms.Form):
    """A copy of the document, and what stands on it."""

    file = UploadField(label=_("Photo or PDF"))
    number = forms.CharField(label=_("Number on it"), max_length=80, required=False)
    issued_on = DayField(label=_("Issued"), required=False)
    expires_on = DayField(label=_("Valid until"))

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not document.type.has_expiry:
            del self.fields["expires_on"]


class VerifyForm(forms.Form):
    """What the second person confirms."""

    expires_on = DayField(label=_("Valid until"), help_text=_("As it stands on the document itself."))

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not document.type.has_expiry:
            del self.fields["expires_on"]
