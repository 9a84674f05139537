"""Loaded by pytest before the settings: tests run in the test environment unless told otherwise."""

import os
from urllib.parse import urlsplit, urlunsplit

os.environ.setdefault("DNM_ENV", "test")

_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if _worker and os.environ.get("REDIS_URL"):
    # As every worker has a test database, it has a Valkey database: one empties its cache without the other.
    _number = int(_worker.removeprefix("gw")) + 1
    os.environ["REDIS_URL"] = urlunsplit(urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{_number}"))
