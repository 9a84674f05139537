"""Registers dnm.web with Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "dnm.web"
    label = "web"
    verbose_name = "Web"

    def ready(self) -> None:
        from dnm.web.navigation import register_home

        register_home()
