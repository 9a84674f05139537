"""News, bulletins and the library in the network's administration: to be read, published and withdrawn. The
portal writes.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.web.admin.columns import Column, linked
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sections import Section
from dnm.web.admin.sites import network_site
from dnm.web.admin.verbs import RowVerb, flow_verbs
from partners.domain.content.publishing import publish_publication, withdraw_publication
from partners.domain.content.telling import audience_words
from partners.models import Publication
from partners.permissions import PartnerCapability
from partners.permissions.content import ContentCapability
from partners.states.content import PUBLICATION_FLOW

CONTENT = Section("content", _("News and library"), 36)
OWNER = Column(
    "partner", _("published by"), lambda row, actor: linked(row.partner, actor, PartnerCapability.VIEW)
)


def _perform(name: str) -> Any:
    def perform(row: Publication, values: Mapping[str, Any], actor: Actor, at: datetime) -> Publication:
        if name == "publish":
            return publish_publication(publication=row, actor=actor, at=at)
        return withdraw_publication(publication=row, reason=values["reason"], actor=actor, at=at)

    return perform


def _audience(row: Publication, actor: Actor) -> str:
    return "\n".join(f"{label}: {words}" for label, words in audience_words(row))


@admin.register(Publication, site=network_site)
class PublicationAdmin(ScopedModelAdmin):
    """What the network and its distributors publish."""

    section = CONTENT
    view_capability = ContentCapability.VIEW
    ordering = ("-dated_at", "-id")
    related = ("partner", "for_territory")
    list_filter = ("state", "kind")
    search_fields = ("title",)
    list_display = ("title", "kind", OWNER, "state", "number", "dated_at")
    facts = (
        "title",
        "kind",
        OWNER,
        "state",
        "state_changed_at",
        "number",
        "dated_at",
        Column("audience", _("for whom"), _audience),
        "is_mandatory",
    )
    verbs: ClassVar[tuple[RowVerb, ...]] = flow_verbs(PUBLICATION_FLOW, ("publish", "withdraw"), _perform)
