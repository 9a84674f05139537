"""Where an import's file is on this machine while it is read."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.base import File


@contextmanager
def local_path(file: File) -> Iterator[Path]:
    """A path to the file's bytes, for the reading process: the stored file itself, or a copy for a while."""
    try:
        path = Path(file.path)  # type: ignore[attr-defined]
    except (NotImplementedError, AttributeError, ValueError):
        with tempfile.NamedTemporaryFile(prefix="dnm-import-") as copy:
            file.open("rb")
            shutil.copyfileobj(file, copy)
            copy.flush()
            yield Path(copy.name)
    else:
        yield path
