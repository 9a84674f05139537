"""Registers dnm.scoping with Django."""

from django.apps import AppConfig


class ScopingConfig(AppConfig):
    name = "dnm.scoping"
    label = "scoping"
    verbose_name = "Scoping"
