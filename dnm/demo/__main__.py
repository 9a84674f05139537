"""`python -m dnm.demo` runs the demo, `python -m dnm.demo reset` deletes its data."""

import os
import sys

from dnm.demo.supervisor import reset, run


def main(arguments: list[str]) -> int:
    if arguments == ["reset"]:
        return reset()
    port = os.environ.get("PORT", "") or "8000"
    if arguments or not port.isdigit() or not 0 < int(port) < 65536:
        print("Usage: PORT=8000 python -m dnm.demo [reset]", file=sys.stderr)
        return 2
    return run(int(port))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
