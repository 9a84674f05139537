"""Registers dnm.imports with Django."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "dnm.imports"
    label = "imports"
    verbose_name = "Imports"
