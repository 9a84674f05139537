"""The way from the portal into the administration."""

from django.utils.translation import gettext_lazy as _

from dnm.web.navigation import NavItem, register_navigation
from dnm.web.permissions import WebCapability


def register() -> None:
    """Called when the admin modules are found."""
    register_navigation(
        NavItem(
            key="administration",
            label=_("Administration"),
            icon="settings",
            url_name="admin:index",
            capability=WebCapability.ENTER_ADMIN,
            order=95,
        )
    )
