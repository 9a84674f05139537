"""Jobs of the tests: one that waits for a gate, one that never looks at its watch.

Workers load this module with --include.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import connection

from dnm.jobs.running import RunningJob, job_handler

LONG = 60.0


@job_handler("tests.gate")
def gate(job: RunningJob) -> Mapping[str, Any]:
    """Does half of its work, and the rest when the gate (a file) is open."""
    with job.step(total=2) as row:
        row.done = max(row.done, 1)
    opened = Path(job.params["gate"])
    until = time.monotonic() + LONG
    while not opened.exists() and time.monotonic() < until:
        time.sleep(0.05)
    with job.step(done=2):
        pass
    return {"opened": opened.exists()}


@job_handler("tests.long")
def long(job: RunningJob) -> Mapping[str, Any]:
    """Commits one step and loses itself in a second one: in Python, or in a question to the database."""
    with job.step(done=1, total=2):
        pass
    with job.step(done=2):
        if job.params["where"] == "database":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(%s)", [LONG])
        until = time.monotonic() + LONG
        while time.monotonic() < until:
            time.sleep(0.05)
    return {}
