"""What happens to invocations: events, results, errors, the context object, the connection."""

from __future__ import annotations

import json
import signal

from tests.contract.runtimes.recording_api import Event
from tests.contract.runtimes.runtime_process import Case

ECHO = "def handler(event, context):\n    return event\n"
SHOW_EVENT = "def handler(event, context):\n    return [type(event).__name__, repr(event)]\n"
PYTHON_312 = {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.12"}
TEXTS = '"é \\u2028 \\ud83d\\ude00 \\u007f \\u0001 \\" / \\\\"'.encode()

CLIENT_CONTEXT = {
    "client": {"installation_id": "i", "app_title": "t", "app_version_name": "v", "app_version_code": "c", "x": 1},
    "custom": {"k": "v"},
    "env": {"locale": "de"},
    "w3c": {"traceparent": "00-aa-bb-01", "baggage": 3, "other": "no"},
}
SHOW_CONTEXT = """
def handler(event, context):
    remaining = context.get_remaining_time_in_millis()
    identity, client = context.identity, context.client_context and context.client_context.client
    return {
        "attributes": {name: repr(value) for name, value in sorted(vars(context).items()) if name[0] != "_"},
        "repr": repr(context),
        "remaining": [type(remaining).__name__, remaining > 0],
        "client": repr(client),
        "types": [type(context).__name__, type(identity).__name__, type(client).__name__],
        "w3c": context.w3c(),
        "identity": [identity.cognito_identity_id, identity.cognito_identity_pool_id],
    }
"""
RESULTS = r"""
import collections, datetime, decimal, enum
Decimal, inf, nan = decimal.Decimal, float("inf"), float("nan")
Pair = collections.namedtuple("Pair", "left right")
class Level(enum.IntEnum): LOW = 1
class Colour(str, enum.Enum): RED = "red"
class Odd(int):
    def __int__(self): return 7
class Row(dict):
    def _asdict(self): return [1]
class Shy:
    def _asdict(self): raise TypeError("not now")
class Rude:
    def _asdict(self): raise ValueError("never")
def circle():
    ring = []
    ring.append(ring)
    return ring
def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value
RESULTS = [
    None, "é\u2028\U0001f600\x7f\x01\"/\\", [nan, inf, -inf], [1e100, 0.1, -0.0, 1e16, 5e-324], 10**40, 10**5000,
    [Decimal("1.10"), Decimal("NaN"), Decimal("-sNaN"), Decimal("Infinity")], Decimal("2.50"), {Decimal("1"): 1},
    Pair(1, [Pair(2, (3,))]), [b"x\xc3\xa9", {b"k": b"v"}], [b"\xff"], [Level.LOW, Colour.RED], [Odd(3)],
    {1: 1, 1.5: 2, True: 3, None: 4, "s": 5, nan: 6}, {(1,): 1}, {1}, datetime.datetime(2020, 1, 1), bytearray(b"x"),
    circle(), nested(5000), [[], {}, (), "", 0, False], collections.OrderedDict(a=[()]),
    collections.defaultdict(list, a=[{}]), Row(a=1), Shy(), Rude(), object, 1j, iter(()), lambda: 0,
]
def handler(event, context):
    return len(RESULTS) if event is None else RESULTS[event]
"""
RESULTS_COUNT = 31
BAD_JSON = [
    *(
        "",
        " ",
        "{",
        '{"a"',
        '{"a":',
        '{"a":1',
        '{"a":1,',
        '{"a":1,}',
        "{a:1}",
        '{"a" 1}',
        '{"a":1 "b":2}',
        '{"a":1, b}',
    ),
    *("[", "[1", "[1,", "[1,]", "[1 2]", "[,]", '"abc', '"a\\', '"a\\x"', '"\\u12"', '"\\ud83d\\u12"', '"a\nb"', "nul"),
    *("NaN", "[NaN]", "-Infinity", "-", "01", "1.", "{} x", '\n\n{"a":x}', "[1,\n 2,,3]", "{'a':1}", '{"a":1}}'),
    *("\u00a0{}", "\ufeff{", "[" * 5000, '{"a":' * 5000, "9" * 5000, '[{"a":[1,2],"b":{}},[]'),
]
GOOD_JSON = [
    "\ufeff{}",
    '{"a":1,"a":2}',
    "1E2",
    "-0.0",
    '"\\ud800"',
    "[1e400, 123456789012345678901234567890]",
    " \n[ ] \t",
]


def _json(*values: object) -> tuple[Event, ...]:
    return tuple(Event(body=json.dumps(value).encode()) for value in values)


def _raw(*texts: str) -> tuple[Event, ...]:
    return tuple(Event(body=text.encode()) for text in texts)


INVOCATION_CASES = [
    Case(name="event comes back", source=ECHO, events=_json({"a": [1, 2.5, None, True]}, [], "x", 0, None)),
    Case(name="text is escaped before 3.12", source=ECHO, events=(Event(body=TEXTS),)),
    Case(name="text is not escaped from 3.12", source=ECHO, events=(Event(body=TEXTS),), environment=PYTHON_312),
    Case(name="results before 3.12", source=RESULTS, events=_json(None, *range(RESULTS_COUNT))),
    Case(name="results from 3.12", source=RESULTS, events=_json(None, *range(RESULTS_COUNT)), environment=PYTHON_312),
    Case(name="bytes as result", source="def handler(e, c):\n    return b'\\x00\\xff raw'\n"),
    Case(name="lone surrogate as result", source="def handler(e, c):\n    return '\\ud800'\n"),
    Case(name="lone surrogate from 3.12", source="def handler(e, c):\n    return '\\ud800'\n", environment=PYTHON_312),
    Case(name="events that are not JSON", source=SHOW_EVENT, events=_raw(*BAD_JSON)),
    Case(name="events that are JSON after all", source=SHOW_EVENT, events=_raw(*GOOD_JSON)),
    Case(name="event that is not UTF-8", source=SHOW_EVENT, events=(Event(body=b'{"a": "\xff"}'),)),
    Case(
        name="other content types are passed as bytes",
        source=SHOW_EVENT,
        events=tuple(
            Event(body=b'{"a": 1}', headers={"Content-Type": kind})
            for kind in ("text/plain", "application/json; charset=utf-8", "Application/JSON", "application/cbor")
        ),
    ),
    Case(name="large event and result", source=ECHO, events=_json("x" * 5_900_000, "é" * 300_000)),
    Case(name="chunked event", source=ECHO, events=(Event(body=b'{"a": 1}', chunked=True), Event())),
    Case(
        name="attempt ids are echoed",
        source="def handler(e, c):\n    return 1 / e\n",
        events=(
            Event(body=b"1", headers={"Lambda-Runtime-Invocation-Id": "attempt-1"}),
            Event(body=b"0", headers={"Lambda-Runtime-Invocation-Id": "attempt-2"}),
            Event(body=b"0"),
        ),
    ),
    Case(name="context with nothing optional", source=SHOW_CONTEXT),
    Case(
        name="context with everything",
        source=SHOW_CONTEXT,
        events=(
            Event(
                headers={
                    "Lambda-Runtime-Client-Context": json.dumps(CLIENT_CONTEXT),
                    "Lambda-Runtime-Cognito-Identity": '{"cognitoIdentityId":"id","cognitoIdentityPoolId":"pool"}',
                    "Lambda-Runtime-Aws-Tenant-Id": "blue",
                }
            ),
        ),
    ),
    Case(
        name="client context in odd forms",
        source=SHOW_CONTEXT,
        events=tuple(
            Event(headers={"Lambda-Runtime-Client-Context": text})
            for text in ("{}", "null", '{"client": {}}', '{"custom": "é"}', "[1]", '"x"', "{", "", '{"client": ""}')
        ),
    ),
    Case(
        name="cognito identity in odd forms",
        source=SHOW_CONTEXT,
        events=tuple(Event(headers={"Lambda-Runtime-Cognito-Identity": text}) for text in ("{}", "null", "[]", "nope")),
    ),
    Case(
        name="deadline that has passed, or is missing",
        source="def handler(e, c):\n    return c.get_remaining_time_in_millis()\n",
        events=(
            Event(headers={"Lambda-Runtime-Deadline-Ms": "1000"}),
            Event(headers={"Lambda-Runtime-Deadline-Ms": None}),
        ),
    ),
    Case(
        name="function ARN that is missing",
        source="def handler(e, c):\n    return c.invoked_function_arn\n",
        events=(Event(headers={"Lambda-Runtime-Invoked-Function-Arn": None}),),
    ),
    Case(
        name="context follows the environment variables",
        source="import os\ndef handler(e, c):\n"
        "    os.environ['AWS_LAMBDA_FUNCTION_NAME'] = 'other'\n    return c.function_name\n",
        events=(Event(), Event()),
    ),
    Case(
        name="trace id is set and taken away",
        source="import os\nimported = os.environ.get('_X_AMZN_TRACE_ID')\n"
        "def handler(e, c):\n    return [imported, os.environ.get('_X_AMZN_TRACE_ID')]\n",
        events=(Event(), Event(), Event(headers={"Lambda-Runtime-Trace-Id": None}), Event()),
    ),
    Case(name="raises", source="def handler(e, c):\n    raise ValueError('bad value')\n", events=(Event(), Event())),
    Case(name="raises, empty message", source="def handler(e, c):\n    raise KeyError\n"),
    Case(
        name="raises, text of several lines",
        source="def handler(e, c):\n    raise ValueError('one\\n  two\\r\\nthree')\n",
    ),
    Case(name="raises, text beyond ASCII", source="def handler(e, c):\n    raise ValueError('é \\u2028 😀')\n"),
    Case(
        name="raises, text beyond ASCII from 3.12",
        source="def handler(e, c):\n    raise ValueError('é 😀')\n",
        environment=PYTHON_312,
    ),
    Case(
        name="raises from another exception",
        source="def handler(e, c):\n    try:\n        {}['k']\n"
        "    except KeyError as first:\n        raise ValueError('second') from first\n",
    ),
    Case(
        name="raises in a helper of another module",
        source="import other\nclass Boom(Exception): pass\n"
        "def handler(e, c):\n    other.call(lambda: boom())\ndef boom():\n    raise Boom('x')\n",
        files={"other.py": "def call(what):\n\n    return what(\n    )\n"},
    ),
    Case(
        name="raises in a module called bootstrap",
        source="",
        handler="bootstrap.handler",
        files={
            "bootstrap.py": "import app2\ndef handler(e, c):\n    app2.fail()\n",
            "app2.py": "def fail():\n    1 / 0\n",
        },
    ),
    Case(name="raises where there is no source", source="exec('def handler(e, c):\\n    1 / 0')\n"),
    Case(
        name="raises with notes and groups",
        source="def handler(e, c):\n    raise ExceptionGroup('g', [ValueError(1)])\n",
    ),
    Case(name="recursion without end", source="def handler(e, c):\n    return handler(e, c)\n"),
    Case(
        name="X-Ray cause too large to travel",
        source="def handler(e, c):\n    raise ValueError('x' * int(e))\n",
        events=_json(1_000_000, 1_048_576),
    ),
    Case(
        name="exception that cannot be shown",
        source="class E(Exception):\n    def __str__(self): raise RuntimeError('no')\n"
        "def handler(e, c):\n    raise E\n",
    ),
    Case(name="handler with too few parameters", source="def handler(event):\n    return 1\n"),
    Case(name="handler that is not callable", source="handler = 5\n"),
    Case(name="async handler", source="async def handler(e, c):\n    return 1\n"),
    Case(name="generator handler", source="def handler(e, c):\n    yield 1\n"),
    Case(
        name="callable object as handler",
        source="class H:\n    def __call__(self, e, c): return 'called'\nhandler = H()\n",
    ),
    Case(name="sys.exit in the handler", source="import sys\ndef handler(e, c):\n    sys.exit(e)\n", events=_json(3)),
    Case(name="sys.exit without a status", source="import sys\ndef handler(e, c):\n    sys.exit()\n"),
    Case(name="sys.exit with a message", source="import sys\ndef handler(e, c):\n    sys.exit('bye')\n"),
    Case(name="os._exit in the handler", source="import os\ndef handler(e, c):\n    os._exit(4)\n"),
    Case(name="KeyboardInterrupt in the handler", source="def handler(e, c):\n    raise KeyboardInterrupt\n"),
    Case(name="BaseException in the handler", source="def handler(e, c):\n    raise BaseException('base')\n"),
    Case(
        name="atexit functions run at sys.exit",
        source="import atexit, sys\natexit.register(print, 'at exit')\ndef handler(e, c):\n    sys.exit(1)\n",
    ),
    *(
        Case(
            name=f"signal between invocations, {execution_env}",
            source="import os, signal, sys\n"
            "def stop(number, frame):\n    os.write(1, b'stopping\\n')\n    sys.exit(9)\n"
            "signal.signal(signal.SIGTERM, stop)\ndef handler(e, c):\n    return e\n",
            environment={"AWS_EXECUTION_ENV": execution_env},
            signal_when_idle=signal.SIGTERM,
        )
        for execution_env in ("AWS_Lambda_python3.11", "AWS_Lambda_python3.12")
    ),
    Case(
        name="signal without a handler between invocations",
        source=ECHO,
        signal_when_idle=signal.SIGTERM,
    ),
    Case(name="response refused as too large", source=ECHO, events=(Event(report_status=413), Event())),
    Case(name="error refused", source="def handler(e, c):\n    1 / 0\n", events=(Event(report_status=403), Event())),
    Case(name="next refused", source=ECHO, events=(Event(), Event(next_status=500), Event())),
    Case(name="next dropped on a new connection", source=ECHO, events=(Event(next_status=0),)),
    Case(name="next dropped on a used connection", source=ECHO, events=(Event(), Event(next_status=0), Event())),
    Case(name="response dropped", source=ECHO, events=(Event(report_status=0), Event())),
    Case(name="idle connection closed", source=ECHO, events=(Event(close_after_report=True), Event())),
    Case(
        name="request id missing", source=ECHO, events=(Event(headers={"Lambda-Runtime-Aws-Request-Id": None}), Event())
    ),
]
