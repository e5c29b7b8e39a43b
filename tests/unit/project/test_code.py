"""Code on disk: unpacking, hashing and measuring it."""

import base64
import hashlib
import stat
import zipfile
from pathlib import Path

import pytest

from lambdatui.model.function import Function
from lambdatui.model.ids import FunctionName
from lambdatui.project.code import CodeUnusable, code_dir, code_sha256, code_size_bytes
from lambdatui.project.zip_files import MAX_UNZIPPED_BYTES


def function_of(code_path: Path, inline_code: str | None = None) -> Function:
    return Function(
        name=FunctionName("fn"), runtime="python3.12", handler="app.h", code_path=code_path, inline_code=inline_code
    )


def zip_of(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def add_link(path: Path, name: str, target: str) -> None:
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(entry, target)


def test_a_directory_is_used_where_it_is(tmp_path: Path) -> None:
    assert code_dir(function_of(tmp_path), tmp_path / "cache") == tmp_path


def test_a_zip_is_unpacked_once_under_its_content_hash(tmp_path: Path) -> None:
    function = function_of(zip_of(tmp_path / "code.zip", {"app.py": "x = 1", "lib/a.py": "y = 2"}))

    first = code_dir(function, tmp_path / "cache")
    first.joinpath("app.py").write_text("changed")
    second = code_dir(function, tmp_path / "cache")

    assert first == second
    assert (second / "app.py").read_text() == "changed"
    assert (second / "lib" / "a.py").read_text() == "y = 2"
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [first.name]


def test_a_zip_built_again_is_unpacked_again(tmp_path: Path) -> None:
    function = function_of(zip_of(tmp_path / "code.zip", {"app.py": "x = 1"}))
    first = code_dir(function, tmp_path / "cache")

    zip_of(tmp_path / "code.zip", {"app.py": "x = 2"})

    second = code_dir(function, tmp_path / "cache")
    assert second != first
    assert (second / "app.py").read_text() == "x = 2"


def test_an_executable_in_a_zip_stays_executable(tmp_path: Path) -> None:
    path = tmp_path / "code.zip"
    entry = zipfile.ZipInfo("bootstrap")
    entry.external_attr = (stat.S_IFREG | 0o755) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, "#!/bin/sh\n")

    unpacked = code_dir(function_of(path), tmp_path / "cache")

    assert stat.S_IMODE((unpacked / "bootstrap").stat().st_mode) == 0o755


@pytest.mark.parametrize("name", ["../escaped.py", "/tmp/escaped.py", "a/../../escaped.py", "..\\escaped.py"])
def test_an_entry_that_leads_out_of_the_code_is_refused(tmp_path: Path, name: str) -> None:
    function = function_of(zip_of(tmp_path / "code.zip", {"app.py": "", name: "x"}))

    with pytest.raises(CodeUnusable, match="leads out of the code"):
        code_dir(function, tmp_path / "cache" / "deep")

    assert not list(tmp_path.rglob("escaped.py"))
    assert not list((tmp_path / "cache" / "deep").iterdir())


def test_a_link_inside_the_code_is_kept(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "code.zip", {"lib/real.py": "x = 1"})
    add_link(path, "alias.py", "lib/real.py")

    unpacked = code_dir(function_of(path), tmp_path / "cache")

    assert (unpacked / "alias.py").read_text() == "x = 1"


LINKS_OUT: dict[str, dict[str, str]] = {
    "absolute": {"out": "/etc"},
    "upwards": {"out": "../.."},
    "through-another": {"a/b/top": "../..", "out": "a/b/top/.."},
}


@pytest.mark.parametrize("links", LINKS_OUT.values(), ids=LINKS_OUT)
def test_a_link_out_of_the_code_is_refused(tmp_path: Path, links: dict[str, str]) -> None:
    path = zip_of(tmp_path / "code.zip", {"a/b/file": ""})
    for name, target in links.items():
        add_link(path, name, target)

    with pytest.raises(CodeUnusable, match="leads out of the code"):
        code_dir(function_of(path), tmp_path / "cache")

    assert not list((tmp_path / "cache").iterdir())


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    path = tmp_path / "code.zip"
    zip_of(path, {})
    add_link(path, "dir", str(outside))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("dir/file.py", "x")

    with pytest.raises(CodeUnusable):
        code_dir(function_of(path), tmp_path / "cache")

    assert not list(outside.iterdir())


def test_a_zip_that_unpacks_to_too_much_gets_the_services_text(tmp_path: Path) -> None:
    path = tmp_path / "code.zip"
    block = b"\0" * (1024 * 1024)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("big", "w") as big:
        for _ in range(MAX_UNZIPPED_BYTES // len(block) + 1):
            big.write(block)

    with pytest.raises(CodeUnusable) as raised:
        code_dir(function_of(path), tmp_path / "cache")

    assert raised.value.message == "Unzipped size must be smaller than 262144000 bytes"


def test_a_damaged_zip_gets_the_services_text(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "code.zip", {"app.py": "x = 1" * 1000})
    raw = bytearray(path.read_bytes())
    raw[40] ^= 0xFF
    path.write_bytes(raw)

    with pytest.raises(CodeUnusable) as raised:
        code_dir(function_of(path), tmp_path / "cache")

    assert raised.value.message == ("Could not unzip uploaded file. Please check your file, then try to upload again.")


def test_code_that_went_away_is_told(tmp_path: Path) -> None:
    with pytest.raises(CodeUnusable, match="does not exist"):
        code_dir(function_of(tmp_path / "gone"), tmp_path / "cache")


def test_inline_code_is_laid_out_as_index(tmp_path: Path) -> None:
    function = function_of(tmp_path / "template.yaml", "def handler(e, c): pass")

    first, second = (code_dir(function, tmp_path / "cache") for _ in range(2))

    assert first == second
    assert (first / "index.py").read_text() == "def handler(e, c): pass"


def test_the_hash_of_a_zip_is_the_one_that_lambda_shows(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "code.zip", {"app.py": "x = 1"})

    assert code_sha256(function_of(path)) == base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()
    assert code_size_bytes(function_of(path)) == path.stat().st_size


def test_the_hash_of_a_directory_ignores_what_tools_leave_there(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1")
    before = code_sha256(function_of(tmp_path)), code_size_bytes(function_of(tmp_path))

    for name in ("__pycache__", ".git", ".venv", ".lambdatui"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("x")
    (tmp_path / "app.pyc").write_text("x")

    assert (code_sha256(function_of(tmp_path)), code_size_bytes(function_of(tmp_path))) == before
    assert before[1] == 5


@pytest.mark.parametrize("change", ["content", "name", "boundary"])
def test_the_hash_of_a_directory_changes_with_any_name_or_content(tmp_path: Path, change: str) -> None:
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("2")
    before = code_sha256(function_of(tmp_path))

    match change:
        case "content":
            (tmp_path / "a").write_text("2")
        case "name":
            (tmp_path / "a").rename(tmp_path / "c")
        case "boundary":
            (tmp_path / "a").write_text("")
            (tmp_path / "b").write_text("12")

    assert code_sha256(function_of(tmp_path)) != before
