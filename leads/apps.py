"""Registers leads with Django and with the floors below."""

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"
    label = "leads"
    verbose_name = "Leads"

    def ready(self) -> None:
        from leads import metrics, permissions, receivers
        from leads.domain.slots import open_work
        from leads.models import Lead
        from leads.permissions import LeadCapability
        from leads.views import portal
        from partners.models.comments import Commentable, register_commentable
        from partners.states import register_open_work

        permissions.register()
        metrics.register()
        receivers.register()
        portal.register()
        register_open_work(open_work)
        register_commentable(
            Commentable(Lead, "lead", LeadCapability.VIEW, hidden_name=lambda lead: str(lead.name))
        )
