"""What happens once a transaction has committed: hints, live messages. None of it may harm what is done."""

from collections.abc import Callable
from typing import Any

import structlog
from django.db import transaction

log = structlog.get_logger(__name__)


def after_commit(function: Callable[..., Any], *arguments: Any) -> None:
    """Call `function(*arguments)` after the commit; at once outside a transaction. What it raises is logged.

    Not `on_commit(…, robust=True)`: to log a failure Django asks the hook for its `__qualname__`, which a
    `partial` has not. The request whose work was done ended as an error, and the hooks behind were lost.
    """

    def run() -> None:
        try:
            function(*arguments)
        except Exception:
            log.exception("failed after the commit", function=getattr(function, "__qualname__", ""))

    transaction.on_commit(run)
