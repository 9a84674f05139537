"""Users, networks and the memberships that join them."""

from dnm.accounts.models.memberships import ApiToken, Membership
from dnm.accounts.models.networks import Network, NetworkDomain
from dnm.accounts.models.users import User
from dnm.accounts.models.viewing import ViewAs

__all__ = ["ApiToken", "Membership", "Network", "NetworkDomain", "User", "ViewAs"]
