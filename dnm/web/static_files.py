"""Static files of the demo: hashed as in production, compressed only where a page's first load needs it."""

from collections.abc import Iterable, Iterator

from whitenoise.storage import CompressedManifestStaticFilesStorage

FIRST_LOAD = ("css/", "js/", "vendor/tabler", "vendor/idiomorph", "vendor/icons", "django_htmx/htmx-2.min")


class FirstLoadCompressed(CompressedManifestStaticFilesStorage):
    """Compressing everything takes a minute, most of it for the API's documentation and charts."""

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        yield from super().compress_files([path for path in paths if path.startswith(FIRST_LOAD)])
