"""Makes the checkout ready: virtual environment, locked packages, front-end assets, a browser for the tests.

Runs on a bare Python 3.11 and nothing else. `make` calls it before everything; a step whose inputs have not
changed since it was last done is skipped, so that a second run takes no time.

    python3 bin/setup.py demo|dev|browser|chromium
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

TOP = Path(__file__).resolve().parent.parent
VENV = TOP / ".venv"
PYTHON = VENV / "bin" / "python"
DONE = VENV / "dnm-setup.json"
OLDEST = (3, 11)
LOCKS = {"demo": ["demo"], "dev": ["demo", "dev"]}
"""What each lock contains: the development lock is the demo's and more."""
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_BROWSER = """\
The browser tests need Chromium, and none was found. Install it (Debian and Ubuntu: apt-get install chromium;
Fedora: dnf install chromium), or let Playwright fetch its own:
.venv/bin/python -m playwright install chromium"""
PLAYWRIGHTS_OWN = """\
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def main(arguments: list[str]) -> None:
    what = arguments[0] if arguments else "demo"
    if what == "chromium":
        print(find_chromium())
    elif what == "browser":
        browser()
    elif what in LOCKS:
        packages(what)
        assets()
    else:
        fail(f"cannot set up {what!r}: say demo, dev, browser or chromium")


def fail(text: str) -> NoReturn:
    sys.exit(f"\nsetup: {text}")


def run(*command: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=TOP, env=env
    )


def step(title: str, *command: str | Path) -> None:
    """Runs one command, says how long it took, and shows its output only if it fails."""
    print(f"setup: {title} …", end=" ", flush=True)
    began = time.monotonic()
    answer = run(*command)
    if answer.returncode != 0:
        print("failed")
        fail(f"{answer.stdout}\nThis failed: {' '.join(map(str, command))}")
    print(f"{time.monotonic() - began:.0f} s", flush=True)


# Virtual environment and packages


def packages(what: str) -> None:
    lock = f"requirements-{what}.lock"
    locked = {name: digest(TOP / f"requirements-{name}.lock") for name in LOCKS[what]}
    sound = healthy()
    if sound and locked.items() <= done().items():
        return
    if not sound:
        make_environment()
    options = ("--disable-pip-version-check", "--quiet", "-r", lock)
    step(f"installing what {lock} names", PYTHON, "-m", "pip", "install", *options)
    note(**locked)


def healthy() -> bool:
    """Whether the environment is there and its interpreter still runs, with a version that we support."""
    probe = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    return PYTHON.exists() and run(PYTHON, "-c", probe).returncode == 0


def make_environment() -> None:
    if sys.version_info < OLDEST:
        fail(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}. Name another: make PYTHON=…")
    if VENV.exists():
        shutil.rmtree(VENV)
    if not has_venv():
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if not apt_install(package) or not has_venv():
            fail(f"This Python cannot make virtual environments. On Debian: sudo apt-get install {package}")
    step("making a virtual environment in .venv", sys.executable, "-m", "venv", VENV)


def has_venv() -> bool:
    return run(sys.executable, "-c", "import ensurepip, venv").returncode == 0


def done() -> dict[str, str]:
    """The hashes of the inputs of what was done here before."""
    try:
        return dict(json.loads(DONE.read_text()))
    except (OSError, ValueError):
        return {}


def note(**hashes: str) -> None:
    DONE.write_text(json.dumps({**done(), **hashes}))


def digest(*files: Path) -> str:
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.read_bytes() if file.exists() else b"-")
    return whole.hexdigest()


# Front-end assets


def assets() -> None:
    inputs = ("package.json", "package-lock.json", "bin/assets.py", "static/icons.txt")
    state = digest(*(TOP / name for name in inputs))
    if done().get("assets") == state and (TOP / "static" / "vendor" / "icons.svg").exists():
        return
    step("fetching the front-end assets", PYTHON, "bin/assets.py")
    note(assets=state)


# Browser


def browser() -> None:
    """The system's Chromium, else Debian's package, else Playwright's own."""
    if find_chromium() or (apt_install("chromium") and find_chromium()):
        return
    print("setup: fetching Playwright's Chromium …", flush=True)
    if run(PYTHON, "-m", "playwright", "install", "chromium").returncode != 0 or not find_chromium():
        fail(NO_BROWSER)


def find_chromium() -> str:
    """The path of a browser that the tests can drive; empty if there is none."""
    if os.environ.get("CHROMIUM"):
        return os.environ["CHROMIUM"]
    for name in CHROMIUM:
        found = shutil.which(name)
        if found:
            return found
    path = run(PYTHON, "-c", PLAYWRIGHTS_OWN).stdout.strip()
    return path if path and Path(path).exists() else ""


def apt_install(package: str) -> bool:
    """Installs a Debian package; False where that cannot be done."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"setup: installing {package} with apt …", end=" ", flush=True)
    began = time.monotonic()
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "update", "-qq", env=environment)
    answer = run("apt-get", "install", "-y", "-qq", "--no-install-recommends", package, env=environment)
    print(
        f"{time.monotonic() - began:.0f} s" if answer.returncode == 0 else f"failed\n{answer.stdout[-2000:]}"
    )
    return answer.returncode == 0


if __name__ == "__main__":
    main(sys.argv[1:])
