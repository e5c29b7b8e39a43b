"""From an error document to a file and a line on this machine, and from there to what an editor is told."""

import json
from pathlib import Path

import pytest

from lambdatui.model.function import Function
from lambdatui.model.ids import FunctionName
from lambdatui.tui.calls import Refusal
from lambdatui.tui.editor_commands import editor_command
from lambdatui.tui.source_places import SourcePlace, failing_line, handler_place, on_this_machine


def python(*frames: str, message: str = "no") -> bytes:
    return json.dumps({"errorType": "ValueError", "errorMessage": message, "stackTrace": list(frames)}).encode()


OWN = '  File "/var/task/app.py", line 4, in handler\n    save(order)\n'
DEEPER = '  File "/var/task/shop/orders.py", line 17, in save\n    raise ValueError\n'
BUNDLED = '  File "/var/task/site-packages/lib.py", line 99, in parse\n    raise\n'
LANGUAGE = '  File "/var/lang/lib/python3.12/json/decoder.py", line 355, in raw_decode\n    raise\n'


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (python(OWN, DEEPER), ("/var/task/shop/orders.py", 17)),
        (python(OWN, DEEPER, BUNDLED, LANGUAGE), ("/var/task/shop/orders.py", 17)),
        (python(LANGUAGE), ("/var/lang/lib/python3.12/json/decoder.py", 355)),
        (python('  File "/var/task/app.py" Line 3\n    def (\n'), ("/var/task/app.py", 3)),
        (python(message="Syntax error in module 'app': '(' was never closed (app.py, line 12)"), ("app.py", 12)),
        (
            json.dumps(
                {
                    "errorType": "TypeError",
                    "trace": [
                        "TypeError: x is not a function",
                        "    at parse (/var/task/node_modules/lib/index.js:7:1)",
                        "    at Runtime.handler (/var/task/index.mjs:3:9)",
                        "    at file:///var/runtime/index.mjs:1173:29",
                    ],
                }
            ).encode(),
            ("/var/task/index.mjs", 3),
        ),
        (python(), None),
        (b"[1]", None),
        (b"boom", None),
    ],
)
def test_innermost_line_of_the_functions_own_code_is_blamed(document: bytes, found: tuple[str, int] | None) -> None:
    assert failing_line(document) == found


def function(root: Path, handler: str = "shop.app.handler", runtime: str = "python3.12") -> Function:
    return Function(name=FunctionName("f"), runtime=runtime, handler=handler, code_path=root)


def test_file_of_the_environment_is_the_projects_file(tmp_path: Path) -> None:
    (tmp_path / "app.py").touch()
    place = SourcePlace(file=tmp_path / "app.py", line=4)
    assert on_this_machine(function(tmp_path), "/var/task/app.py", 4) == place
    assert on_this_machine(function(tmp_path), "app.py", 4) == place
    assert on_this_machine(function(tmp_path), str(tmp_path / "app.py"), 4) == place


def test_file_that_is_not_here_and_code_in_a_zip_are_told(tmp_path: Path) -> None:
    gone = on_this_machine(function(tmp_path), "/opt/python/layer.py", 4)
    (tmp_path / "code.zip").touch()
    packed = on_this_machine(function(tmp_path / "code.zip"), "/var/task/app.py", 4)
    assert isinstance(gone, Refusal)
    assert isinstance(packed, Refusal)
    assert (gone.message, packed.message) == (
        "/opt/python/layer.py is not on this machine",
        "/var/task/app.py is inside code.zip",
    )


def test_handler_is_found_where_it_is_defined(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/app.py").write_text("import os\n\n\ndef handler(event, context):\n    return 1\n")
    (tmp_path / "index.mjs").write_text("// hi\nexport const handler = async () => 1;\n")
    assert handler_place(function(tmp_path)) == SourcePlace(file=tmp_path / "shop/app.py", line=4)
    assert handler_place(function(tmp_path, "index.handler", "nodejs22.x")) == SourcePlace(
        file=tmp_path / "index.mjs", line=2
    )
    assert isinstance(handler_place(function(tmp_path, "nowhere.handler")), Refusal)


@pytest.mark.parametrize(
    ("editor", "arguments", "in_terminal"),
    [
        ("vi", "vi +7 /a/b.py", True),
        ("/usr/bin/nvim -u NONE", "/usr/bin/nvim -u NONE +7 /a/b.py", True),
        ("nano", "nano +7 /a/b.py", True),
        ("emacs -nw", "emacs -nw +7 /a/b.py", True),
        ("hx", "hx /a/b.py:7", True),
        ("code --wait", "code --wait --goto /a/b.py:7", False),
        ("subl", "subl /a/b.py:7", False),
        ("zed", "zed /a/b.py:7", False),
        ("pycharm", "pycharm --line 7 /a/b.py", False),
        ("gvim", "gvim +7 /a/b.py", False),
        ("my-editor", "my-editor /a/b.py", True),
    ],
)
def test_each_editor_is_told_the_line_in_its_own_way(editor: str, arguments: str, in_terminal: bool) -> None:
    command = editor_command(editor, Path("/a/b.py"), 7)
    assert (" ".join(command.arguments), command.in_terminal) == (arguments, in_terminal)
