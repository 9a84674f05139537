"""The two sites. Who may enter is decided here, and each page asks again for its own rows."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dnm.scoping.authority import may
from dnm.web.admin.autocomplete import ScopedAutocompleteView
from dnm.web.errors import error_page, missing_capability
from dnm.web.permissions import WebCapability
from dnm.web.views.base import turned_away

LEFT_OUT = frozenset({"login", "logout", "password_change", "password_change_done", "view_on_site"})
"""Pages of Django's that the portal has itself, and one that leads to rows by their inner number."""


class PortalAdminSite(AdminSite):
    """What both sites share: the portal's login, its own menu, no log of its own."""

    index_template = "admin/portal_index.html"
    app_index_template = "admin/portal_index.html"
    enable_nav_sidebar = True
    empty_value_display = "-"

    def get_urls(self) -> list[Any]:
        return [url for url in super().get_urls() if getattr(url, "name", None) not in LEFT_OUT]

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Let in who may enter; everybody else goes the portal's way: login, or a page that says why not."""
        inside = super().admin_view(view, cacheable)

        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if self.has_permission(request):
                return inside(request, *args, **kwargs)
            response = self.turn_away(request)
            add_never_cache_headers(response)
            return response

        return update_wrapper(guarded, inside)

    def turn_away(self, request: Any) -> HttpResponse:
        """Answer somebody who may not enter."""
        raise NotImplementedError

    def autocomplete_view(self, request: Any) -> HttpResponseBase:
        return ScopedAutocompleteView.as_view(admin_site=self)(request)

    def get_log_entries(self, request: Any) -> Any:
        """None: Django's log knows no network. What happened stands in the network's event log."""
        return ()

    def get_app_list(self, request: Any, app_label: str | None = None) -> list[Any]:
        """The menu by sections, each list in its place."""
        grouped: dict[Any, list[Any]] = {}
        for app in self._build_app_dict(request, app_label).values():
            for entry in app["models"]:
                model_admin: Any = self._registry[entry["model"]]
                entry["name"] = model_admin.list_name()
                grouped.setdefault(model_admin.section, []).append(entry)
        order = {model: position for position, model in enumerate(self._registry)}
        return [
            {
                "name": section.label,
                "app_label": section.key,
                "app_url": f"#{section.key}",
                "has_module_perms": True,
                "models": sorted(entries, key=lambda entry: order[entry["model"]]),
            }
            for section, entries in sorted(grouped.items(), key=lambda pair: pair[0].order)
        ]


class NetworkAdminSite(PortalAdminSite):
    """On a network's own host, for its staff. Asks the membership: `is_staff` means nothing here."""

    index_title = gettext_lazy("Administration")

    def has_permission(self, request: Any) -> bool:
        return request.actor is not None and may(request.actor, WebCapability.ENTER_ADMIN)

    def turn_away(self, request: Any) -> HttpResponse:
        if request.actor is not None:
            raise missing_capability(WebCapability.ENTER_ADMIN)
        return turned_away(request)

    def each_context(self, request: Any) -> dict[str, Any]:
        title = request.network.title if request.network else ""
        return {**super().each_context(request), "site_title": title, "site_header": title}


class OperatorAdminSite(PortalAdminSite):
    """On the operators' host. Knows networks, their host names and logins; no tenant row."""

    site_title = gettext_lazy("Platform")
    site_header = gettext_lazy("Platform operation")
    index_title = gettext_lazy("Platform operation")
    site_url = None

    def has_permission(self, request: Any) -> bool:
        return request.network is None and request.user.is_authenticated and request.user.is_staff

    def turn_away(self, request: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return error_page(request, "errors/403.html", 403, message=_("This host is for platform operators."))


network_site = NetworkAdminSite(name="admin")
operator_site = OperatorAdminSite(name="admin")
