"""What happens to invocations: results, errors, callbacks, the context object, the connection."""

from __future__ import annotations

from tests.contract.node.node_process import BOTH, Case, Generation
from tests.contract.runtimes.recording_api import Event

CALLBACKS = (Generation.CALLBACKS,)
QUIET = {"AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING": "1"}
ECHO = "exports.handler = async (event) => event;"
TEXTS = '"é \\u2028 \\ud83d\\ude00 \\u007f \\u0001 \\" / \\\\"'.encode()
NUMBERED = tuple(Event(body=b"%d" % number) for number in range(12))

RESULTS = r"""
const results = [
  undefined, null, '', 'é\u2028\u{1F600}\x7f\x01"/\\', [NaN, Infinity, -0, 1e100, 0.1], new Date(0), new Map([[1, 2]]),
  { a: undefined, f() {}, s: Symbol('s') }, Buffer.from('hi'), { toJSON() { return [1]; } }, [undefined], Symbol('s'),
];
exports.handler = async (event) => results[event];
"""
ERRORS = r"""
class Custom extends Error { constructor(m) { super(m); this.name = 'Custom'; this.code = 'E1'; this.x = { a: 1 }; } }
class Quiet extends Error {}
const noStack = new Error('no stack'); delete noStack.stack; noStack.stack = undefined;
const odd = new Error('odd'); odd.name = 7;
const errors = [
  new Error('boom\nin two lines'), new Custom('é "quoted" \x7f'), new Quiet('q'), 'text', 42, null, undefined,
  { a: 1 }, noStack, new TypeError('t', { cause: new Error('cause') }), odd, true,
];
const frames = '\n    at f (/var/task/a.js:1:2)\n    at /var/task/b.js:3:4';
for (const e of errors) if (e instanceof Error && e.stack) e.stack = `${e.name}: ${e.message}${frames}`;
"""
SHOW_CONTEXT = """
exports.handler = async (event, context) => ({
  context: Object.fromEntries(Object.entries(context).sort()), remaining: context.getRemainingTimeInMillis() > 1e9,
  trace: process.env._X_AMZN_TRACE_ID ?? 'none', hasDone: typeof context.done,
});
"""
EVENT_LOOP = """
let beats = 0;
setInterval(() => { beats += 1; }, 1);
exports.handler = (event, context, callback) => {
  context.callbackWaitsForEmptyEventLoop = false;
  setTimeout(() => callback(null, { beats: beats > 0 }), 10);
};
"""
WAITS = """
exports.handler = (event, context, callback) => {
  setTimeout(() => console.log('late work'), 30);
  callback(null, 'early result');
  console.log('after callback');
};
"""


def _each(name: str, source: str, count: int, generations: tuple[Generation, ...] = BOTH) -> Case:
    return Case(name=name, source=source, events=NUMBERED[:count], generations=generations, environment=QUIET)


INVOCATION_CASES = [
    Case(name="event comes back", source=ECHO, events=(Event(body=b'{"a": [1, "b", null]}'), Event(body=TEXTS))),
    Case(name="large event and result", source=ECHO, events=(Event(body=b'"' + b"x" * 300_000 + b'"'), Event())),
    Case(name="chunked event", source=ECHO, events=(Event(body=b'{"chunked": true}', chunked=True), Event())),
    Case(name="event that is not JSON", source=ECHO, events=(Event(body=b"{broken"), Event()), generations=CALLBACKS),
    Case(
        name="event that is not JSON ends the process",
        source=ECHO,
        events=(Event(body=b"{broken"), Event()),
        generations=(Generation.PROMISES,),
    ),
    Case(name="content type does not matter", source=ECHO, events=(Event(headers={"Content-Type": "text/plain"}),)),
    _each("results of every kind", RESULTS, 12),
    Case(name="circular result", source="exports.handler = async () => { const a = {}; a.a = a; return a; };"),
    Case(name="BigInt as result", source="exports.handler = async () => 10n;"),
    Case(
        name="circular result given to the callback",
        source="exports.handler = (e, c, callback) => { const a = {}; a.a = a; callback(null, a); };",
        environment=QUIET,
        generations=CALLBACKS,
    ),
    _each("thrown in an async handler", ERRORS + "exports.handler = async (event) => { throw errors[event]; };", 12),
    _each("thrown in a plain handler", ERRORS + "exports.handler = (event) => { throw errors[event]; };", 12),
    _each("rejected promise", ERRORS + "exports.handler = (event) => Promise.reject(errors[event]);", 12),
    _each(
        "error given to the callback",
        ERRORS + "exports.handler = (event, context, callback) => { callback(errors[event], 'result'); };",
        12,
        CALLBACKS,
    ),
    _each(
        "error given to context.fail",
        ERRORS + "exports.handler = (event, context) => { context.fail(errors[event]); };",
        12,
        CALLBACKS,
    ),
    Case(
        name="error in a helper", source="const f = () => { null.x; };\nexports.handler = async function go() { f(); };"
    ),
    Case(name="plain handler returns a value", source="exports.handler = () => 'value';", events=(Event(), Event())),
    Case(name="plain handler returns a promise", source="exports.handler = () => Promise.resolve('value');"),
    Case(name="thenable", source="exports.handler = () => ({ then(resolve) { resolve('thenable'); } });"),
    Case(
        name="callback, waits for the event loop",
        source=WAITS,
        events=(Event(), Event()),
        environment=QUIET,
        generations=CALLBACKS,
    ),
    Case(
        name="callback, does not wait for the event loop",
        source=EVENT_LOOP,
        events=(Event(), Event()),
        environment=QUIET,
        generations=CALLBACKS,
    ),
    Case(name="callback handler from Node 24 on", source=WAITS, generations=(Generation.PROMISES,)),
    Case(
        name="context.succeed and done",
        source="exports.handler = (event, context) => event ? context.done(null, 'done') : context.succeed('well');",
        events=(Event(body=b"0"), Event(body=b"1")),
        generations=CALLBACKS,
    ),
    Case(
        name="two endings",
        source="exports.handler = async (event, context) => { context.succeed('first'); return 'second'; };",
        events=(Event(), Event()),
        generations=CALLBACKS,
    ),
    Case(
        name="callback twice, then an exception",
        source="exports.handler = (e, c, callback) => { callback(null, 1); callback(null, 2); throw new Error('3'); };",
        environment=QUIET,
        events=(Event(), Event()),
        generations=CALLBACKS,
    ),
    Case(
        name="promise that never settles",
        source="exports.handler = async () => { console.log('waiting'); await new Promise(() => {}); };",
        events=(Event(), Event()),
        # The published client for callbacks still answers null; that of the managed runtimes does not.
        generations=(Generation.PROMISES,),
    ),
    Case(
        name="callback that is never called",
        source="exports.handler = (event, context, callback) => { console.log('forgot'); };",
        events=(Event(), Event()),
        environment=QUIET,
        generations=CALLBACKS,
    ),
    Case(
        name="uncaught exception in a timer",
        source="exports.handler = () => new Promise(() => setTimeout(() => { throw new RangeError('later'); }, 1));",
    ),
    Case(
        name="uncaught exception that is no error",
        source="exports.handler = () => { setTimeout(() => { throw 'text'; }, 1); };",
        generations=CALLBACKS,
    ),
    Case(
        name="unhandled rejection",
        source="exports.handler = async () => { Promise.reject(new Error('nobody')); await new Promise(() => {}); };",
    ),
    Case(
        name="unhandled rejection of a text",
        source="exports.handler = async () => { Promise.reject('nobody'); await new Promise(() => {}); };",
        generations=CALLBACKS,
    ),
    Case(name="process.exit in the handler", source="exports.handler = async () => { process.exit(3); };"),
    Case(name="context", source=SHOW_CONTEXT, events=(Event(), Event(headers={"Lambda-Runtime-Trace-Id": None}))),
    Case(
        name="context with everything",
        source=SHOW_CONTEXT,
        events=(
            Event(
                headers={
                    "Lambda-Runtime-Client-Context": '{"custom": {"k": "é"}, "client": {"app_title": "t"}}',
                    "Lambda-Runtime-Cognito-Identity": '{"cognitoIdentityId": "i", "cognitoIdentityPoolId": "p"}',
                    "Lambda-Runtime-Aws-Tenant-Id": "tenant-1",
                }
            ),
        ),
    ),
    Case(
        name="client context that is not JSON",
        source=ECHO,
        events=(Event(headers={"Lambda-Runtime-Client-Context": "{broken"}), Event()),
    ),
    Case(
        name="what is set on the context stays with it",
        source="exports.handler = async (e, c) => { const had = c.mine ?? null; c.mine = 1; return had; };",
        events=(Event(), Event()),
    ),
    Case(name="next is refused", source=ECHO, events=(Event(), Event(next_status=500))),
    Case(name="next is refused at once", source=ECHO, events=(Event(next_status=500),)),
    Case(name="response is refused", source=ECHO, events=(Event(report_status=413), Event())),
    Case(name="connection closed after the response", source=ECHO, events=(Event(close_after_report=True), Event())),
]
