"""What is found in layers to be executed."""

from pathlib import Path

import pytest

from lambdatui.sandbox.protocol import SandboxPaths
from lambdatui.service.opt_files import NoEntrypoint, custom_bootstrap, external_extensions, fork_exec

PATHS = SandboxPaths(task_root="/var/task", opt="/opt", runtime_dir="/var/runtime", tmp="/tmp")


def put(path: Path, mode: int = 0o755) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(mode)


def test_extensions_are_the_files_directly_in_their_folder_by_name(tmp_path: Path) -> None:
    put(tmp_path / "extensions" / "zebra")
    put(tmp_path / "extensions" / "Alpha", 0o644)
    put(tmp_path / "extensions" / "alpha")
    put(tmp_path / "extensions" / "folder" / "inner")
    (tmp_path / "extensions" / "link").symlink_to(tmp_path)
    assert external_extensions(tmp_path) == ("Alpha", "alpha", "link", "zebra")


@pytest.mark.parametrize("make", [lambda path: None, lambda path: put(path)])
def test_layer_without_a_folder_of_extensions_has_none(tmp_path: Path, make: object) -> None:
    make(tmp_path / "extensions")  # type: ignore[operator]
    assert external_extensions(tmp_path) == ()


def test_bootstrap_of_the_code_comes_before_that_of_a_layer(tmp_path: Path) -> None:
    code, layers = tmp_path / "code", tmp_path / "layers"
    put(layers / "bootstrap")
    assert custom_bootstrap(code, layers, PATHS) == ("/opt/bootstrap",)
    put(code / "bootstrap")
    assert custom_bootstrap(code, layers, PATHS) == ("/var/task/bootstrap",)


def test_bootstrap_that_cannot_be_executed_hides_that_of_a_layer(tmp_path: Path) -> None:
    put(tmp_path / "code" / "bootstrap", 0o644)
    put(tmp_path / "layers" / "bootstrap")
    with pytest.raises(NoEntrypoint, match="fork/exec /var/task/bootstrap: permission denied"):
        custom_bootstrap(tmp_path / "code", tmp_path / "layers", PATHS)


def test_no_bootstrap_anywhere_is_told_with_the_places_that_were_looked_at(tmp_path: Path) -> None:
    with pytest.raises(NoEntrypoint, match=r"valid bootstrap\(s\): \[/var/task/bootstrap /opt/bootstrap\]"):
        custom_bootstrap(tmp_path, None, PATHS)


def test_kernels_refusal_is_told_in_the_words_of_the_service() -> None:
    assert fork_exec("/var/task/bootstrap: Exec format error") == "fork/exec /var/task/bootstrap: exec format error"
