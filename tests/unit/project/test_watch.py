"""Saves on the real file system. Nothing sleeps: every test waits for the batch that it is about."""

import asyncio
import os
import shutil
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from lambdatui.model.ids import FunctionName
from lambdatui.project.load import load_project
from lambdatui.project.watch import CodeChange, CodeWatch

MakeProject = Callable[[dict[str, str]], Path]
Saved = Callable[[CodeWatch, Callable[[], object]], Awaitable[CodeChange]]

HANDLER = "def handler(event, context):\n    return 1\n"
TEMPLATE = """\
Globals: {Function: {Runtime: python3.12, Handler: app.handler}}
Resources:
  One: {Type: AWS::Serverless::Function, Properties: {CodeUri: one}}
  Two: {Type: AWS::Serverless::Function, Properties: {CodeUri: two}}
"""


@pytest.fixture
def root(make_project: MakeProject) -> Path:
    files = {"template.yaml": TEMPLATE, "one/app.py": HANDLER, "one/lib/a.py": "", "two/app.py": HANDLER}
    return make_project(files)


async def first_change(watch: CodeWatch, act: Callable[[], object], about: str) -> CodeChange:
    """The first batch after ``act`` that names a file called ``about``."""
    act()
    return await change_that(watch, lambda change: any(path.name == about for path in change.files))


async def change_that(watch: CodeWatch, fits: Callable[[CodeChange], bool]) -> CodeChange:
    async for change in watch.changes():
        if fits(change):
            return change
    raise AssertionError("the watch ended")


def only(name: str) -> frozenset[FunctionName]:
    return frozenset({FunctionName(name)})


def replace(path: Path, text: str) -> None:
    """What vim, PyCharm and most tools do: write another file and rename it onto the old one."""
    other = path.with_name(f"{path.name}___jb_tmp___")
    other.write_text(text)
    other.rename(path)


async def test_a_save_names_the_function_and_the_file(root: Path) -> None:
    with CodeWatch(load_project(root)) as watch:
        change = await first_change(watch, lambda: (root / "one/app.py").write_text("x = 1\n"), "app.py")

    assert change == CodeChange(functions=only("One"), files=(root / "one/app.py",), config_changed=False)


async def test_a_save_in_a_subdirectory_is_noticed(root: Path) -> None:
    with CodeWatch(load_project(root)) as watch:
        change = await first_change(watch, lambda: (root / "one/lib/a.py").write_text("x = 1\n"), "a.py")

    assert change.functions == {"One"}


async def test_a_save_by_renaming_names_the_file_and_not_the_temporary_one(root: Path) -> None:
    with CodeWatch(load_project(root)) as watch:
        change = await first_change(watch, lambda: replace(root / "one/app.py", "x = 1\n"), "app.py")

    assert change.files == (root / "one/app.py",)


async def test_saves_by_renaming_are_noticed_again_and_again(root: Path) -> None:
    with CodeWatch(load_project(root)) as watch:
        for number in range(5):
            text = f"x = {number}\n"
            change = await first_change(watch, lambda text=text: replace(root / "one/app.py", text), "app.py")  # type: ignore[misc]
            assert change.functions == {"One"}


async def test_a_deleted_file_is_noticed(root: Path) -> None:
    with CodeWatch(load_project(root)) as watch:
        change = await first_change(watch, (root / "one/lib/a.py").unlink, "a.py")

    assert change.functions == {"One"}


async def test_code_shared_by_functions_concerns_them_all(make_project: MakeProject) -> None:
    root = make_project(
        {"template.yaml": TEMPLATE.replace("two", "one/lib"), "one/app.py": HANDLER, "one/lib/a.py": ""}
    )

    with CodeWatch(load_project(root)) as watch:
        change = await first_change(watch, lambda: (root / "one/lib/a.py").write_text("x = 1\n"), "a.py")

    assert change.functions == {"One", "Two"}


async def test_a_file_in_a_new_directory_is_noticed_and_so_is_its_next_save(root: Path) -> None:
    def make() -> None:
        (root / "one/new/deep").mkdir(parents=True)
        (root / "one/new/deep/b.py").write_text("x = 1\n")

    with CodeWatch(load_project(root)) as watch:
        first = await first_change(watch, make, "b.py")
        second = await first_change(watch, lambda: (root / "one/new/deep/b.py").write_text("x = 2\n"), "b.py")

    assert first.functions == second.functions == {"One"}
    assert second.files == (root / "one/new/deep/b.py",)


async def test_a_replaced_code_directory_is_noticed_and_followed(root: Path, tmp_path: Path) -> None:
    built = tmp_path / "built"
    built.mkdir()
    (built / "app.py").write_text("x = 1\n")

    def swap() -> None:
        shutil.rmtree(root / "one")
        built.rename(root / "one")

    with CodeWatch(load_project(root)) as watch:
        swapped = await first_change(watch, swap, "one")
        saved = await first_change(watch, lambda: (root / "one/app.py").write_text("x = 2\n"), "app.py")

    assert swapped.functions == saved.functions == {"One"}


async def test_a_code_directory_behind_a_link_is_watched_where_it_is(root: Path, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere"
    (root / "one").rename(real)
    (root / "one").symlink_to(real)

    with CodeWatch(load_project(root)) as watch:
        change = await first_change(watch, lambda: (real / "app.py").write_text("x = 1\n"), "app.py")

    assert change == CodeChange(functions=only("One"), files=(root / "one/app.py",), config_changed=False)


async def test_a_link_to_code_that_is_pointed_elsewhere_is_noticed_and_followed(root: Path, tmp_path: Path) -> None:
    for version in ("v1", "v2"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "app.py").write_text(HANDLER)
    shutil.rmtree(root / "one")
    (root / "one").symlink_to(tmp_path / "v1")

    def repoint() -> None:
        (root / "next").symlink_to(tmp_path / "v2")
        (root / "next").rename(root / "one")

    with CodeWatch(load_project(root)) as watch:
        repointed = await first_change(watch, repoint, "one")
        saved = await first_change(watch, lambda: (tmp_path / "v2/app.py").write_text("x = 2\n"), "app.py")

    assert repointed.functions == saved.functions == {"One"}


async def test_a_file_that_the_code_links_to_is_watched(root: Path, tmp_path: Path) -> None:
    (tmp_path / "shared.py").write_text("")
    (root / "one/shared.py").symlink_to(tmp_path / "shared.py")

    with CodeWatch(load_project(root)) as watch:
        change = await first_change(watch, lambda: (tmp_path / "shared.py").write_text("x = 1\n"), "shared.py")

    assert change.functions == {"One"}


async def test_a_zip_that_is_built_again_is_noticed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    archive = shutil.make_archive(str(root / "code"), "zip", tmp_path / "one")
    (root / "template.yaml").write_text(TEMPLATE.replace("CodeUri: one", "CodeUri: code.zip"))

    with CodeWatch(load_project(root)) as watch:
        change = await first_change(watch, lambda: replace(Path(archive), "new"), "code.zip")

    assert change.functions == {"One"}


@pytest.mark.parametrize("name", ["template.yaml", "lambdatui.toml", ".env"])
async def test_a_changed_or_new_configuration_file_concerns_the_project(root: Path, name: str) -> None:
    with CodeWatch(load_project(root)) as watch:
        change = await first_change(watch, lambda: replace(root / name, "# x\n"), name)

    assert change == CodeChange(functions=frozenset(), files=(root / name,), config_changed=True)


@pytest.mark.parametrize(
    "noise",
    [
        "__pycache__/a.pyc",
        ".git/index",
        ".venv/lib/a.py",
        ".lambdatui/spool",
        ".app.py.swp",
        "4913",
        "app.py~",
        "a.pyc",
    ],
)
async def test_noise_is_never_reported(root: Path, noise: str) -> None:
    path = root / "one" / noise

    def write() -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
        path.unlink()
        (root / "one/app.py").write_text("x = 1\n")

    with CodeWatch(load_project(root)) as watch:
        change = await first_change(watch, write, "app.py")

    assert change.files == (root / "one/app.py",)


async def test_the_engines_own_files_are_not_even_watched(make_project: MakeProject) -> None:
    root = make_project({"app.py": HANDLER, ".lambdatui/spool/log": "", "node_modules/x/a.js": ""})

    with CodeWatch(load_project(root)) as watch:
        assert [path for path in watch.watched if ".lambdatui" in path or "node_modules" in path] == []


async def test_after_a_reload_the_new_functions_code_is_watched(root: Path) -> None:
    def add_function() -> None:
        (root / "three").mkdir()
        (root / "three/app.py").write_text(HANDLER)
        text = TEMPLATE + "  Three: {Type: AWS::Serverless::Function, Properties: {CodeUri: three}}\n"
        (root / "template.yaml").write_text(text)

    with CodeWatch(load_project(root)) as watch:
        changed = await first_change(watch, add_function, "template.yaml")
        watch.follow(load_project(root))
        saved = await first_change(watch, lambda: replace(root / "three/app.py", "x = 1\n"), "app.py")

    assert changed.config_changed
    assert saved.functions == {"Three"}


async def test_a_save_before_the_first_wait_is_not_lost(root: Path) -> None:
    with CodeWatch(load_project(root)) as watch:
        (root / "one/app.py").write_text("x = 1\n")

        change = await first_change(watch, lambda: None, "app.py")

    assert change.functions == {"One"}


async def test_a_new_handler_in_a_project_without_configuration_means_reading_it_again(
    make_project: MakeProject,
) -> None:
    root = make_project({"src/app.py": HANDLER})

    def add() -> None:
        (root / "other").mkdir()
        (root / "other/app.py").write_text(HANDLER)

    with CodeWatch(load_project(root)) as watch:
        change = await first_change(watch, add, "app.py")

    assert change.config_changed


async def test_a_save_of_a_known_handler_does_not_mean_reading_the_project_again(make_project: MakeProject) -> None:
    root = make_project({"src/app.py": HANDLER})

    with CodeWatch(load_project(root)) as watch:
        saved = await first_change(watch, lambda: (root / "src/app.py").write_text(f"\n\n{HANDLER}"), "app.py")
        (root / "src/app.py").write_text(HANDLER.replace("handler", "lambda_handler"))
        renamed = await change_that(watch, lambda change: change.config_changed)

    assert saved == CodeChange(functions=only("src"), files=(root / "src/app.py",), config_changed=False)
    assert renamed.files == (root / "src/app.py",)


async def test_a_cancelled_watch_can_be_closed_at_once(root: Path) -> None:
    with CodeWatch(load_project(root)) as watch:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await anext(watch.changes())

        change = await first_change(watch, lambda: (root / "one/app.py").write_text("x = 1\n"), "app.py")

    assert change.functions == {"One"}


async def test_a_directory_that_vanishes_does_not_end_the_watch(root: Path) -> None:
    with CodeWatch(load_project(root)) as watch:
        gone = await first_change(watch, lambda: shutil.rmtree(root / "two"), "two")
        saved = await first_change(watch, lambda: (root / "one/app.py").write_text("x = 1\n"), "app.py")

    assert "Two" in gone.functions
    assert saved.functions == {"One"}


async def test_a_save_while_a_reload_is_going_on_is_not_lost(root: Path) -> None:
    with CodeWatch(load_project(root)) as watch:
        await first_change(watch, lambda: replace(root / "template.yaml", TEMPLATE), "template.yaml")
        project = load_project(root)
        (root / "two/app.py").write_text("x = 1\n")
        watch.follow(project)

        change = await first_change(watch, lambda: None, "app.py")

    assert change.functions == {"Two"}


def test_no_descriptor_is_left_behind(root: Path) -> None:
    project = load_project(root)
    before = len(os.listdir("/proc/self/fd"))

    for _ in range(20):
        with CodeWatch(project):
            pass

    while (
        len(os.listdir("/proc/self/fd")) > before
    ):  # the watchers' own threads close them; a leak ends in the time-out
        os.sched_yield()


LAYERED = """\
Globals: {Function: {Runtime: python3.12, Handler: app.handler}}
Resources:
  Common: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: common}}
  Tools: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: tools.zip}}
  One: {Type: AWS::Serverless::Function, Properties: {CodeUri: one, Layers: [!Ref Common]}}
  Two: {Type: AWS::Serverless::Function, Properties: {CodeUri: two, Layers: [!Ref Common, !Ref Tools]}}
"""


@pytest.fixture
def layered(make_project: MakeProject) -> Path:
    files = {"template.yaml": LAYERED, "one/app.py": HANDLER, "two/app.py": HANDLER, "common/python/shared.py": ""}
    root = make_project({**files, "common/nodejs/node_modules/shared/index.js": ""})
    with zipfile.ZipFile(root / "tools.zip", "w") as archive:
        archive.writestr("bin/tool", "")
    return root


@pytest.mark.parametrize("name", ["python/shared.py", "nodejs/node_modules/shared/index.js"])
async def test_a_save_in_a_layer_concerns_the_functions_that_use_it(layered: Path, name: str) -> None:
    saved = layered / "common" / name
    with CodeWatch(load_project(layered)) as watch:
        change = await first_change(watch, lambda: saved.write_text("1\n"), saved.name)

    assert change == CodeChange(functions=frozenset({*only("One"), *only("Two")}), files=(saved,), config_changed=False)


async def test_a_layers_zip_that_is_built_again_is_noticed(layered: Path, tmp_path: Path) -> None:
    built = Path(shutil.copy(layered / "tools.zip", tmp_path / "built.zip"))
    with CodeWatch(load_project(layered)) as watch:
        change = await first_change(watch, lambda: built.rename(layered / "tools.zip"), "tools.zip")

    assert change.functions == only("Two")


async def test_what_a_tool_keeps_beside_a_functions_code_is_still_not_watched(make_project: MakeProject) -> None:
    root = make_project({"template.yaml": TEMPLATE, "one/app.py": HANDLER, "two/node_modules/x/index.js": ""})

    with CodeWatch(load_project(root)) as watch:
        assert not [path for path in watch.watched if "node_modules" in path]
