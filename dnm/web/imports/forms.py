"""Forms of the wizard: the file, how it is read, and which column is which."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dnm.accounts.actors import Actor
from dnm.imports.declaring import Column, importer_named, importers
from dnm.imports.domain.mapping import suggested_mapping, unknown_words
from dnm.imports.models import ImportRun
from dnm.imports.reading.text import ENCODINGS
from dnm.scoping.authority import may

DELIMITERS = ((",", _("Comma")), (";", _("Semicolon")), ("\t", _("Tab")), ("|", _("Bar")))
REFUSE = "!refuse"


class UploadForm(forms.Form):
    """What is in the file, and the file."""

    importer = forms.ChoiceField(label=gettext_lazy("What is in the file?"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("XLSX, XLS, ODS or CSV, at most 20 MB and 50,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.ods,.csv,.tsv,.txt"}),
        max_length=255,
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usable = [importer for importer in importers() if may(actor, importer.capability)]
        field = self.fields["importer"]
        field.choices = [(importer.name, importer.title) for importer in usable]  # type: ignore[attr-defined]
        if len(usable) == 1:
            field.widget = forms.HiddenInput()
            field.initial = usable[0].name

    def clean_importer(self) -> Any:
        return importer_named(self.cleaned_data["importer"])


class ReadingForm(forms.Form):
    """How the file is read, when the assumptions were wrong."""

    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), required=False)
    encoding = forms.ChoiceField(label=gettext_lazy("Encoding"), required=False)
    delimiter = forms.ChoiceField(label=gettext_lazy("Columns are separated by"), required=False)
    header_row = forms.IntegerField(
        label=gettext_lazy("The header stands in row"),
        min_value=0,
        max_value=1000,
        required=False,
        help_text=gettext_lazy("0 when the file has no header."),
    )

    def __init__(self, data: Any = None, *, run: ImportRun) -> None:
        self.run = run
        profile = run.profile
        super().__init__(data, initial=profile, auto_id="read_%s")
        if profile["kind"] == "csv":
            del self.fields["sheet"]
            encodings = dict.fromkeys([profile["encoding"], *ENCODINGS])
            self.fields["encoding"].choices = [(name, name) for name in encodings]  # type: ignore[attr-defined]
            self.fields["delimiter"].choices = DELIMITERS  # type: ignore[attr-defined]
        else:
            del self.fields["encoding"]
            del self.fields["delimiter"]
            self.fields["sheet"].choices = [(name, name) for name in profile["sheets"]]  # type: ignore[attr-defined]

    def changed_choices(self) -> dict[str, Any]:
        """The choices made so far and those that now differ from how the file was read."""
        now = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        changed = {name: value for name, value in now.items() if value != self.run.profile[name]}
        kept = {name: value for name, value in self.run.choices.items() if value not in ("", None)}
        if "sheet" in changed:
            kept.pop("header_row", None)
        return kept | changed


class ColumnsForm(forms.Form):
    """For each of the importer's columns the file's column, or one value for all rows; words; options.

    Which words need explaining depends on the columns chosen: `asks_again` says that new ones turned up.
    """

    def __init__(self, data: Any = None, *, run: ImportRun) -> None:
        super().__init__(data)
        self.run = run
        self.columns = run.declared.columns
        suggestion = suggested_mapping(run)
        for column in self.columns:
            self.fields[f"column-{column.name}"] = self._source_field(column, suggestion.get(column.name))
        self.strangers = unknown_words(run, self.chosen() if self.is_bound else suggestion)
        for name, words in self.strangers.items():
            for position, word in enumerate(words):
                self.fields[f"word-{name}-{position}"] = self._word_field(run.declared.column(name), word)
        for option in run.declared.options:
            self.fields[f"option-{option.name}"] = forms.ChoiceField(
                label=option.label,
                choices=option.words,
                help_text=option.help,
                initial=run.options.get(option.name) or option.words[0][0],
                widget=forms.RadioSelect if len(option.words) < 4 else forms.Select,
            )

    @property
    def asks_again(self) -> bool:
        """Whether the chosen columns hold words that the form sent did not ask about."""
        return any(
            f"word-{name}-{position}" not in self.data
            for name, words in self.strangers.items()
            for position in range(len(words))
        )

    def chosen(self) -> dict[str, dict[str, str]]:
        """The mapping as sent."""
        found = {}
        for column in self.columns:
            kind, _colon, value = str(self.data.get(f"column-{column.name}", "")).partition(":")
            if kind in {"column", "fixed"}:
                found[column.name] = {kind: value}
        return found

    def words(self) -> dict[str, dict[str, str]]:
        """What the words mean; "" for those whose rows are refused."""
        values = self.cleaned_data
        return {
            name: {
                word: values[f"word-{name}-{position}"].replace(REFUSE, "")
                for position, word in enumerate(words)
            }
            for name, words in self.strangers.items()
        }

    def options(self) -> dict[str, str]:
        return {
            option.name: self.cleaned_data[f"option-{option.name}"] for option in self.run.declared.options
        }

    def field_group(self, prefix: str) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(prefix)]

    def column_fields(self) -> list[forms.BoundField]:
        return self.field_group("column-")

    def word_fields(self) -> list[forms.BoundField]:
        return self.field_group("word-")

    def option_fields(self) -> list[forms.BoundField]:
        return self.field_group("option-")

    def add_error(self, field: str | None, error: Any) -> None:
        """The verb names columns; here they are fields."""
        if field is not None and f"column-{field}" in self.fields:
            field = f"column-{field}"
        super().add_error(field, error)

    def _source_field(self, column: Column, source: Mapping[str, str] | None) -> forms.ChoiceField:
        profiles = self.run.profile["columns"]
        choices: list[Any] = [("", _("Not in the file"))]
        choices += [(f"column:{profile['header']}", _with_examples(profile)) for profile in profiles]
        if column.words:
            fixed = [(f"fixed:{value}", label) for value, label in column.words]
            choices.append((_("The same for all rows"), fixed))
        initial = next((f"{kind}:{value}" for kind, value in (source or {}).items()), "")
        return forms.ChoiceField(
            label=column.label,
            choices=choices,
            initial=initial,
            required=column.required,
            help_text=column.help,
        )

    def _word_field(self, column: Column, word: str) -> forms.ChoiceField:
        label = _("%(column)s “%(word)s” means") % {"column": column.label, "word": word}
        choices = [("", _("Choose")), *column.words, (REFUSE, _("Refuse these rows"))]
        known = self.run.words.get(column.name, {}).get(word)
        return forms.ChoiceField(label=label, choices=choices, initial=REFUSE if known == "" else known)


def _with_examples(profile: Mapping[str, Any]) -> str:
    examples = ", ".join(profile["examples"])
    return f"{profile['header']} ({examples[:60]})" if examples else str(profile["header"])
