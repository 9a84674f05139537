"""Loaded by pytest before the settings: tests run in the test environment unless told otherwise.

Properties are tried on the same examples each time, so that nobody's change fails by a draw of lots; with
`DNM_EXAMPLES=new`, as in `make sweep`, on new ones.
"""

import os
from urllib.parse import urlsplit, urlunsplit

import hypothesis

os.environ.setdefault("DNM_ENV", "test")
hypothesis.settings.register_profile("same", derandomize=True, database=None)
if os.environ.get("DNM_EXAMPLES") != "new":
    hypothesis.settings.load_profile("same")

_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if _worker and os.environ.get("REDIS_URL"):
    # As every worker has a test database, it has a Valkey database: one empties its cache without the other.
    _number = int(_worker.removeprefix("gw")) + 1
    os.environ["REDIS_URL"] = urlunsplit(urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{_number}"))
