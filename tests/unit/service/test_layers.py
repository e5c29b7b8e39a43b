"""Layers as they appear at /opt: order, modes, links, sizes, and what is copied again."""

import os
import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from lambdatui.model.function import Function
from lambdatui.model.ids import FunctionName
from lambdatui.project.zip_files import MAX_UNZIPPED_BYTES
from lambdatui.service.layers import LayerDirectories, LayersUnusable, merge_layers


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "state" / "layers"


def layer(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def zipped(path: Path, files: dict[str, str], *, mode: int = 0o644) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3
            entry.external_attr = mode << 16
            archive.writestr(entry, text)
    return path


def content(directory: Path) -> dict[str, str]:
    files = (path for path in sorted(directory.rglob("*")) if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_text() for path in files}


def large(path: Path, size_bytes: int) -> Path:
    """A file of this size that takes no room."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size_bytes)
    return path


def test_a_later_layer_wins_on_the_same_path_and_directories_are_united(tmp_path: Path, into: Path) -> None:
    first = layer(tmp_path / "a", {"python/shared.py": "first", "python/a.py": "a"})
    second = zipped(tmp_path / "b.zip", {"python/shared.py": "second", "bin/tool": "b"})

    assert content(merge_layers([first, second], into)) == {
        "bin/tool": "b",
        "python/a.py": "a",
        "python/shared.py": "second",
    }
    assert content(merge_layers([second, first], into))["python/shared.py"] == "first"


def test_a_file_in_the_place_of_an_earlier_layers_directory_replaces_it(tmp_path: Path, into: Path) -> None:
    first = layer(tmp_path / "a", {"lib/x/deep.txt": "a"})
    second = layer(tmp_path / "b", {"lib/x": "file"})

    assert content(merge_layers([first, second], into)) == {"lib/x": "file"}
    assert content(merge_layers([second, first], into)) == {"lib/x/deep.txt": "a"}


def test_one_directory_is_used_where_it_is(tmp_path: Path, into: Path) -> None:
    only = layer(tmp_path / "a", {"python/a.py": "a"})

    assert merge_layers([only], into) == only
    assert not into.exists()


def test_no_layers_are_an_empty_directory(into: Path) -> None:
    assert content(merge_layers([], into)) == {}


def test_executables_stay_executable(tmp_path: Path, into: Path) -> None:
    tool = layer(tmp_path / "a", {"bin/tool": "#!/bin/sh\n"}) / "bin" / "tool"
    tool.chmod(0o755)
    extension = zipped(tmp_path / "b.zip", {"extensions/agent": "#!/bin/sh\n"}, mode=0o755)

    merged = merge_layers([tmp_path / "a", extension], into)

    modes = [stat.S_IMODE((merged / name).stat().st_mode) for name in ("bin/tool", "extensions/agent")]
    assert modes == [0o755, 0o755]


def test_a_directory_that_nobody_may_write_to_is_merged_all_the_same(tmp_path: Path, into: Path) -> None:
    first = layer(tmp_path / "a", {"python/a.py": "a"})
    second = layer(tmp_path / "b", {"python/b.py": "b"})
    (first / "python").chmod(0o555)
    (second / "python").chmod(0o555)

    assert content(merge_layers([first, second], into)) == {"python/a.py": "a", "python/b.py": "b"}


def test_the_same_layers_are_copied_once(tmp_path: Path, into: Path) -> None:
    layers = [layer(tmp_path / "a", {"a": "1"}), layer(tmp_path / "b", {"b": "2"})]

    first = merge_layers(layers, into)
    (first / "mark").write_text("still the same directory")

    assert merge_layers(layers, into) == first
    assert [path.name for path in into.iterdir()] == [first.name]


def test_a_saved_file_makes_another_directory_and_leaves_the_older_one(tmp_path: Path, into: Path) -> None:
    layers = [layer(tmp_path / "a", {"a": "1"}), layer(tmp_path / "b", {"b": "2"})]
    before = merge_layers(layers, into)

    layer(tmp_path / "a", {"a": "one"})
    after = merge_layers(layers, into)

    assert (before / "a").read_text() == "1"
    assert (after / "a").read_text() == "one"


def test_a_link_inside_a_layer_stays_one_and_one_that_leads_out_becomes_what_it_leads_to(
    tmp_path: Path, into: Path
) -> None:
    outside = layer(tmp_path / "shared", {"common.py": "common"})
    only = layer(tmp_path / "a", {"lib/libx.so.1": "x"})
    (only / "lib" / "libx.so").symlink_to("libx.so.1")
    (only / "python").symlink_to(outside)

    merged = merge_layers([only], into)

    assert os.readlink(merged / "lib" / "libx.so") == "libx.so.1"
    assert not (merged / "python").is_symlink()
    assert (merged / "python" / "common.py").read_text() == "common"


def test_a_link_with_an_absolute_path_into_its_layer_points_into_the_copy(tmp_path: Path, into: Path) -> None:
    first = layer(tmp_path / "a", {"lib/libx.so.1": "x"})
    (first / "bin").mkdir()
    (first / "bin" / "x").symlink_to(first / "lib" / "libx.so.1")

    merged = merge_layers([first, layer(tmp_path / "b", {"b": ""})], into)

    assert os.readlink(merged / "bin" / "x") == "../lib/libx.so.1"


def test_a_link_to_the_directory_it_lies_in_ends(tmp_path: Path, into: Path) -> None:
    outside = layer(tmp_path / "shared", {"a.py": "a"})
    (outside / "again").symlink_to(outside)
    only = tmp_path / "layer"
    only.mkdir()
    (only / "python").symlink_to(outside)

    assert content(merge_layers([only], into)) == {"python/a.py": "a"}


def test_a_zip_that_leads_out_of_itself_is_refused(tmp_path: Path, into: Path) -> None:
    evil = zipped(tmp_path / "evil.zip", {"../../outside.txt": "x"})

    with pytest.raises(LayersUnusable, match="Could not unzip uploaded file"):
        merge_layers([evil], into)

    assert not list(tmp_path.rglob("outside.txt"))


def test_a_link_that_leads_out_once_another_layer_replaced_its_way_is_refused(tmp_path: Path, into: Path) -> None:
    first = layer(tmp_path / "a", {"x/y/file": "", "z/file": ""})
    (first / "link").symlink_to("x/y/../..")
    second = layer(tmp_path / "b", {"z/file": ""})
    (second / "x").mkdir()
    (second / "x" / "y").symlink_to("../z")

    with pytest.raises(LayersUnusable, match="leads out of /opt"):
        merge_layers([first, second, layer(tmp_path / "c", {"link/escaped.txt": "x"})], into)

    assert not list(into.parent.rglob("escaped.txt"))
    assert not list(into.glob(".unpacking-*"))


def test_six_layers_are_refused_in_the_services_words(tmp_path: Path, into: Path) -> None:
    with pytest.raises(LayersUnusable) as caught:
        merge_layers([tmp_path] * 6, into)

    assert caught.value.message == "Cannot reference more than 5 layers."


def test_layers_of_the_limit_pass_and_one_byte_more_is_refused(tmp_path: Path, into: Path) -> None:
    large(tmp_path / "a" / "model.bin", MAX_UNZIPPED_BYTES)
    assert merge_layers([tmp_path / "a"], into) == tmp_path / "a"

    large(tmp_path / "a" / "model.bin", MAX_UNZIPPED_BYTES + 1)
    with pytest.raises(LayersUnusable) as caught:
        merge_layers([tmp_path / "a"], into)

    assert caught.value.message == "Layers consume more than the available size of 262144000 bytes"


def test_code_counts_to_the_limit(tmp_path: Path, into: Path) -> None:
    code = large(tmp_path / "code" / "app.py", MAX_UNZIPPED_BYTES - 10).parent
    ten = layer(tmp_path / "ten", {"a": "0123456789"})
    eleven = layer(tmp_path / "eleven", {"a": "01234567890"})

    assert merge_layers([ten], into, code_dir=code) == ten
    with pytest.raises(LayersUnusable) as caught:
        merge_layers([eleven], into, code_dir=code)

    assert caught.value.message == (
        "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. "
        "The actual size is 262144001 bytes."
    )


def test_a_layer_that_is_gone_is_named(tmp_path: Path, into: Path) -> None:
    with pytest.raises(LayersUnusable, match="layers/gone does not exist"):
        merge_layers([tmp_path / "layers" / "gone"], into)


def test_what_tools_leave_in_a_layer_is_not_copied(tmp_path: Path, into: Path) -> None:
    first = layer(tmp_path / "a", {"python/a.py": "", "python/__pycache__/a.pyc": "", ".git/HEAD": ""})

    assert content(merge_layers([first, layer(tmp_path / "b", {"b": ""})], into)) == {"b": "", "python/a.py": ""}


def function_with(*layers: Path) -> Function:
    return Function(name=FunctionName("fn"), runtime="python3.12", handler="a.h", code_path=layers[0], layers=layers)


def test_layers_are_looked_at_once_per_revision(tmp_path: Path, into: Path) -> None:
    function = function_with(layer(tmp_path / "a", {"a": "1"}), layer(tmp_path / "b", {"b": "2"}))
    directories = LayerDirectories(into)
    first = directories.of(function, 1, tmp_path / "code")
    layer(tmp_path / "a", {"a": "one"})

    same, other = directories.of(function, 1, tmp_path / "code"), directories.of(function, 2, tmp_path / "code")

    assert first is not None
    assert other is not None
    assert same == first
    assert content(other)["a"] == "one"


def test_merged_layers_that_were_removed_by_hand_are_merged_again(tmp_path: Path, into: Path) -> None:
    function = function_with(layer(tmp_path / "a", {"a": "1"}), layer(tmp_path / "b", {"b": "2"}))
    directories = LayerDirectories(into)
    first = directories.of(function, 1, tmp_path / "code")
    shutil.rmtree(into)

    assert directories.of(function, 1, tmp_path / "code") == first
    assert first is not None
    assert first.is_dir()


def test_a_function_without_layers_has_no_directory(tmp_path: Path, into: Path) -> None:
    function = Function(name=FunctionName("fn"), runtime="python3.12", handler="a.h", code_path=tmp_path)

    assert LayerDirectories(into).of(function, 1, tmp_path) is None
