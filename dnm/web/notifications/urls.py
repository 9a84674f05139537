"""Addresses of the notifications' pages."""

from django.urls import path

from dnm.web.notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.ListView.as_view(), name="list"),
    path("bell/", views.BellView.as_view(), name="bell"),
    path("toasts/", views.ToastsView.as_view(), name="toasts"),
    path("news/", views.NewsView.as_view(), name="news"),
    path("read/", views.ReadAllView.as_view(), name="read-all"),
    path("preferences/", views.PreferencesView.as_view(), name="preferences"),
    path("<uuid:uid>/open/", views.OpenView.as_view(), name="open"),
    path("<uuid:uid>/read/", views.ReadView.as_view(), name="read"),
]
