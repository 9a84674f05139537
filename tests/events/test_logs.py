"""What goes wrong in the background can be read in the log: with its traceback, as JSON in production."""

import json
import os
import subprocess
import sys

from tests.background import ROOT

FAILS = """
import django
django.setup()
import logging, structlog
from dnm.celery import app
app.log.setup(loglevel=logging.INFO)
try:
    raise ZeroDivisionError("broken here")
except ZeroDivisionError:
    structlog.get_logger("ours").exception("receiver failed", delivery=7)
    logging.getLogger("theirs").exception("task failed")
"""


def test_errors_have_their_traceback() -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "dnm.settings",
        "DNM_ENV": "production",
        "DNM_PROCESS": "worker",
        "DNM_SECRET_KEY": "k" * 60,
        "DNM_BASE_DOMAIN": "portal.example.org",
        "DATABASE_URL": "postgresql://dnm_app@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    said = subprocess.run(
        [sys.executable, "-c", FAILS], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    ours, theirs = (json.loads(line) for line in said.stderr.splitlines())
    assert (ours["event"], ours["delivery"], theirs["event"]) == ("receiver failed", 7, "task failed")
    for entry in (ours, theirs):
        assert entry["exception"].endswith("ZeroDivisionError: broken here")
        assert "Traceback" in entry["exception"]
