"""Registers dnm.notifications with Django and with the floors below."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "dnm.notifications"
    label = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from dnm.accounts.adapter import on_logout
        from dnm.jobs.running import on_progress
        from dnm.notifications.live.publishing import close_session
        from dnm.notifications.progress import tell_progress

        on_progress(tell_progress)
        on_logout(close_session)
