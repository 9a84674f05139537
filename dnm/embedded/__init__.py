"""Real PostgreSQL and Valkey from wheels, so that a newcomer installs neither.

The lowest floor: imports nothing of dnm. Serves the demo, the tests and a developer's shell; production
brings its own servers and never runs this code.

- `python -m dnm.embedded start|stop|status|remove|run -- CMD` is the command line.
- `running()` is the same for Python: servers up for the length of a block.
- `addresses()` says where the servers of this checkout answer, for the settings to fall back on.
- `binaries()` is the folder of `psql`, `pg_dump` and `pg_restore`.

What holds: the application only ever gets the roles `dnm_owner`, `dnm_app` and `dnm_backup`. The superuser
of the cluster cannot log in at all; the roles are made in single-user mode, before the server first answers.
"""

from dnm.embedded.errors import EmbeddedError
from dnm.embedded.places import data, postgres_binaries
from dnm.embedded.servers import Addresses, addresses, remove, running, start, status, stop

binaries = postgres_binaries

__all__ = [
    "Addresses",
    "EmbeddedError",
    "addresses",
    "binaries",
    "data",
    "remove",
    "running",
    "start",
    "status",
    "stop",
]
