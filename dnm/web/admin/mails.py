"""Mails that could not be sent."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.events.permissions import EventCapability
from dnm.notifications.models import Notification
from dnm.notifications.undelivered import retry_mail, undelivered
from dnm.web.admin.columns import Column
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sections import OPERATION
from dnm.web.admin.sites import network_site
from dnm.web.admin.verbs import RowVerb


def _what(row: Notification, actor: Actor) -> str:
    return row.declared.called if row.declared else row.kind


@admin.register(Notification, site=network_site)
class UndeliveredMailAdmin(ScopedModelAdmin):
    """To whom and why not. What the mail says is the member's own affair and stands nowhere here."""

    section = OPERATION
    menu_name = _("Undelivered mail")
    view_capability = EventCapability.VIEW
    is_network_wide = True
    has_history = False
    related = ("membership__user",)
    list_display = (
        Column("to", _("to"), lambda row, actor: row.membership.user.email),
        Column("what", _("what"), _what),
        "email_attempts",
        "email_due_at",
        "email_error",
        "created_at",
    )
    facts = list_display
    verbs = (
        RowVerb(
            name="retry",
            label=_("Send again"),
            capability=EventCapability.RETRY,
            perform=lambda row, values, actor, at: retry_mail(notification=row, actor=actor, at=at),
            offered=lambda row, actor: "",
        ),
    )

    def rows(self, actor: Actor) -> Any:
        return undelivered(actor)
