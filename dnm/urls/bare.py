"""What the bare host serves: health and, in demo mode, the list of logins. Everything else there is 404."""

from django.urls import path

from dnm.web.views import demo, health

urlpatterns = [
    path("", demo.login_list, name="demo"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
handler400 = "dnm.web.views.errors.bad_request"
handler403 = "dnm.web.views.errors.forbidden"
handler404 = "dnm.web.views.errors.not_found"
handler500 = "dnm.web.views.errors.server_error"
