"""Registers leads with Django and with the floors below."""

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"
    label = "leads"
    verbose_name = "Leads"

    def ready(self) -> None:
        from leads import metrics, permissions, receivers
        from leads.views import portal

        permissions.register()
        metrics.register()
        receivers.register()
        portal.register()
