"""Registers dnm.accounts with Django."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from dnm.accounts.tenancy.roles import refuse_unsafe_role


class AccountsConfig(AppConfig):
    name = "dnm.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from dnm.accounts import factors

        factors.connect()
        connection_created.connect(refuse_unsafe_role, dispatch_uid="dnm.accounts.refuse_unsafe_role")
