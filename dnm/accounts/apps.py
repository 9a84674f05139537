"""Registers dnm.accounts with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "dnm.accounts"
    label = "accounts"
    verbose_name = "Accounts"
