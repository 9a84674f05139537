"""Registers partners with Django and with the ground floor."""

from importlib import import_module

from django.apps import AppConfig

REGISTERS = (
    "permissions",
    "permissions.changes",
    "permissions.comments",
    "permissions.content",
    "permissions.documents",
    "permissions.exits",
    "permissions.files",
    "permissions.onboarding",
    "permissions.tiers",
    "states.tiers",
    "metrics",
    "domain.exits",
    "domain.subjects",
    "importers",
    "receivers",
    "views.portal",
    "views.identity",
    "views.pages",
    "views.comments",
    "views.compliance",
    "views.files",
    "views.onboarding.portal",
    "views.changes.portal",
    "views.content.portal",
    "views.exits",
    "views.organisation",
    "views.authorisations",
    "views.sentences",
    "views.tiers",
)
"""Modules of this app whose `register()` declares what they bring, in this order: the floor below first, and
on the pages what stands further up.
"""


class PartnersConfig(AppConfig):
    name = "partners"
    label = "partners"
    verbose_name = "Partners"

    def ready(self) -> None:
        from dnm.metrics.declaring import register_table
        from dnm.scoping.actors import register_grants_loader
        from partners import tasks
        from partners.domain.access import load_grants
        from partners.models import PartnerFigure

        assert tasks  # noqa: S101 - importing it declares the kinds of jobs
        register_grants_loader(load_grants)
        register_table(PartnerFigure)
        for name in REGISTERS:
            import_module(f"partners.{name}").register()
