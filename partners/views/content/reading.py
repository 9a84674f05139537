"""The lists, one publication, and acknowledging it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may
from dnm.web.timeline import lines_about
from dnm.web.views.details import ScopedDetailView
from dnm.web.views.forms import TransitionView
from dnm.web.views.lists import Empty, Order, ScopedListView
from dnm.workflow.flows import available
from partners.domain.content.publishing import publishers
from partners.domain.content.reading import acknowledge_publication, acknowledged_at, versions_of
from partners.domain.content.telling import audience_words
from partners.filters.content import PublicationFilters
from partners.models import Publication
from partners.permissions.content import ContentCapability
from partners.states.content import PublicationKind, PublicationState
from partners.tables.content import LibraryTable, NewsTable

MANAGE = ContentCapability.MANAGE
LISTS = {
    PublicationKind.NEWS: (_("News"), "/news/"),
    PublicationKind.BULLETIN: (_("News"), "/news/"),
    PublicationKind.DOCUMENT: (_("Library"), "/library/"),
}


class _ListView(ScopedListView):
    model = Publication
    capability = ContentCapability.VIEW
    filterset_class = PublicationFilters
    template_name = "partners/content/list.html"
    quick = "reading"
    orders: ClassVar[Mapping[str, Order]] = {
        "newest": Order(_("Newest first"), ("-dated_at", "-id")),
        "oldest": Order(_("Oldest first"), ("dated_at", "id")),
    }

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner").noting_unread(self.actor)

    @cached_property
    def may_publish(self) -> bool:
        """Whether there is anybody in whose name the reader may publish."""
        return may(self.actor, MANAGE) and bool(publishers(self.actor))

    def extra_context(self) -> Mapping[str, Any]:
        return {"may_publish": self.may_publish}

    def _columns(self) -> dict[str, Any]:
        """Readers see published ones only: nothing to tell."""
        found = super()._columns()
        if not self.may_publish:
            found["exclude"] = [*found.get("exclude", []), "state"]
        return found


class NewsView(_ListView):
    """News and bulletins."""

    title = _("News")
    file_name = "news"
    table_class = NewsTable
    empty = Empty(_("No news yet"), _("What is published for you appears here."))

    def narrowed(self, rows: Any) -> Any:
        return rows.exclude(kind=PublicationKind.DOCUMENT)


class LibraryView(_ListView):
    """Documents that stay."""

    title = _("Library")
    file_name = "library"
    table_class = LibraryTable
    empty = Empty(_("No documents yet"), _("Price lists, manuals and guidelines for you appear here."))

    def narrowed(self, rows: Any) -> Any:
        return rows.filter(kind=PublicationKind.DOCUMENT)


class PublicationView(ScopedDetailView):
    """One publication: the present version, earlier ones, and what the reader has to do."""

    model = Publication
    capability = ContentCapability.VIEW
    template_name = "partners/content/detail.html"

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner", "for_territory").noting_unread(self.actor)

    def get_context_data(self, record: Any) -> dict[str, Any]:
        versions = versions_of(record, self.actor)
        manages = may(self.actor, MANAGE, record)
        return {
            "title": record.title,
            "crumbs": [LISTS[PublicationKind(record.kind)]],
            "versions": versions,
            "shown": self._chosen(versions),
            "acknowledged_at": None if record.is_unread else acknowledged_at(record, self.actor),
            "manages": manages,
            "verbs": verbs_of(record, self.actor),
            "audience": audience_words(record) if manages else [],
            "lines": lines_about(record, everything=True, request=self.request) if manages else None,
        }

    def _chosen(self, versions: list[Any]) -> Any:
        """The version of the address, else the newest."""
        number = self.request.GET.get("version")
        if number is None:
            return versions[0]
        found = next((one for one in versions if str(one.number) == number), None)
        if found is None:
            raise Http404
        return found


class AcknowledgeView(TransitionView):
    """One tap: read, and said so."""

    model = Publication
    capability = ContentCapability.VIEW
    done = _("Thank you, that is noted.")

    def perform(self, record: Publication) -> None:
        number = self.request.POST.get("version", "")
        version = int(number) if number.isdecimal() and len(number) < 5 else None
        acknowledge_publication(publication=record, version=version, actor=self.actor, at=self.at)


def verbs_of(record: Publication, actor: Actor) -> list[dict[str, Any]]:
    """What the actor may do to it now, as buttons."""
    if not may(actor, MANAGE, record):
        return []
    found = []
    if record.state == PublicationState.DRAFT:
        found.append({"label": _("Edit"), "url": reverse("partners:publication-edit", args=[record.uid])})
    if record.state == PublicationState.PUBLISHED:
        url = reverse("partners:publication-revise", args=[record.uid])
        found.append({"label": _("New version"), "url": url})
    if record.state != PublicationState.DRAFT:
        url = reverse("partners:publication-readers", args=[record.uid])
        found.append({"label": _("Who has not"), "url": url})
    for offered in available(record, actor):
        name = offered.transition.name
        url = reverse("partners:publication-verb", args=[record.uid, name])
        found.append({"label": offered.transition.label, "url": url, "is_main": name == "publish"})
    return found
