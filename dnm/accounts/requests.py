"""What the middleware puts on a request, for the type checker's sake."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from dnm.accounts.actors import Actor

if TYPE_CHECKING:
    from dnm.accounts.models import Network


class PortalRequest(HttpRequest):
    """A request after the middleware: its id, its network (None on the bare host), its actor.

    `htmx` is what the browser's htmx says of itself, false for a whole page. `counted` holds what the page
    has counted of the sidebar's badges.
    """

    id: str
    network: "Network | None"
    actor: Actor | None
    htmx: Any
    counted: dict[str, int]
