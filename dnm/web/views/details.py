"""The scoped detail page: a row that the actor may see, by its public id."""

from typing import Any, ClassVar, final

from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render

from dnm.accounts.requests import PortalRequest
from dnm.web.tabs import notices_for, standing_of
from dnm.web.views.base import ActorView


class ScopedObjectView(ActorView):
    """Any view of one row. Out of sight and not there are the same 404."""

    model: type[Model]

    @final
    def get_queryset(self) -> QuerySet[Any]:
        """The rows in sight. Final."""
        return self.model.objects.visible_to(self.actor, self.capability)  # type: ignore[attr-defined]

    def with_related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Fetch along what the page shows."""
        return rows

    def get_object(self) -> Any:
        found = self.with_related(self.get_queryset()).filter(uid=self.kwargs["uid"]).first()
        if found is None:
            raise Http404
        return found


class ScopedDetailView(ScopedObjectView):
    """Facts, verbs allowed now, tabs and the timeline of one row."""

    template_name: ClassVar[str] = ""

    def get_context_data(self, record: Any) -> dict[str, Any]:
        """What the template needs: `record`, notices, tabs, the open one and its rows are there already."""
        return {}

    def get(self, request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record = self.get_object()
        tabs, open_items = standing_of(record, self.actor)
        chosen = next((one.item for one in tabs if one.item.key == request.GET.get("tab")), None)
        context = {
            "record": record,
            "tabs": tabs,
            "tab": chosen,
            "open_items": open_items,
            "notices": notices_for(record, self.actor, self.at),
            **(chosen.context(record, self.actor) if chosen else {}),
            **self.get_context_data(record),
        }
        return render(request, self.template_name, context)
