"""What the operators' host serves: the admin of global models, and health. It has no tenant data."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from dnm.web.views import health

urlpatterns = [
    path("", RedirectView.as_view(url="/admin/")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
handler400 = "dnm.web.views.errors.bad_request"
handler403 = "dnm.web.views.errors.forbidden"
handler404 = "dnm.web.views.errors.not_found"
handler500 = "dnm.web.views.errors.server_error"
