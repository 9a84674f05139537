"""How the network lets people in: its login policy and its identity providers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import IdentityProvider, LoginMethod, LoginPolicy
from dnm.web.admin.columns import Column
from dnm.web.admin.forms import ActorForm
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sections import SETTINGS
from dnm.web.admin.sites import network_site
from partners.domain.login import (
    add_identity_provider,
    policies_of,
    providers_of,
    update_identity_provider,
    update_login_policy,
)
from partners.permissions import PartnerCapability
from partners.roles import ROLE_LABELS, Role


class PolicyForm(ActorForm):
    """The rules for entering the network."""

    mfa_roles = forms.MultipleChoiceField(
        label=_("Second factor for"),
        choices=[(str(role), label) for role, label in ROLE_LABELS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Who holds such a role enters only with a second factor, from the next request on."),
    )
    allowed_methods = forms.MultipleChoiceField(
        label=_("Ways to log in"), choices=LoginMethod.choices, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("allowed_methods", "mfa_roles", "password_length", "idle_hours", "absolute_hours")

    class Meta:
        model = LoginPolicy
        fields = ("password_length", "idle_hours", "absolute_hours")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("mfa_roles", "allowed_methods"):
            self.initial[name] = getattr(self.instance, name)


def _roles(row: LoginPolicy, actor: Actor) -> str:
    return ", ".join(str(ROLE_LABELS[Role(role)]) for role in row.mfa_roles)


def _methods(row: LoginPolicy, actor: Actor) -> str:
    return ", ".join(str(LoginMethod(method).label) for method in row.allowed_methods)


@admin.register(LoginPolicy, site=network_site)
class LoginPolicyAdmin(ScopedModelAdmin):
    """One row: the network's own."""

    section = SETTINGS
    menu_name = _("Login policy")
    view_capability = PartnerCapability.VIEW_NETWORK
    change_capability = PartnerCapability.MANAGE_NETWORK
    is_network_wide = True
    is_single = True
    change_form = PolicyForm
    ordering = ("id",)
    list_display = ("password_length", "idle_hours", "absolute_hours")
    facts = (
        Column("allowed_methods", _("ways to log in"), _methods),
        Column("mfa_roles", _("second factor for"), _roles),
        "password_length",
        "idle_hours",
        "absolute_hours",
    )

    def rows(self, actor: Actor) -> Any:
        return policies_of(actor)

    def perform_change(self, request: Any, row: LoginPolicy, form: ActorForm) -> LoginPolicy:
        return update_login_policy(changes=form.changes(), actor=request.actor, at=timezone.now())


class ProviderForm(ActorForm):
    """An OpenID Connect provider. The secret goes in and is never shown again."""

    issuer = forms.URLField(label=_("Issuer"), max_length=250, assume_scheme="https")
    secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        max_length=500,
        strip=True,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
        help_text=_("Empty leaves the one that is there."),
    )
    field_order = ("slug", "name", "issuer", "client_id", "secret", "proves_factor", "is_enabled")

    class Meta:
        model = IdentityProvider
        fields = ("name", "issuer", "client_id", "proves_factor", "is_enabled")


class NewProviderForm(ProviderForm):
    """Besides, the word that stands in the address which the provider must know."""

    class Meta(ProviderForm.Meta):
        fields = ("slug", "name", "issuer", "client_id", "proves_factor", "is_enabled")


def _callback(row: IdentityProvider, actor: Actor) -> str:
    return row.network.address(f"/accounts/oidc/{row.slug}/login/callback/")


@admin.register(IdentityProvider, site=network_site)
class IdentityProviderAdmin(ScopedModelAdmin):
    """The network's providers. Their identities are good on this network only."""

    section = SETTINGS
    view_capability = PartnerCapability.VIEW_NETWORK
    add_capability = PartnerCapability.MANAGE_NETWORK
    change_capability = PartnerCapability.MANAGE_NETWORK
    is_network_wide = True
    add_form = NewProviderForm
    change_form = ProviderForm
    ordering = ("name", "id")
    related = ("network",)
    list_display = ("name", "slug", "issuer", "is_enabled")
    facts = (
        "slug",
        "name",
        "issuer",
        "client_id",
        "proves_factor",
        "is_enabled",
        Column("callback", _("address to return to"), _callback),
    )

    def rows(self, actor: Actor) -> Any:
        return providers_of(actor)

    def perform_add(self, request: Any, form: ActorForm) -> IdentityProvider:
        return add_identity_provider(**form.cleaned_data, actor=request.actor, at=timezone.now())

    def perform_change(self, request: Any, row: IdentityProvider, form: ActorForm) -> IdentityProvider:
        return update_identity_provider(
            provider=row, changes=form.changes(), actor=request.actor, at=timezone.now()
        )
