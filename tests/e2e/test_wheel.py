"""The wheel, installed where nothing of the checkout is: everything the program needs at run time is inside."""

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from email import message_from_string
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.e2e.conftest import MakeProject

CHECKOUT = Path(__file__).resolve().parents[2]
DEPENDENCIES = sysconfig.get_path("purelib")
"""Where this environment's packages are; the new one reads them from here, for the network is not needed twice."""


@dataclass(frozen=True, slots=True)
class Installed:
    program: Path
    python: Path
    site_packages: Path

    def run(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
        """``lambdatui`` as the wheel holds it; code of the checkout is out of its reach."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("LAMBDATUI_", "PYTHON"))}
        return subprocess.run(
            [self.program, *arguments], cwd=cwd, env=environ, capture_output=True, timeout=60, check=False
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    place = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=CHECKOUT, check=True, capture_output=True, timeout=60)
    (wheel,) = place.glob("lambdatui-*.whl")
    venv.create(place / "venv", symlinks=True, with_pip=True)
    bin_ = place / "venv/bin"
    # Step one of whoever installs it; the dependencies are there already, so nothing is downloaded.
    pip: list[str | Path] = [bin_ / "python", "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", wheel]
    subprocess.run(pip, check=True, capture_output=True, timeout=60)
    (site_packages,) = place.glob("venv/lib/python3*/site-packages")
    (site_packages / "dependencies.pth").write_text(f"import sys; sys.path.append({DEPENDENCIES!r})\n")
    return Installed(bin_ / "lambdatui", bin_ / "python", site_packages)


def test_the_installed_wheel_invokes_a_function(installed: Installed, project: MakeProject) -> None:
    root = project("def handler(event, context):\n    return {'from': context.function_name}\n")
    ran = installed.run("invoke", cwd=root)
    assert (ran.returncode, ran.stdout) == (0, b'{"from": "app"}')
    assert b"REPORT RequestId: " in ran.stderr


def test_what_the_wheel_requires_is_what_the_tests_run_with(installed: Installed) -> None:
    (metadata,) = installed.site_packages.glob("lambdatui-*.dist-info/METADATA")
    required = map(Requirement, message_from_string(metadata.read_text()).get_all("Requires-Dist", ()))
    wanted = [each for each in required if each.marker is None or each.marker.evaluate({"extra": ""})]
    assert wanted
    assert [str(each) for each in wanted if version(each.name) not in each.specifier] == []


def test_the_installed_wheel_brings_its_sample_events(installed: Installed, tmp_path: Path) -> None:
    shown = installed.run("events", "show", "http-get", cwd=tmp_path)
    assert b'"routeKey"' in shown.stdout


def test_the_installed_wheel_brings_the_examples_and_the_demo_is_made_of_them(
    installed: Installed, tmp_path: Path
) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "examples/orders", "examples/traps"],
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
        timeout=20,
    )
    package = installed.site_packages / "lambdatui"
    packed = {str(path.relative_to(package)) for path in (package / "examples").rglob("*") if path.is_file()}
    packed = {name for name in packed if "__pycache__" not in name}  # which pip has made
    assert packed == set(tracked.stdout.decode().split())
    program = "import sys; from lambdatui.cli import demo_project as p; print(p.write(p.Path(sys.argv[1])))"
    made = subprocess.run(
        [installed.python, "-c", program, tmp_path / "demo"], cwd=tmp_path, capture_output=True, timeout=20, check=False
    )
    assert made.returncode == 0, made.stderr.decode()
    assert list((tmp_path / "demo").rglob("__pycache__")) == []
    listed = installed.run("ls", str(tmp_path / "demo"), cwd=tmp_path)
    assert listed.stdout.count(b"python3.") == 4


def test_the_installed_wheel_holds_every_file_of_the_package(installed: Installed) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "lambdatui", "sample_events"], cwd=CHECKOUT, capture_output=True, check=True, timeout=20
    )
    expected = {name.removeprefix("lambdatui/") for name in tracked.stdout.decode().splitlines()}
    package = installed.site_packages / "lambdatui"
    packed = {str(path.relative_to(package)) for path in package.rglob("*") if path.is_file()}
    assert {name for name in packed if "__pycache__" not in name} >= expected
