"""Addresses of the imports, below /imports/."""

from django.urls import path

from dnm.web.imports import verbs, views

app_name = "imports"
urlpatterns = [
    path("", views.ImportList.as_view(), name="list"),
    path("new/", views.NewImport.as_view(), name="new"),
    path("template/<slug:importer>/", views.Template.as_view(), name="template"),
    path("<uuid:uid>/", views.ImportDetail.as_view(), name="detail"),
    path("<uuid:uid>/columns/", views.Columns.as_view(), name="columns"),
    path("<uuid:uid>/errors/", views.ErrorsFile.as_view(), name="errors"),
    path("<uuid:uid>/reading/", verbs.ReadAgain.as_view(), name="reading"),
    path("<uuid:uid>/check/", verbs.Check.as_view(), name="check"),
    path("<uuid:uid>/start/", verbs.Start.as_view(), name="start"),
    path("<uuid:uid>/cancel/", verbs.Cancel.as_view(), name="cancel"),
    path("<uuid:uid>/repeat/", verbs.Repeat.as_view(), name="repeat"),
]
