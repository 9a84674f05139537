"""allauth's addresses below /accounts/, without those that it keeps only for older days."""

from django.urls import URLPattern, URLResolver, include, path

own: list[URLPattern | URLResolver] = [
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]
"""A person's own login: the same on every host that has one."""

urlpatterns = [
    *own,
    path("3rdparty/", include("allauth.socialaccount.urls")),
    path("", include("allauth.socialaccount.providers.openid_connect.urls")),
]
"""On a network's host its identity providers besides."""
