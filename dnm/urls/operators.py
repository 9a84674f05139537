"""What the operators' host serves: login, the admin of global models, and health. It has no tenant data."""

from django.urls import include, path
from django.views.generic import RedirectView

from dnm.urls.logins import own
from dnm.web.admin.sites import operator_site
from dnm.web.views import frame, health

urlpatterns = [
    path("", RedirectView.as_view(url="/admin/")),
    path("admin/", operator_site.urls),
    path("accounts/", include(own)),
    path("appearance/", frame.appearance, name="appearance"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
handler400 = "dnm.web.views.errors.bad_request"
handler403 = "dnm.web.views.errors.forbidden"
handler404 = "dnm.web.views.errors.not_found"
handler500 = "dnm.web.views.errors.server_error"
