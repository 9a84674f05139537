"""The form under the comments of a record."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.forms.files import ACCEPTED


class FilesInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; the verb says how many are too many."""

    def __init__(self, **kwargs: Any) -> None:
        widget = FilesInput(attrs={"accept": ACCEPTED})
        super().__init__(widget=widget, max_length=255, allow_empty_file=True, required=False, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(FilesField, self).clean(one, initial) for one in data or [] if one]


class CommentForm(forms.Form):
    """What to say, to whom, with which files."""

    text = forms.CharField(
        label=_("Comment"), max_length=4000, required=False, widget=forms.Textarea({"rows": 3})
    )
    is_internal = forms.TypedChoiceField(
        label=_("For whom"),
        choices=[("internal", _("Only the network's own people")), ("shared", _("The partner as well"))],
        coerce=lambda chosen: chosen == "internal",
        widget=forms.RadioSelect,
        initial="internal",
    )
    attachments = FilesField(label=_("Files"), help_text=_("PDF, JPEG, PNG or WebP, at most 10 MB each."))

    def __init__(self, *args: Any, may_be_internal: bool, may_be_shared: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_be_internal:
            del self.fields["is_internal"]
        elif not may_be_shared:
            self.fields["is_internal"].choices = self.fields["is_internal"].choices[:1]  # type: ignore[attr-defined]
