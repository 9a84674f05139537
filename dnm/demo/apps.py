"""Registers dnm.demo with Django."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "dnm.demo"
    label = "demo"
    verbose_name = "Demo"
