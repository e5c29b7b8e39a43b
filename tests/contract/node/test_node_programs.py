"""Which Node.js runs a function, among programs that only say their version, and with which options."""

from __future__ import annotations

from pathlib import Path

import pytest

from lambdatui.runtimes.interpreters import InterpreterNotFound, UnsupportedRuntime
from lambdatui.runtimes.node_programs import find_node, node_path, node_program


def install(path: Path, version: str) -> Path:
    """A program that says it is this version of Node.js."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho v{version}\n")
    path.chmod(0o755)
    return path


def environ(home: Path, **more: str) -> dict[str, str]:
    return {"HOME": str(home), "PATH": str(home / "bin"), **more}


def test_node_on_the_path_is_taken_where_its_version_fits(tmp_path: Path) -> None:
    on_path = install(tmp_path / "bin" / "node", "22.1.0")
    found = find_node("nodejs22.x", tmp_path, environ(tmp_path))
    assert (found.executable, found.version, found.found_by) == (str(on_path), (22, 1, 0), "PATH")


def test_node_home_comes_before_the_path(tmp_path: Path) -> None:
    install(tmp_path / "bin" / "node", "22.1.0")
    wanted = install(tmp_path / "own" / "bin" / "node", "22.0.0")
    found = find_node("nodejs22.x", tmp_path, environ(tmp_path, NODE_HOME=str(tmp_path / "own")))
    assert found.executable == str(wanted)


@pytest.mark.parametrize(
    ("manager", "path"),
    [
        ("nvm", ".nvm/versions/node/v22.9.1/bin/node"),
        ("fnm", ".local/share/fnm/node-versions/v22.9.1/installation/bin/node"),
        ("fnm", ".fnm/node-versions/v22.9.1/installation/bin/node"),
        ("volta", ".volta/tools/image/node/22.9.1/bin/node"),
        ("asdf", ".asdf/installs/nodejs/22.9.1/bin/node"),
        ("mise", ".local/share/mise/installs/node/22.9.1/bin/node"),
        ("nodenv", ".nodenv/versions/22.9.1/bin/node"),
    ],
)
def test_version_managers_keep_it_where_they_install(manager: str, path: str, tmp_path: Path) -> None:
    install(tmp_path / "bin" / "node", "20.0.0")
    wanted = install(tmp_path / path, "22.9.1")
    found = find_node("nodejs22.x", tmp_path, environ(tmp_path))
    assert (found.executable, found.found_by) == (str(wanted), manager)


def test_variable_of_a_version_manager_says_where_it_installs(tmp_path: Path) -> None:
    wanted = install(tmp_path / "prefix" / "n" / "versions" / "node" / "22.9.1" / "bin" / "node", "22.9.1")
    found = find_node("nodejs22.x", tmp_path, environ(tmp_path, N_PREFIX=str(tmp_path / "prefix")))
    assert (found.executable, found.found_by) == (str(wanted), "n")


def test_newest_release_of_the_version_is_taken(tmp_path: Path) -> None:
    for version in ("22.9.1", "22.10.0", "22.2.0", "23.0.0"):
        install(tmp_path / ".nvm" / "versions" / "node" / f"v{version}" / "bin" / "node", version)
    assert find_node("nodejs22.x", tmp_path, environ(tmp_path)).version == (22, 10, 0)


@pytest.mark.parametrize("folder", [".asdf/shims", ".volta/bin"])
def test_shims_are_never_started(folder: str, tmp_path: Path) -> None:
    install(tmp_path / folder / "node", "22.1.0")
    with pytest.raises(InterpreterNotFound):
        find_node("nodejs22.x", tmp_path, environ(tmp_path, PATH=str(tmp_path / folder)))


def test_program_that_cannot_be_run_is_named_and_passed_over(tmp_path: Path) -> None:
    broken = tmp_path / "bin" / "node"
    broken.parent.mkdir()
    broken.write_bytes(b"\x7fELF nonsense")
    broken.chmod(0o755)
    with pytest.raises(InterpreterNotFound) as caught:
        find_node("nodejs22.x", tmp_path, environ(tmp_path))
    assert f"{broken} (cannot be run)" in caught.value.looked


def test_where_none_fits_the_error_names_what_is_there_and_how_to_install(tmp_path: Path) -> None:
    other = install(tmp_path / "bin" / "node", "20.3.0")
    install(tmp_path / "bin" / "fnm", "0.0.0")
    with pytest.raises(InterpreterNotFound) as caught:
        find_node("nodejs22.x", tmp_path, environ(tmp_path))
    assert f"{other} (is Node 20.3.0)" in str(caught.value)
    assert caught.value.hint == "`fnm install 22`"


def test_nvm_is_a_shell_function_and_known_by_its_script(tmp_path: Path) -> None:
    (tmp_path / ".nvm").mkdir()
    (tmp_path / ".nvm" / "nvm.sh").touch()
    with pytest.raises(InterpreterNotFound) as caught:
        find_node("nodejs22.x", tmp_path, environ(tmp_path))
    assert caught.value.hint == "`nvm install 22`"


@pytest.mark.parametrize("runtime", ["python3.12", "nodejs", "nodejs16.x", "provided.al2023"])
def test_other_runtimes_are_refused(runtime: str, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedRuntime):
        find_node(runtime, tmp_path, environ(tmp_path))


def test_program_has_the_options_that_lambda_gives_for_the_memory(tmp_path: Path) -> None:
    node = str(install(tmp_path / "bin" / "node", "18.20.0"))
    executable, program = node_program("nodejs18.x", tmp_path, memory_mb=512, environ=environ(tmp_path))
    assert executable == node
    assert program == (
        *(node, "--expose-gc", "--max-http-header-size", "81920", "--max-semi-space-size=25"),
        *("--max-old-space-size=461", "/var/runtime/index.mjs"),
    )


@pytest.mark.parametrize(
    ("version", "node_options", "disabled"),
    [
        ("20.16.0", "", []),
        ("20.17.0", "", ["require-module"]),
        ("22.12.0", "", ["require-module", "detect-module"]),
        ("22.12.0", "--enable-source-maps --experimental-require-module", ["detect-module"]),
        ("24.0.0", "--experimental-detect-module", ["require-module"]),
        ("26.0.0", "", []),
    ],
)
def test_experiments_are_off_as_on_lambda_unless_the_function_wants_them(
    version: str, node_options: str, disabled: list[str], tmp_path: Path
) -> None:
    install(tmp_path / "bin" / "node", version)
    runtime = f"nodejs{version.split('.')[0]}.x"
    _, program = node_program(runtime, tmp_path, node_options=node_options, environ=environ(tmp_path))
    prefix = "--no-experimental-"
    assert [option.removeprefix(prefix) for option in program if option.startswith(prefix)] == disabled


def test_packages_are_looked_for_in_layers_first() -> None:
    assert node_path("nodejs22.x") == (
        "/opt/nodejs/node22/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task"
    )
