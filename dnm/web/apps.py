"""Registers dnm.web with Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "dnm.web"
    label = "web"
    verbose_name = "Web"
