"""Lists and pages of the operators' host, and the logins."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from dnm.accounts.models import User
from dnm.scoping import logins
from dnm.web.admin.base import PortalModelAdmin
from dnm.web.admin.sections import PLATFORM
from dnm.web.admin.sites import operator_site
from dnm.web.admin.verbs import RowVerb, VerbForm


class OperatorModelAdmin(PortalModelAdmin):
    """Rows of no network. The site lets operators in and nobody else; the verbs ask again."""

    section = PLATFORM

    def acting(self, request: Any) -> User:
        return request.user

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: Any) -> bool:
        return self.add_form is not None and self.has_view_permission(request)

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return self.change_form is not None and self.has_view_permission(request)

    def offered_verbs(self, request: Any) -> dict[str, RowVerb]:
        return {verb.name: verb for verb in self.verbs}


def _login_verb(name: str, label: Any, flag: str, *, when: bool, is_grave: bool = False) -> RowVerb:
    verb = getattr(logins, name)
    return RowVerb(
        name=name,
        label=label,
        capability="",
        perform=lambda row, values, operator, at: verb(user=row, operator=operator),
        form=VerbForm,
        offered=lambda row, operator: "" if getattr(row, flag) is when and row != operator else None,
        is_grave=is_grave,
    )


@admin.register(User, site=operator_site)
class UserAdmin(OperatorModelAdmin):
    """Logins. What a person may do stands in memberships, which the networks keep themselves."""

    list_display = ("email", "name", "is_active", "is_operator", "date_joined", "last_login")
    list_filter = ("is_active", "is_operator")
    search_fields = ("email", "name")
    facts = ("email", "name", "is_active", "is_operator", "date_joined", "last_login", "language")
    verbs: ClassVar[tuple[RowVerb, ...]] = (
        _login_verb("deactivate_login", _("Deactivate"), "is_active", when=True, is_grave=True),
        _login_verb("reactivate_login", _("Reactivate"), "is_active", when=False),
        _login_verb("make_operator", _("Make operator"), "is_operator", when=False, is_grave=True),
        _login_verb("unmake_operator", _("No longer operator"), "is_operator", when=True),
    )
