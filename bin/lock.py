"""Compiles the lock files anew from pyproject.toml: `.venv/bin/python bin/lock.py [--upgrade]`.

Three locks, each a superset of the one before: production, demo, development. No address of an index goes
into them, so that they serve behind a mirror too.
"""

import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
LOCKS: tuple[tuple[str, list[str]], ...] = (
    ("requirements.lock", []),
    ("requirements-demo.lock", ["--extra=demo", "--constraint=requirements.lock"]),
    ("requirements-dev.lock", ["--extra=demo", "--extra=dev", "--constraint=requirements-demo.lock"]),
)
PLAIN = (
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
    "--no-header",
    "--strip-extras",
)


def main(arguments: list[str]) -> None:
    for name, options in LOCKS:
        base = [
            sys.executable,
            "-m",
            "piptools",
            "compile",
            "--quiet",
            "pyproject.toml",
            f"--output-file={name}",
        ]
        subprocess.run([*base, *PLAIN, *options, *arguments], cwd=TOP, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
