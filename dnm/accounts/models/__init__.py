"""Users, networks, the memberships that join them, and how a network lets people in."""

from dnm.accounts.models.login import (
    HandOver,
    IdentityProvider,
    LoginMethod,
    LoginPolicy,
    NetworkIdentity,
)
from dnm.accounts.models.memberships import ApiToken, Membership
from dnm.accounts.models.networks import Network, NetworkDomain
from dnm.accounts.models.users import User
from dnm.accounts.models.viewing import ViewAs

__all__ = [
    "ApiToken",
    "HandOver",
    "IdentityProvider",
    "LoginMethod",
    "LoginPolicy",
    "Membership",
    "Network",
    "NetworkDomain",
    "NetworkIdentity",
    "User",
    "ViewAs",
]
