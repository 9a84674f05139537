"""Registers partners with Django and with the ground floor."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"
    label = "partners"
    verbose_name = "Partners"

    def ready(self) -> None:
        from dnm.imports.declaring import register_importer
        from dnm.metrics.declaring import register_table
        from dnm.scoping.actors import register_grants_loader
        from partners import permissions, receivers, tasks
        from partners.domain.access import load_grants
        from partners.importers import PartnerImporter
        from partners.models import PartnerFigure
        from partners.views import identity, portal

        permissions.register()
        receivers.register()
        assert tasks  # noqa: S101 - importing it declares the kinds of jobs
        register_grants_loader(load_grants)
        register_importer(PartnerImporter())
        register_table(PartnerFigure)
        portal.register()
        identity.register()
