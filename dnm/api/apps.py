"""Registers dnm.api with Django."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "dnm.api"
    label = "api"
    verbose_name = "API"
