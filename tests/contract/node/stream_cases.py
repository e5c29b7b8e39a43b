"""Handlers that stream their response."""

from __future__ import annotations

from tests.contract.node.node_process import Case, Generation
from tests.contract.runtimes.recording_api import Event


def _streaming(name: str, body: str, **fields: object) -> Case:
    head = "const { pipeline } = require('node:stream/promises'); const { Readable } = require('node:stream');\n"
    handler = f"exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {{ {body} }});"
    return Case(name=name, source=head + handler, **fields)  # type: ignore[arg-type]


TWICE = (Event(), Event())
# The official client for promises asks for the next invocation before it has delivered what broke off.
CALLBACKS = (Generation.CALLBACKS,)

STREAM_CASES = [
    _streaming("writes and ends", "stream.write('one '); stream.write('two'); stream.end();", events=TWICE),
    _streaming("ends with the last chunk", "stream.write('one '); stream.end('two');"),
    _streaming("ends without a write", "stream.end();"),
    _streaming("ends with the only chunk", "stream.end('only');"),
    _streaming("content type", "stream.setContentType('text/html; charset=utf-8'); stream.write('<p>'); stream.end();"),
    _streaming(
        "content type too late", "stream.write('x'); stream.setContentType('text/html');", generations=CALLBACKS
    ),
    _streaming(
        "prelude",
        "const prelude = { statusCode: 201, headers: { 'x-a': 'é' }, cookies: ['c=1'] };"
        " const s = awslambda.HttpResponseStream.from(stream, prelude);"
        " s.write('body'); s.write(' more'); s.end();",
    ),
    _streaming(
        "prelude and no write",
        "const s = awslambda.HttpResponseStream.from(stream, { statusCode: 204 }); s.end();",
    ),
    _streaming("pipeline", "await pipeline(Readable.from(['a', 'b', Buffer.from('c')]), stream);", events=TWICE),
    _streaming(
        "objects are written as JSON",
        "stream.write({ a: [1] }); stream.write(new Uint8Array([104, 105])); stream.end();",
    ),
    _streaming("large", "for (let i = 0; i < 40; i++) stream.write('x'.repeat(10000)); stream.end();", events=TWICE),
    _streaming(
        "over time",
        "for (const part of ['a', 'b']) { stream.write(part); await new Promise((r) => setTimeout(r, 5)); }"
        " stream.end();",
    ),
    _streaming(
        "breaks off", "stream.write('half'); throw new TypeError('broke off');", events=TWICE, generations=CALLBACKS
    ),
    _streaming("breaks off with a text", "stream.write('half'); throw 'text';", generations=CALLBACKS),
    _streaming("fails before it writes", "throw new Error('early');", events=TWICE, generations=CALLBACKS),
    _streaming("returns a value", "stream.write('x'); stream.end(); return 1;"),
    _streaming("stream is refused", "stream.write('x'); stream.end();", events=(Event(report_status=413), Event())),
    _streaming(
        "what it is given",
        "stream.write({ keys: Object.keys(stream).sort(), high: stream.writableHighWaterMark,"
        " context: Object.keys(context).sort(),"
        " state: [stream.writable, stream.writableEnded, stream.destroyed] }); stream.end();",
        generations=CALLBACKS,
    ),
    Case(
        name="not asynchronous",
        source="exports.handler = awslambda.streamifyResponse((event, stream) => { stream.write('x'); });",
        generations=CALLBACKS,
    ),
    Case(
        name="large buffer",
        source="exports.handler = awslambda.streamifyResponse(async (event, stream) => {"
        " stream.write('x'); await new Promise((r) => setTimeout(r, 20));"
        " stream.write(String(stream.writableHighWaterMark)); stream.end(); }, { highWaterMark: 123456 });",
    ),
    Case(
        name="marked wrongly",
        source="exports.handler = async () => {};"
        " exports.handler[Symbol.for('aws.lambda.runtime.handler.streaming')] = 'request';",
        generations=(Generation.PROMISES,),
    ),
]
