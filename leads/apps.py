"""Registers leads with Django and with the floors below."""

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"
    label = "leads"
    verbose_name = "Leads"

    def ready(self) -> None:
        from leads import metrics, permissions, receivers
        from leads.domain.slots import open_work
        from leads.views import portal
        from partners.states import register_open_work

        permissions.register()
        metrics.register()
        receivers.register()
        portal.register()
        register_open_work(open_work)
