"""Lists and pages of tenant rows, on a network's own host."""

from typing import Any, ClassVar, final

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may, may_everywhere
from dnm.web.admin.base import PortalModelAdmin
from dnm.web.admin.verbs import RowVerb
from dnm.web.timeline import lines_about


class ScopedModelAdmin(PortalModelAdmin):
    """Rows that the actor may see, each page and verb by its own capability.

    `is_network_wide` is for rows that concern everybody: they are seen and changed only with a role over the
    whole network.
    """

    view_capability: ClassVar[str]
    add_capability: ClassVar[str] = ""
    change_capability: ClassVar[str] = ""
    is_network_wide = False
    has_history = True

    @final
    def get_queryset(self, request: Any) -> Any:
        """The rows in sight, in order. Final: a list narrows by filters, never by a scope of its own."""
        return self.rows(request.actor).order_by(*self.ordering)

    def rows(self, actor: Actor) -> Any:
        """The rows that the actor sees: `visible_to`, or the function of the domain that stands for it."""
        return self.model.objects.visible_to(actor, self.view_capability)

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        """Asked of the whole list; a row has passed the scope already."""
        return self._holds(request.actor, self.view_capability)

    def has_add_permission(self, request: Any) -> bool:
        return self.add_form is not None and self._holds(request.actor, self.add_capability)

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        if self.change_form is None or not self._holds(request.actor, self.change_capability):
            return False
        return obj is None or self.may_change(request.actor, obj)

    def may_change(self, actor: Actor, row: Any) -> bool:
        """Whether the person may change this very row."""
        return self.is_network_wide or may(actor, self.change_capability, row)

    def _holds(self, actor: Actor, capability: str) -> bool:
        return may_everywhere(actor, capability) if self.is_network_wide else may(actor, capability)

    def offered_verbs(self, request: Any) -> dict[str, RowVerb]:
        return {verb.name: verb for verb in self.verbs if self._holds(request.actor, verb.capability)}

    def portal_url(self, row: Any) -> str:
        return str(row.get_absolute_url()) if hasattr(row, "get_absolute_url") else ""

    def history_view(self, request: Any, object_id: str, extra_context: Any = None) -> TemplateResponse:
        """What happened to the row, from the network's own event log."""
        if not self.has_history:
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.find(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "subtitle": str(row),
            "row": row,
            "lines": lines_about(row, everything=True, request=request),
            "opts": self.opts,
            "section": self.section,
            "list_name": self.list_name(),
            "now": timezone.now(),
        }
        return TemplateResponse(request, "admin/portal_history.html", context)
