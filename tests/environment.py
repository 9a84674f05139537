"""Loaded by pytest before the settings: tests run in the test environment unless told otherwise."""

import os

os.environ.setdefault("DNM_ENV", "test")
