"""ASGI entry point: `/events/` natively, everything else through the WSGI application.

One process serves one interface, so the demo's single port runs this under granian. In production a proxy
sends only `/events/` here and the rest to `dnm.wsgi`, which is several times faster on pages.
"""

import os
from functools import partial
from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dnm.settings")
pages_over_wsgi = get_wsgi_application()  # sets Django up, which the next import needs

from dnm.notifications.live.application import Events  # noqa: E402

EVENTS_PATH = "/events/"
PAGE_THREADS = 8

events = Events()
pages: Any = WSGIMiddleware(pages_over_wsgi, workers=PAGE_THREADS, send_queue_size=0)  # type: ignore[arg-type]
"""No limit on the queue: with one, a client that leaves within a body could hold its thread for ever."""


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Route one connection."""
    match scope["type"]:
        case "lifespan":
            await events.lifespan(receive, send)
        case "http" if scope["path"] == EVENTS_PATH:
            await events(scope, receive, send)
        case "http":
            await pages(scope, partial(_next_part, receive), send)
        case _:
            await send({"type": "websocket.close", "code": 1000})


async def _next_part(receive: Any) -> Any:
    """A coroutine, which a2wsgi needs to read a body; granian's `receive` returns a future."""
    return await receive()
