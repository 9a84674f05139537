"""The tree of partners, opened level by level: links that work anywhere, pieces where there is htmx."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from dnm.scoping.pages import page
from dnm.web.views.base import ActorView
from dnm.web.views.details import ScopedObjectView
from partners.domain.queries import tops_of
from partners.models import Partner
from partners.permissions import PartnerCapability

CRUMBS = [(_("Partners"), "/partners/")]
PIECE = 50


class TreeView(ScopedObjectView, ActorView):
    """One level of the tree: the uppermost partners in sight, or those who buy from one of them."""

    model = Partner
    capability = PartnerCapability.VIEW

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        parent = self._parent() or self._only_top()
        rows = self.get_queryset().filter(parent=parent) if parent else tops_of(self.actor)
        below = self.get_queryset().filter(parent=OuterRef("pk"))
        found = page(
            rows.select_related("territory").annotate(has_children=Exists(below)),
            order=("trade_name", "id"),
            cursor=request.GET.get("cursor"),
            limit=PIECE,
        )
        context = {
            "title": parent.trade_name if parent else _("The organisation"),
            "crumbs": [*CRUMBS, *self._above(parent)],
            "parent": parent,
            "rows": found.rows,
            "more": f"?cursor={found.next_cursor}" if found.next_cursor and len(found.rows) == PIECE else "",
            "is_piece": bool(getattr(request, "htmx", False)),
        }
        name = "partners/organisation/tree.html"
        response = render(request, f"{name}#level" if context["is_piece"] else name, context)
        response["Vary"] = "HX-Request, Cookie"
        return response

    def _parent(self) -> Partner | None:
        if "uid" not in self.kwargs:
            return None
        found = self.get_queryset().filter(uid=self.kwargs["uid"]).first()
        if found is None:
            raise Http404
        return found  # type: ignore[no-any-return]

    def _only_top(self) -> Partner | None:
        """The one from whom everybody in sight buys: nobody wants to see it alone, and open it."""
        tops = list(tops_of(self.actor)[:2])
        return tops[0] if len(tops) == 1 else None

    def _above(self, parent: Partner | None) -> list[tuple[str, str]]:
        """The way up, as far as it is in sight."""
        if parent is None:
            return []
        way = self.get_queryset().filter(path__above=parent.path).order_by("path")
        return [(one.trade_name, f"/partners/{one.uid}/tree/") for one in way]
