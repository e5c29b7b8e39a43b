"""What functions write: `console` in both formats and at every level, framed and not, and the records of failures."""

from __future__ import annotations

import itertools

from tests.contract.node.node_process import Case, Generation
from tests.contract.runtimes.recording_api import Event

WRITE = r"""
console.log('while loading');
const circle = { name: 'c' }; circle.self = circle;
class Custom extends Error { constructor(m) { super(m); this.code = 'E1'; } }
const error = new Custom('boom'); error.stack = 'Custom: boom\n    at f (/var/task/a.js:1:2)';
const second = new Error('second'); second.stack = 'Error: second';
exports.handler = async () => {
  for (const level of ['trace', 'debug', 'info', 'log', 'warn', 'error', 'fatal']) console[level](level, { n: 1 });
  console.log(); console.log(undefined); console.log(null); console.log(42); console.log('%s is %d%%', 'a', 1);
  console.log('two\nlines'); console.log({ nested: { deep: { deeper: { deepest: 1 } } } }); console.log(['é']);
  console.log(error); console.log('failed:', error); console.log({ error }); console.log(circle); console.log(10n);
  console.error({ message: 'm', level: 'FATAL' }); console.log('a', 'b', error, second);
  process.stdout.write('raw\n'); process.stderr.write('raw error\n');
  console.table?.([{ a: 1 }]);
};
"""
FAIL = "exports.handler = async () => { const e = new TypeError('boom'); e.code = 'E'; throw e; };"
FORMATS = {"text": {}, "JSON": {"AWS_LAMBDA_LOG_FORMAT": "JSON"}}
LEVELS = ("TRACE", "warn", "FATAL", "nonsense")

_FORMAT_CASES = [
    Case(name=f"{what}, {form}{', framed' if framed else ''}", source=source, environment=environment, framed=framed)
    for (what, source), (form, environment), framed in itertools.product(
        (("console", WRITE), ("failure", FAIL)), FORMATS.items(), (False, True)
    )
]
_LEVEL_CASES = [
    Case(
        name=f"level {level}, {form}",
        source=WRITE,
        environment={**environment, "AWS_LAMBDA_LOG_LEVEL": level},
        framed=True,
    )
    for level, (form, environment) in itertools.product(LEVELS, FORMATS.items())
]

LOG_CASES = [
    *_FORMAT_CASES,
    *_LEVEL_CASES,
    Case(name="failure below the level", source=FAIL, environment={"AWS_LAMBDA_LOG_LEVEL": "FATAL"}),
    Case(name="init failure, JSON", source="throw new Error('init');", environment=FORMATS["JSON"], framed=True),
    Case(name="missing module, JSON", environment=FORMATS["JSON"], framed=True),
    Case(name="malformed handler name, JSON", handler="app", environment=FORMATS["JSON"]),
    Case(name="missing handler, JSON", source="exports.x = 1;", environment=FORMATS["JSON"]),
    Case(name="syntax error, JSON", source="const = 1", environment=FORMATS["JSON"]),
    Case(name="circular result, JSON", source="exports.handler = async () => 1n;", environment=FORMATS["JSON"]),
    Case(
        name="records of a tenant, JSON",
        source="exports.handler = async () => { console.log('of a tenant'); };",
        events=(Event(headers={"Lambda-Runtime-Aws-Tenant-Id": "tenant-1"}), Event()),
        environment=FORMATS["JSON"],
        # The official client for promises has no word for tenants in its records.
        generations=(Generation.CALLBACKS,),
    ),
    Case(
        name="the log descriptor is nobody's business",
        source="exports.handler = async () => process.env._LAMBDA_TELEMETRY_LOG_FD ?? 'unknown';",
        framed=True,
    ),
    Case(
        name="unhandled rejection, JSON",
        source="exports.handler = async () => { Promise.reject(new Error('n')); await new Promise(() => {}); };",
        environment=FORMATS["JSON"],
        generations=(Generation.CALLBACKS,),
    ),
]
