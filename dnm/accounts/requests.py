"""What the middleware puts on a request, for the type checker's sake."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from dnm.accounts.actors import Actor

if TYPE_CHECKING:
    from dnm.accounts.models import Network


class PortalRequest(HttpRequest):
    """A request after the middleware: its id, its network (None on the bare host), its actor.

    `waiting` is the actor of a member who has yet to give the second factor that the network asks for; there
    is no `actor` then.

    `htmx` is what the browser's htmx says of itself, false for a whole page. `counted` holds what the page
    has counted of the sidebar's badges.
    """

    id: str
    network: "Network | None"
    actor: Actor | None
    waiting: Actor | None
    htmx: Any
    counted: dict[str, int]
