"""What reaches the log, as lines on stdout and as frames on the telemetry descriptor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.contract.runtimes.recording_api import Event
from tests.contract.runtimes.runtime_process import Case

LOGGING = """
import logging, os, sys
logging.warning("while importing")
log = logging.getLogger("mine")
class Thing:
    def __repr__(self): return "a thing"
def fail():
    raise ValueError("inner é")
def handler(event, context):
    print("printed")
    log.debug("debug"); log.info("info %s", 1); log.warning("warning é"); log.error("error"); log.critical("critical")
    log.log(35, "between"); log.log(5, "low"); log.log(99, "high")
    log.warning({"as": "dict", "n": Thing()}); log.warning("%(a)s", {"a": 1}); log.warning(Thing())
    log.warning("several\\nlines\\n"); log.warning("")
    log.error("extra", extra={"order": 5, "thing": Thing(), "none": None, "errorType": "mine", "level": "odd"})
    try:
        fail()
    except ValueError:
        log.exception("caught"); log.info("with info", exc_info=True)
    log.warning("stack", stack_info=False)
    context.log("plain"); context.log(Thing())
    sys.stdout.write("no newline"); sys.stderr.write("to stderr\\n"); print("joined", end="")
    os.write(1, b"|raw|"); sys.stdout.writelines(["a", "b\\n"])
    return [sys.stdout.write(""), "_LAMBDA_TELEMETRY_LOG_FD" in os.environ]
"""
FORMATS = {
    "defaults": {},
    "level only": {"AWS_LAMBDA_LOG_LEVEL": "INFO"},
    "text": {"AWS_LAMBDA_LOG_FORMAT": "Text", "AWS_LAMBDA_LOG_LEVEL": "TRACE"},
    "JSON": {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "DEBUG"},
    "JSON without a level": {"AWS_LAMBDA_LOG_FORMAT": "json"},
    "level that does not exist": {"AWS_LAMBDA_LOG_LEVEL": "loud"},
    "fatal": {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "FATAL"},
}
OTHERS = [
    Case(
        name="uncaught exception in every format",
        source="def handler(e, c):\n    def inner():\n        raise ValueError('bad\\n    thing é')\n    inner()\n",
    ),
    Case(
        name="uncaught exception without message",
        source="def handler(e, c):\n    raise ValueError\n",
    ),
    Case(name="bad result", source="def handler(e, c):\n    return object()\n"),
    Case(
        name="record that cannot be formatted",
        source="import logging\ndef handler(e, c):\n    logging.warning('%d', 'x')\n",
    ),
    Case(
        name="exception record outside of an exception",
        source="import logging\ndef handler(e, c):\n    logging.exception('nothing')\n",
    ),
    Case(
        name="own level, own formatter",
        source="import logging\nroot = logging.getLogger()\nroot.setLevel('DEBUG')\n"
        "root.handlers[0].setFormatter(logging.Formatter('%(levelname)s|%(aws_request_id)s|%(message)s|%(asctime)s'))\n"
        "def handler(e, c):\n    logging.debug('x')\n    return [type(h).__name__ for h in root.handlers]\n",
    ),
    Case(
        name="second handler on the root logger",
        source="import logging, sys\nsecond = logging.StreamHandler(sys.stdout)\n"
        "second.setFormatter(logging.Formatter('2|%(levelname)s|%(levelno)s|%(message)s'))\n"
        "logging.getLogger().addHandler(second)\ndef handler(e, c):\n    logging.log(35, 'x')\n",
    ),
    Case(
        name="basicConfig has no effect, with force it has",
        source="import logging, sys\nlogging.basicConfig(level='DEBUG')\n"
        "def handler(e, c):\n    logging.info('no')\n"
        "    logging.basicConfig(level='DEBUG', format='%(message)s', force=True, stream=sys.stdout)\n"
        "    logging.info('yes')\n    c.log('bare\\n')\n",
    ),
    Case(
        name="records of a tenant",
        source="import logging\ndef handler(e, c):\n    logging.warning('x')\n",
        events=(Event(headers={"Lambda-Runtime-Aws-Tenant-Id": "blue"}), Event()),
    ),
    Case(
        name="record from a thread and from a logger that does not propagate",
        source="import logging, threading\nquiet = logging.getLogger('quiet')\nquiet.propagate = False\n"
        "def handler(e, c):\n    t = threading.Thread(target=logging.warning, args=('threaded',), name='worker')\n"
        "    t.start()\n    t.join()\n    quiet.warning('unseen')\n",
    ),
    Case(
        name="large record",
        source="import logging\ndef handler(e, c):\n    logging.warning('x' * 60_000)\n",
    ),
    Case(
        name="stdout replaced by the function",
        source="import io, logging, sys\nsys.stdout = io.StringIO()\n"
        "def handler(e, c):\n    logging.warning('x')\n    return len(sys.stdout.getvalue().split())\n",
    ),
    Case(
        name="warnings and unawaited coroutines go to stderr",
        source="import warnings\nasync def lost(): pass\n"
        "def handler(e, c):\n    lost()\n    warnings.warn('careful')\n",
    ),
]


def _in_every_format() -> Iterator[Case]:
    for format_name, environment in FORMATS.items():
        for framed in (False, True):
            channel = "framed" if framed else "stdout"
            yield Case(
                name=f"logging, {format_name}, {channel}", source=LOGGING, environment=environment, framed=framed
            )
    for case in OTHERS:
        yield replace(case, name=f"{case.name}, text")
        yield replace(case, name=f"{case.name}, framed text", framed=True)
        as_json = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "INFO"}
        yield replace(case, name=f"{case.name}, framed JSON", framed=True, environment=as_json)


LOG_CASES = list(_in_every_format())
