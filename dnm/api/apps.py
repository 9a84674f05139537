"""Registers dnm.api with Django."""

from importlib import import_module

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "dnm.api"
    label = "api"
    verbose_name = "API"

    def ready(self) -> None:
        """Let the schema's extensions be known."""
        import_module("dnm.api.schema")
