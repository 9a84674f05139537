"""Which of several wished-for languages the portal can speak."""

from django.conf import settings


def spoken(*wishes: str) -> str:
    """The first wish that there is a catalogue for, else the portal's own language.

    What a row says was true when it was written; catalogues come and go.
    """
    known = dict(settings.LANGUAGES)
    return next((wish for wish in wishes if wish in known), str(settings.LANGUAGE_CODE))
