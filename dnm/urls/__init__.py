"""What a network's own host serves. The bare host and the operators' host have tables of their own."""

from django.urls import URLPattern, URLResolver, include, path

from dnm.web.admin.sites import network_site

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("dnm.web.urls")),
    path("", include("dnm.web.login.urls")),
    path("imports/", include("dnm.web.imports.urls")),
    path("", include("leads.urls")),
    path("", include("partners.urls")),
    path("notifications/", include("dnm.web.notifications.urls")),
    path("admin/", network_site.urls),
    path("accounts/", include("dnm.urls.logins")),
    path("api/", include("dnm.api_urls")),
]
handler400 = "dnm.web.views.errors.bad_request"
handler403 = "dnm.web.views.errors.forbidden"
handler404 = "dnm.web.views.errors.not_found"
handler500 = "dnm.web.views.errors.server_error"
