"""Registers dnm.imports with Django, and its jobs with the worker."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "dnm.imports"
    label = "imports"
    verbose_name = "Imports"

    def ready(self) -> None:
        from dnm.imports import handlers  # noqa: F401
