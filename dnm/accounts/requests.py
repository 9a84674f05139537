"""What our middleware puts on a request, for the type checker's sake."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

from dnm.accounts.actors import Actor

if TYPE_CHECKING:
    from dnm.accounts.models import Network


class PortalRequest(HttpRequest):
    """A request after the middleware: its id, its network (None on the bare host), its actor."""

    id: str
    network: "Network | None"
    actor: Actor | None
