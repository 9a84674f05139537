"""Forms of the administration: rows in sight chosen by public id, refusals at their fields."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.scoping.errors import DomainError
from dnm.web.admin.autocomplete import ScopedAutocomplete
from dnm.web.views.forms import show_error

WIDE = {
    forms.TextInput: "vTextField",
    forms.EmailInput: "vTextField",
    forms.Textarea: "vLargeTextField",
    forms.NumberInput: "vIntegerField",
}
Rows = Callable[[Actor], Any]


class _Chosen:
    """What both row fields do: offer rows in sight, and find the chosen ones again."""

    rows: Rows
    find_by: Any
    label_of: Callable[[Any], str]
    queryset: Any

    def bind(self, actor: Actor, site: Any) -> None:
        """Offer what this actor sees; with `find_by` (a foreign key to the model) by typing."""
        field: Any = self
        field.queryset = self.rows(actor)
        if self.find_by is not None:
            model, name = self.find_by
            field.widget = ScopedAutocomplete(model._meta.get_field(name), site)
            field.widget.is_required = field.required
            field.widget.choices = field.choices
            target = model._meta.get_field(name).related_model
            self.label_of = site.get_model_admin(target).choice_label

    def chosen(self, uids: Sequence[Any]) -> Any:
        """The rows in sight with these public ids; malformed ids are nobody's."""
        try:
            return list(self.queryset.filter(uid__in=[str(uid) for uid in uids]))
        except forms.ValidationError:
            return []

    def label_from_instance(self, obj: Any) -> str:
        return self.label_of(obj)


class RowChoice(_Chosen, forms.ModelChoiceField):
    """One row in the actor's sight. `find_by` = (model, foreign key) makes it a field to type into."""

    def __init__(self, rows: Rows, *, find_by: Any = None, **kwargs: Any) -> None:
        self.rows, self.find_by, self.label_of = rows, find_by, str
        super().__init__(queryset=None, to_field_name="uid", **kwargs)


class RowChoices(_Chosen, forms.ModelMultipleChoiceField):
    """Several rows of a small set in the actor's sight."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, rows: Rows, **kwargs: Any) -> None:
        self.rows, self.find_by, self.label_of = rows, None, str
        super().__init__(queryset=None, to_field_name="uid", **kwargs)


class DayField(forms.DateField):
    """A day, with the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)


class LinesField(forms.CharField):
    """A list, one entry a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea({"rows": 4}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        return [line.strip() for line in text.splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != self.clean(data)


class ActorForm(forms.ModelForm):
    """A form for one verb. Holds no rules: what the verb refuses comes back as `refusal` and is shown.

    `actor`, `site` and `refusal` are set by the administration on a subclass made for the request.
    """

    actor: ClassVar[Actor]
    site: ClassVar[Any]
    refusal: ClassVar[DomainError | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.validate_constraints = _left_to_the_verb  # type: ignore[method-assign]
        for name, field in self.fields.items():
            _prepare(field, self.actor, self.site)
            if isinstance(field, RowChoice) and self.instance.pk:
                self.initial[name] = getattr(self.instance, name, None)

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.refusal is not None:
            show_error(self, self.refusal)
        return cleaned

    def changes(self) -> dict[str, Any]:
        """The values that the person really changed."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def validate_unique(self) -> None:
        """Left to the verb, which knows the network."""


class VerbForm(forms.Form):
    """What a verb asks for besides the rows it is done to."""

    def __init__(self, *args: Any, actor: Actor, site: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _prepare(field, actor, site)


class ReasonForm(VerbForm):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=250, widget=forms.Textarea({"rows": 3}))


def _left_to_the_verb(exclude: Any = None) -> None:
    """Constraints are the database's; a verb says in words what they say in names."""


def _prepare(field: Any, actor: Actor, site: Any) -> None:
    if isinstance(field, _Chosen):
        field.bind(actor, site)
    css = next((css for kind, css in WIDE.items() if type(field.widget) is kind), "")
    if css:
        field.widget.attrs.setdefault("class", css)
