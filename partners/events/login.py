"""What happens to the ways into a network."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from dnm.events.kinds import DomainEvent


@dataclass(frozen=True, kw_only=True)
class LoginPolicyChanged(DomainEvent):
    """The network's rules for entering it were changed; `fields` are their names."""

    kind: ClassVar[str] = "partners.login_policy_changed"
    title: ClassVar = _("Login policy changed")
    internal: ClassVar[bool] = True
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class IdentityProviderAdded(DomainEvent):
    """The network offers login by a provider."""

    kind: ClassVar[str] = "partners.identity_provider_added"
    title: ClassVar = _("Identity provider added")
    internal: ClassVar[bool] = True
    slug: str


@dataclass(frozen=True, kw_only=True)
class IdentityProviderChanged(DomainEvent):
    """Settings of a provider were changed; `fields` are their names, never a value."""

    kind: ClassVar[str] = "partners.identity_provider_changed"
    title: ClassVar = _("Identity provider changed")
    internal: ClassVar[bool] = True
    fields: list[str]
