"""Everything under /api/. The only module that knows every app's endpoints; included at "api/"."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from dnm.api.schema import DocsView, SchemaView
from dnm.api.views import UnknownAddressView

app_name = "api"

router = SimpleRouter()

version_1: list[URLPattern | URLResolver] = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(), name="docs"),
    *router.urls,
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(version_1)),
    re_path("", UnknownAddressView.as_view()),
]
