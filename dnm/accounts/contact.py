"""Contact data: normalising what people type, and taking it out of what must not show it."""

import re
import unicodedata

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

AT, DOT = r"\s*(?:@|[\[(]\s*at\s*[\])])\s*", r"\s*(?:\.|[\[(]\s*dot\s*[\])])\s*"
EMAIL = re.compile(rf"[\w.+-]+{AT}[\w-]+(?:{DOT}[\w-]+)+", re.IGNORECASE)
PHONE = re.compile(r"\+?\d(?:[\W_]{0,3}\d){6,}")
LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S+", re.IGNORECASE)
PLACEHOLDER = "•••"


def normal_phone(text: str, country: str) -> str:
    """E.164 of a number typed in `country` (ISO 3166-1). Raises ValueError when it is no possible number."""
    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise ValueError(str(error)) from error
    if not phonenumbers.is_valid_number(number):
        raise ValueError("not a valid number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normal_email(text: str) -> str:
    """Lower case, trimmed. Raises ValueError when it is no address."""
    text = text.strip().lower()
    if not text:
        return ""
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValueError("not an e-mail address") from error
    return text


def without_contact(message: str, *, name: str = "") -> str:
    """The message with e-mail addresses, phone numbers, links and the prospect's own name replaced by dots.

    Invisible characters go first, and seven digits in a row are taken for a phone number, whatever stands
    between them: rather an order number too many is hidden than a phone number shown.
    """
    message = "".join(c for c in unicodedata.normalize("NFKC", message) if unicodedata.category(c) != "Cf")
    for pattern in (LINK, EMAIL, PHONE):
        message = pattern.sub(PLACEHOLDER, message)
    for part in name.split():
        if len(part) > 1:
            message = re.sub(rf"\b{re.escape(part)}\b", PLACEHOLDER, message, flags=re.IGNORECASE)
    return message
