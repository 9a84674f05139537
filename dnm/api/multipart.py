"""Bodies with a file in them: multipart/form-data, read as strictly as JSON."""

from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser


class StrictMultiPartParser(MultiPartParser):
    """Fields and files, without null characters and without a file and a field of one name."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            found: Any = super().parse(stream, media_type, parser_context)
        except (ValueError, LookupError) as error:
            raise ParseError(_("The body is not valid multipart data.")) from error
        texts = [text for name in found.data for text in [name, *found.data.getlist(name)]]
        names = [str(file.name) for files in found.files.lists() for file in files[1]]
        if any("\x00" in text for text in [*texts, *names]):
            raise ParseError(_("Null characters are not allowed."))
        return found
