"""What a network's own host serves. The bare host and the operators' host have tables of their own."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
