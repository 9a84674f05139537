"""Registers dnm.metrics with Django."""

from django.apps import AppConfig


class MetricsConfig(AppConfig):
    name = "dnm.metrics"
    label = "metrics"
    verbose_name = "Metrics"
