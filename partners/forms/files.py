"""Forms that take a file."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"
"""What the browser offers to choose, a phone's camera among it. The content decides, not this."""


class UploadField(forms.FileField):
    """One file. The longest name that is read at all is longer than the one that is kept."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("PDF, JPEG, PNG or WebP, at most 10 MB."))
        super().__init__(
            max_length=255,
            widget=forms.FileInput(attrs={"accept": ACCEPTED}),
            allow_empty_file=True,
            **kwargs,
        )


class FileForm(forms.Form):
    """A file about a partner; the network's people may keep it to themselves."""

    file = UploadField(label=_("File"))
    is_internal = forms.BooleanField(label=_("Only for the network's own people"), required=False)

    def __init__(self, *args: Any, may_be_internal: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_be_internal:
            del self.fields["is_internal"]
