"""The one error of this package."""


class EmbeddedError(RuntimeError):
    """A server cannot be started, found or stopped; the message says in plain words what to do."""
