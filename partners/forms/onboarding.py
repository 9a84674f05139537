"""Forms of applications: what applicants tell and answer, and what deciders say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import Network
from dnm.web.public_forms import PublicForm
from partners.domain.onboarding.answering import Part
from partners.domain.onboarding.queries import lines_on_offer
from partners.models import Partner, ProductLine, Territory
from partners.models.onboarding import QuestionKind
from partners.permissions import PartnerCapability


class ApplicationForm(PublicForm):
    """Somebody wants to become a partner."""

    purpose = "application"
    people_fields = (
        "organisation", "contact_name", "phone", "email", "postal_code", "address", "product_lines",
        "message", "consent",
    )  # fmt: skip
    free_fields = ("message", "organisation", "contact_name")

    organisation = forms.CharField(
        label=_("Your organisation"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    contact_name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=_("You get a link there by which you follow your application."),
    )
    postal_code = forms.CharField(
        label=_("Postal code"), max_length=12, widget=forms.TextInput({"autocomplete": "postal-code"})
    )
    address = forms.CharField(
        label=_("Street and town"),
        max_length=250,
        required=False,
        widget=forms.TextInput({"autocomplete": "street-address"}),
    )
    product_lines = forms.MultipleChoiceField(
        label=_("What would you like to sell?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    message = forms.CharField(
        label=_("Tell us about yourself"),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
    consent = forms.BooleanField(
        label=_("You may use what I write here to decide on my application and to answer me."),
        error_messages={"required": _("Without consent nobody may call back.")},
    )

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        super().__init__(*args, network=network, **kwargs)
        self.lines: dict[str, ProductLine] = {line.code: line for line in lines_on_offer()}
        choices = [(code, line.name) for code, line in self.lines.items()]
        self.fields["product_lines"].choices = choices  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """What the verb takes, without what defended the form."""
        values = {name: self.cleaned_data[name] for name in self.people_fields}
        values["product_lines"] = [self.lines[code] for code in values["product_lines"]]
        return values


class PaperForm(forms.Form):
    """An application that came on paper or by telephone, written down by somebody of the network."""

    kind = forms.ChoiceField(label=_("Applies as"))
    organisation = forms.CharField(label=_("Organisation"), max_length=150)
    contact_name = forms.CharField(
        label=_("Contact"), max_length=120, widget=forms.TextInput({"autocomplete": "off"})
    )
    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput({"autocomplete": "off"}),
        help_text=_("The applicant gets a link there by which it follows the application."),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "off"}),
    )
    postal_code = forms.CharField(
        label=_("Postal code"), max_length=12, help_text=_("Decides whose application it is.")
    )
    address = forms.CharField(label=_("Address"), max_length=250, required=False)
    product_lines: Any = forms.ModelMultipleChoiceField(
        label=_("Product lines"),
        queryset=None,
        to_field_name="uid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    message = forms.CharField(
        label=_("What the applicant wrote"),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
    external_id = forms.CharField(
        label=_("Number of the paper"),
        max_length=120,
        required=False,
        help_text=_("So that nobody enters it twice."),
    )
    consent = forms.BooleanField(
        label=_("The applicant agreed that we keep this to decide on the application and to answer."),
        error_messages={"required": _("Without consent nobody may call back.")},
    )

    def __init__(self, *args: Any, actor: Actor, kinds: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        lines = ProductLine.objects.visible_to(actor, PartnerCapability.VIEW).order_by("name")
        self.fields["product_lines"].queryset = lines  # type: ignore[attr-defined]


class AnswersForm(forms.Form):
    """The questionnaire, a field for each question by its public id. What is right the verb says."""

    def __init__(self, *args: Any, parts: list[Part], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part in parts:
            self.fields[str(part.question.uid)] = _field(part)


class MoveForm(forms.Form):
    """On to the next stage: why, and what the applicant is told."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Stays inside the network."),
    )
    told = forms.CharField(
        label=_("Message to the applicant"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Stands in the mail and on the applicant's page."),
    )
    to = forms.CharField(widget=forms.HiddenInput, max_length=16)


class OutForm(forms.Form):
    """Aside or out: the reason is needed, a word to the applicant is not."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Stays inside the network."),
    )
    told = forms.CharField(
        label=_("Message to the applicant"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Stands in the mail and on the applicant's page."),
    )


class WithdrawalForm(forms.Form):
    """The applicant does not want to any more."""

    reason = forms.CharField(
        label=_("Why?"), max_length=500, widget=forms.Textarea({"rows": 3}), required=False
    )


class _Placed(forms.Form):
    """Under whom, and where."""

    parent: Any = forms.ModelChoiceField(label=_("Buys from"), queryset=None, to_field_name="uid")
    territory: Any = forms.ModelChoiceField(label=_("Territory"), queryset=None, to_field_name="uid")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parents = Partner.objects.visible_to(actor, PartnerCapability.VIEW).order_by("trade_name")
        places = Territory.objects.visible_to(actor, PartnerCapability.VIEW_TERRITORY).order_by("path")
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]
        self.fields["territory"].queryset = places  # type: ignore[attr-defined]


class FactsForm(_Placed):
    """Facts of an application that may be corrected."""

    organisation = forms.CharField(label=_("Organisation"), max_length=150)
    contact_name = forms.CharField(label=_("Contact"), max_length=120)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail"))
    address = forms.CharField(label=_("Address"), max_length=250, required=False)
    field_order = ("organisation", "contact_name", "phone", "email", "address", "parent", "territory")


class GoLiveForm(_Placed):
    """The partner that comes of it."""

    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("As your other systems name the partner.")
    )
    product_lines: Any = forms.ModelMultipleChoiceField(
        label=_("Product lines"),
        queryset=None,
        to_field_name="uid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )
    field_order = ("code", "parent", "territory", "product_lines", "reason")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        lines = ProductLine.objects.visible_to(actor, PartnerCapability.VIEW).order_by("name")
        self.fields["product_lines"].queryset = lines  # type: ignore[attr-defined]


def _field(part: Part) -> forms.Field:
    question = part.question
    shared: dict[str, Any] = {
        "label": question.text,
        "help_text": question.hint,
        "required": False,
        "initial": part.given,
    }
    if question.kind == QuestionKind.CHOICE:
        choices = [("", "\N{EN DASH}"), *((one["label"], one["label"]) for one in question.options)]
        return forms.ChoiceField(choices=choices, **shared)
    if question.kind == QuestionKind.YES_NO:
        shared["initial"] = "" if part.given is None else "yes" if part.given else "no"
        return forms.ChoiceField(choices=[("", "\N{EN DASH}"), ("yes", _("Yes")), ("no", _("No"))], **shared)
    if question.kind == QuestionKind.NUMBER:
        return forms.CharField(max_length=20, widget=forms.TextInput({"inputmode": "decimal"}), **shared)
    return forms.CharField(max_length=4000, widget=forms.Textarea({"rows": 3}), **shared)
