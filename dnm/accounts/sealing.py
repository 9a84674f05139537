"""Secrets that the portal must be able to use again: sealed with a key that follows from the secret key.

Authenticated encryption (Fernet: AES-128-CBC and HMAC-SHA-256). Keys of `SECRET_KEY_FALLBACKS` still open.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

PURPOSE = b"dnm.accounts.sealing:"


class Unopenable(Exception):
    """Sealed with another secret key, or tampered with."""


def seal(text: str) -> str:
    """The text, unreadable without the secret key."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again. Raises `Unopenable`."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unopenable from error


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", [])]
    return MultiFernet([Fernet(_key(key)) for key in keys])


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(PURPOSE + secret.encode()).digest())
