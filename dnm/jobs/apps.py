"""Registers dnm.jobs with Django."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "dnm.jobs"
    label = "jobs"
    verbose_name = "Jobs"
