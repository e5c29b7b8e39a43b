"""What happens when a function is initialised: finding the handler, failing to, and what module code does."""

from __future__ import annotations

import sys

from tests.contract.runtimes.recording_api import Event
from tests.contract.runtimes.runtime_process import Case

ECHO = "def handler(event, context):\n    return event\n"

# None of these is loaded by a runtime before it imports the function.
SHADOWABLE = (
    "array",
    "bytecode_cache",
    "ctypes",
    "errno",
    "gc",
    "namespaces",
    "platform",
    "random",
    "resource",
    "select",
    "selectors",
    "shutil",
    "signal",
    "socket",
    "struct",
    "tempfile",
    "typing",
)
SHADOWING = Case(
    name="modules of the standard library that the function has of its own",
    source="import importlib\n"
    f"FOUND = [importlib.import_module(name) for name in {SHADOWABLE!r}]\n"
    "def handler(e, c):\n    return [m.__name__ for m in FOUND if not hasattr(m, 'MINE')]\n",
    files={f"{name}.py": "MINE = __name__\n" for name in SHADOWABLE},
)

INIT_CASES = [
    SHADOWING,
    Case(name="module is missing", handler="absent.handler"),
    Case(name="module imports what is missing", source="import nowhere\n"),
    Case(name="module imports a name that is missing", source="from os import nothing\n"),
    Case(name="handler is missing", source="x = 1\n", handler="app.handler"),
    Case(name="handler without a dot", source=ECHO, handler="handler"),
    Case(name="handler is empty", source=ECHO, handler=""),
    Case(name="handler without a module", source=ECHO, handler=".handler"),
    Case(name="handler without a function", source=ECHO, handler="app."),
    Case(name="handler in a folder", handler="folder/inner.handler", files={"folder/inner.py": ECHO}),
    Case(
        name="handler in a package",
        handler="package.inner.handler",
        files={"package/__init__.py": "", "package/inner.py": ECHO},
    ),
    Case(name="handler in a folder that starts with a dot", handler="../app.handler"),
    Case(name="built-in module", handler="sys.exit"),
    Case(name="module of the standard library", handler="json.dumps"),
    Case(name="syntax error", source="def handler(:\n    pass\n"),
    Case(name="syntax error in an imported module", source="import broken\n", files={"broken.py": "x = (\n"}),
    Case(name="tabs and spaces", source="if 1:\n\tx = 1\n        y = 2\n"),
    Case(name="null byte in the source", source="x = 1\0\n"),
    Case(name="exception at import", source="def fail():\n    raise ValueError('no start')\nfail()\n"),
    Case(name="exception at import, no message", source="raise Exception\n"),
    Case(name="exception at import, text beyond ASCII", source="raise Exception('é 😀')\n"),
    Case(
        name="exception at import, from 3.12",
        source="raise Exception('é')\n",
        environment={"AWS_EXECUTION_ENV": "AWS_Lambda_python3.12"},
    ),
    Case(
        name="exception at import, beyond Latin-1 from 3.12",
        source="raise Exception('é 😀')\n",
        environment={"AWS_EXECUTION_ENV": "AWS_Lambda_python3.12"},
        dies=True,
    ),
    Case(name="exception at import, as JSON log", source="1 / 0\n", environment={"AWS_LAMBDA_LOG_FORMAT": "JSON"}),
    Case(name="exception at import, framed", source="1 / 0\n", framed=True),
    Case(
        name="exception at import, framed JSON",
        source="1 / 0\n",
        framed=True,
        environment={"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "INFO"},
    ),
    Case(name="recursion at import", source="def f():\n    f()\nf()\n"),
    Case(name="sys.exit at import", source="import sys\nsys.exit(7)\n"),
    Case(name="sys.exit at import without a status", source="import sys\nsys.exit()\n"),
    Case(name="BaseException at import", source="raise BaseException('base')\n"),
    Case(name="init error refused", source="1 / 0\n", dies=True, events=(Event(report_status=403),)),
    Case(name="init error dropped", source="1 / 0\n", dies=True, events=(Event(report_status=0),)),
    Case(
        name="module names of the runtime are free",
        source="import context, faults, log_sink\n"
        "def handler(e, c):\n    return [context.MINE, faults.MINE, log_sink.MINE]\n",
        files=dict.fromkeys(("context.py", "faults.py", "log_sink.py"), "MINE = __name__\n"),
    ),
    Case(
        name="modules of the standard library replaced by the function's",
        source="import handler_lookup\ndef handler(e, c):\n    raise ValueError(handler_lookup.MINE)\n",
        files={
            "handler_lookup.py": "MINE = 1\n",
            "datetime.py": "raise SystemExit('datetime of the function')\n",
            # From Python 3.14 on logging, without which neither runtime can do, imports it.
            **({} if sys.version_info >= (3, 14) else {"dataclasses.py": "raise SystemExit('of the function')\n"}),
        },
    ),
]
