"""What publications put into the portal's frame: the sidebar, tasks, sentences."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dnm.events.models import Event
from dnm.web.formats import ago
from dnm.web.home import TaskItem, TaskSource, register_tasks
from dnm.web.navigation import NavItem, register_navigation
from dnm.web.timeline import describes
from partners.domain.content.reading import owed_by
from partners.models import Publication
from partners.permissions.content import ContentCapability

VIEW = ContentCapability.VIEW


def register() -> None:
    """Called when the app starts."""
    register_navigation(
        NavItem(
            key="news",
            label=gettext_lazy("News"),
            icon="message",
            url_name="partners:news",
            capability=VIEW,
            order=40,
            pages=(
                NavItem("news", gettext_lazy("News"), "message", "partners:news", VIEW),
                NavItem("library", gettext_lazy("Library"), "list-details", "partners:library", VIEW),
            ),
        )
    )
    register_tasks(TO_ACKNOWLEDGE)
    for kind in ("published", "revised"):
        describes(f"partners.publication_{kind}", _version)
    describes("partners.publication_reminded", _reminded)


def _task(row: Publication, at: datetime) -> TaskItem:
    return TaskItem(
        title=_("Please acknowledge: {what}").format(what=row.title),
        detail=f"{row.get_kind_display()} · {row.partner}",
        icon="message",
        url=row.get_absolute_url(),
        verb=_("Read"),
        note=ago(row.dated_at, at),
        tone="info",
    )


TO_ACKNOWLEDGE = TaskSource(
    ContentCapability.OWE,
    lambda actor, at: owed_by(actor),
    ("uid", "title", "kind", "dated_at", "partner__trade_name"),
    _task,
    url=lambda: f"{reverse('partners:news')}?reading=owed",
)


def _version(event: Event) -> str:
    return _("Version {number}").format(number=event.payload.get("version", ""))


def _reminded(event: Event) -> str:
    return _("after {days} days").format(days=event.payload.get("days", ""))
