"""The project of ``lambdatui demo``: a copy of handlers from the examples, so that nothing of the user's is touched."""

import shutil
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_INSTALLED = _PACKAGE / "examples"
_CHECKOUT = _PACKAGE.parent / "examples"

_HANDLERS = ("orders/api", "orders/batch", "traps/work_after_return", "traps/lost_globals")
_TOML = """\
[project]
name = "demo"

[functions.orders-api]
handler = "app.lambda_handler"
code_uri = "api"

[functions.order-worker]
handler = "app.lambda_handler"
code_uri = "batch"

[functions.work-after-return]
handler = "app.handler"
code_uri = "work_after_return"

[functions.lost-globals]
handler = "app.handler"
code_uri = "lost_globals"
timeout = 1
"""


def examples() -> Path:
    """Of the wheel, or of the checkout."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


def write(root: Path) -> Path:
    """Into ``root``, which is made; the runtime is the Python that runs this. Returns the file that is saved anew."""
    root.mkdir(parents=True)
    for handler in _HANDLERS:
        folder = root / Path(handler).name
        folder.mkdir()
        shutil.copyfile(examples() / handler / "app.py", folder / "app.py")
    (root / "lambdatui.toml").write_text(_TOML, encoding="utf-8")
    return root / "api" / "app.py"


def save_again(handler: Path) -> None:
    """As an editor does on saving: the file changes, the function does what it did."""
    handler.write_text(handler.read_text(encoding="utf-8") + "\n# saved during the demo\n", encoding="utf-8")
