"""allauth's ways in, each only where the network allows it."""

from typing import Any

from allauth.account.forms import LoginForm, RequestLoginCodeForm
from allauth.core import context
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from dnm.accounts.models import LoginMethod
from dnm.accounts.policies import allows, policy_of

CLOSED = _("This network does not let people in this way. Use another one.")


def refuse_closed(method: str) -> None:
    """Raise ValidationError where the network does not allow the method, before anything is looked up."""
    network = getattr(context.request, "network", None)
    if network is not None and not allows(policy_of(network), method):
        raise forms.ValidationError(CLOSED)


class PasswordLogin(LoginForm):
    """Address and password."""

    def clean(self) -> Any:
        refuse_closed(LoginMethod.PASSWORD)
        return super().clean()


class CodeLogin(RequestLoginCodeForm):
    """A code to the address."""

    def clean_email(self) -> Any:
        refuse_closed(LoginMethod.CODE)
        return super().clean_email()


class PasskeyLogin(LoginWebAuthnForm):
    """A passkey of this host."""

    def clean_credential(self) -> Any:
        refuse_closed(LoginMethod.PASSKEY)
        return super().clean_credential()
