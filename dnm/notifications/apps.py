"""Registers dnm.notifications with Django."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "dnm.notifications"
    label = "notifications"
    verbose_name = "Notifications"
