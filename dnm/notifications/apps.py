"""Registers dnm.notifications with Django and with the floor below."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "dnm.notifications"
    label = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from dnm.jobs.running import on_progress
        from dnm.notifications.progress import tell_progress

        on_progress(tell_progress)
