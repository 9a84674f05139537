"""Addresses of the frame's own pages, on a network's host."""

from django.urls import path

from dnm.web.views import demo, frame, gallery, health

urlpatterns = [
    path("", frame.HomeView.as_view(), name="home"),
    path("search/", frame.SearchView.as_view(), name="search"),
    path("appearance/", frame.appearance, name="appearance"),
    path("theme.css", frame.theme, name="theme"),
    path("icon.svg", frame.icon, name="icon"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("demo-login/<str:token>/", demo.login_once, name="demo-login"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
