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
        from partners import metrics, permissions, receivers, tasks
        from partners.domain import exits
        from partners.domain.access import load_grants
        from partners.importers import (
            AuthorisationImporter,
            PartnerImporter,
            PostalAreaImporter,
            TerritoryImporter,
        )
        from partners.models import Comment, Document, Partner, PartnerFigure
        from partners.models.comments import Commentable, register_commentable
        from partners.models.files import Subject, register_file_subject
        from partners.permissions import PartnerCapability
        from partners.permissions import changes as change_permissions
        from partners.permissions import comments as comment_permissions
        from partners.permissions import documents as document_permissions
        from partners.permissions import exits as exit_permissions
        from partners.permissions import files as file_permissions
        from partners.permissions import onboarding as onboarding_permissions
        from partners.permissions import tiers as tier_permissions
        from partners.permissions.comments import CommentCapability
        from partners.permissions.documents import DocumentCapability
        from partners.permissions.files import FileCapability
        from partners.states import tiers as entitlements
        from partners.views import (
            authorisations,
            comments,
            compliance,
            files,
            identity,
            organisation,
            pages,
            portal,
            sentences,
        )
        from partners.views import exits as exit_views
        from partners.views import tiers as tier_views
        from partners.views.changes import portal as changes_portal
        from partners.views.onboarding import portal as onboarding_portal

        permissions.register()
        comment_permissions.register()
        document_permissions.register()
        receivers.register()
        assert tasks  # noqa: S101 - importing it declares the kinds of jobs
        file_permissions.register()
        register_file_subject(Subject(Partner, FileCapability.VIEW, FileCapability.VIEW_INTERNAL))
        onboarding_permissions.register()
        change_permissions.register()
        exit_permissions.register()
        tier_permissions.register()
        entitlements.register()
        exits.register()
        register_file_subject(Subject(Document, DocumentCapability.VIEW_CONTENT))
        register_file_subject(Subject(Comment, CommentCapability.VIEW))
        register_commentable(Commentable(Partner, "partner", PartnerCapability.VIEW))
        register_commentable(Commentable(Document, "document", DocumentCapability.VIEW))
        register_grants_loader(load_grants)
        register_importer(PartnerImporter())
        register_importer(AuthorisationImporter())
        register_importer(TerritoryImporter())
        register_importer(PostalAreaImporter())
        register_table(PartnerFigure)
        portal.register()
        identity.register()
        pages.register()
        comments.register()
        compliance.register()
        files.register()
        metrics.register()
        onboarding_portal.register()
        changes_portal.register()
        exit_views.register()
        organisation.register()
        authorisations.register()
        sentences.register()
        tier_views.register()
