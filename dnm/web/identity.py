"""Who the reader is here, in words: partner, role, place. What they are called is known upstairs, which
tells.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language

from dnm.accounts.actors import Actor

SECONDS = 60


@dataclass(frozen=True, slots=True)
class Identity:
    """One line under the person's name: `Rao Power House · Sales · Bengaluru East`."""

    partner: str = ""
    role: str = ""
    place: str = ""

    @property
    def line(self) -> str:
        return " · ".join(part for part in (self.partner, self.role, self.place) if part)


_loaders: list[Callable[[Actor], Identity]] = []
_role_names: dict[str, object] = {}


def register_identity_loader(loader: Callable[[Actor], Identity]) -> None:
    """Declare how an actor's partner, role and place are found. Called once, by the app that knows them."""
    _loaders[:] = [loader]


def register_role_names(names: Iterable[tuple[str, object]]) -> None:
    """Declare what the roles are called on pages."""
    _role_names.update({str(role): name for role, name in names})


def role_name(role: str) -> str:
    """What a role is called on a page."""
    return str(_role_names.get(str(role)) or str(role).replace("_", " ").capitalize())


def identity_of(actor: Actor) -> Identity:
    """The actor's line. Remembered for a minute: it stands on every page and changes once a year."""
    grants = salted_hmac("dnm.web.identity", repr(actor.grants)).hexdigest()[:16]
    key = f"identity:{actor.membership_id}:{grants}:{get_language()}"
    kept = cache.get(key)
    if kept is None:
        found = _loaders[0](actor) if _loaders else Identity(role=_roles_of(actor))
        kept = (found.partner, found.role, found.place)
        cache.set(key, kept, SECONDS)
    return Identity(*kept)


def _roles_of(actor: Actor) -> str:
    return ", ".join(sorted(map(role_name, actor.roles)))
