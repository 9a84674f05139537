"""Second factors and passkeys: allauth's, with secrets sealed, and passkeys bound to their host."""

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.utils.translation import gettext_lazy as _

from dnm.accounts.policies import FACTOR
from dnm.accounts.sealing import seal, unseal

HOST = "host"
"""In the data of a passkey: the host name on which alone browsers offer it."""


class MFAAdapter(DefaultMFAAdapter):
    """A passkey of another host is none here: it neither lets in nor keeps out."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        """What the authenticator app calls it. The same on every network: the login is one."""
        network = getattr(context.request, "network", None)
        return network.title if network else str(super().get_totp_issuer())

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        if user.is_anonymous:
            return False
        rows = Authenticator.objects.filter(user_id=user.pk)
        if types is not None:
            rows = rows.filter(type__in=types)
        here = this_host()
        return any(
            row.type != Authenticator.Type.WEBAUTHN or row.data.get(HOST, here) == here for row in rows
        )

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return f"{_('Passkey')} {this_host()}"


def this_host() -> str:
    """The host name of the running request, without the port: the relying party of its passkeys."""
    return str(context.request.get_host().partition(":")[0])


def bind_to_host(*, request: Any, authenticator: Authenticator, **_signal: Any) -> None:
    """Note on which host a passkey was made. Told by allauth, when one has been added."""
    if authenticator.type == Authenticator.Type.WEBAUTHN:
        authenticator.data[HOST] = this_host()
        authenticator.save(update_fields=["data"])


def connect() -> None:
    """Called when the app starts."""
    authenticator_added.connect(bind_to_host, dispatch_uid="dnm.accounts.bind_to_host")


class ActivateTOTP(ActivateTOTPForm):
    """Setting up an authenticator app proves that the person has it: this session has its second factor."""

    def clean_code(self) -> str:
        code = super().clean_code()
        context.request.session[FACTOR] = self.user.pk
        return str(code)


class AddPasskey(AddWebAuthnForm):
    """A passkey that logs in by itself, unless the person wants it as a second factor only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"passwordless": True, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["passwordless"].label = _("Log in with it alone")
        self.fields["passwordless"].help_text = _(
            "The device asks for its PIN, finger or face. Without it the passkey is a second factor only."
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("credential") and not self.errors:
            context.request.session[FACTOR] = self.user.pk
        return dict(cleaned)
