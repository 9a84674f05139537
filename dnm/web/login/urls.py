"""Addresses of one's own login."""

from django.urls import path

from dnm.web.login import views

urlpatterns = [
    path("security/", views.SecurityView.as_view(), name="security"),
    path(
        "security/identities/<uuid:uid>/disconnect/",
        views.DisconnectView.as_view(),
        name="disconnect-identity",
    ),
    path("switch/<uuid:uid>/", views.SwitchView.as_view(), name="switch"),
    path("hand-over/", views.HandOverView.as_view(), name="hand-over"),
    path("inbox/", views.InboxView.as_view(), name="inbox"),
]
