"""`user.has_perm` answered through the scope, so that third-party code asks the same question as ours."""

from typing import Any

from django.utils import timezone

from dnm.accounts.actors import Actor
from dnm.accounts.models import Network, User
from dnm.accounts.tenancy import current_network_id
from dnm.scoping.actors import actor_for_user
from dnm.scoping.authority import may
from dnm.scoping.capabilities import all_capabilities


class ScopeBackend:
    """Knows no passwords. Outside a network, and for a capability that nobody declared, the answer is no."""

    def authenticate(self, request: Any, **credentials: Any) -> None:
        """Logging in is somebody else's business."""

    def get_user(self, user_id: Any) -> None:
        """No session begins here."""

    def has_perm(self, user: Any, perm: str, obj: Any = None) -> bool:
        """Whether the user's membership here holds the capability on the row, or, without one, anywhere."""
        actor = _actor(user) if perm in all_capabilities() else None
        if actor is None:
            return False
        if obj is None or not hasattr(type(obj).objects, "visible_to"):
            return may(actor, perm, obj)
        return bool(type(obj).objects.visible_to(actor, perm).filter(pk=obj.pk).exists())

    def has_module_perms(self, user: Any, app_label: str) -> bool:
        """Whether the user's membership here holds any capability of the app."""
        actor = _actor(user)
        if actor is None:
            return False
        return any(name.startswith(f"{app_label}.") and may(actor, name) for name in all_capabilities())


def _actor(user: Any) -> Actor | None:
    network_id = current_network_id()
    if network_id is None or not isinstance(user, User):
        return None
    seen_as: Actor | None = getattr(user, "seen_as", None)
    if seen_as is not None:
        return seen_as
    return actor_for_user(Network.objects.get(pk=network_id), user, at=timezone.now())
