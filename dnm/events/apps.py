"""Registers dnm.events with Django."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "dnm.events"
    label = "events"
    verbose_name = "Events"
