"""How handlers are named and found, and how initialisation fails."""

from __future__ import annotations

from tests.contract.node.node_process import Case, Generation

NAMED = "exports.handler = async () => '{name}';"
NAMED_ESM = "export const handler = async () => '{name}';"
MODULE = '{"type": "module"}'


def _named(name: str) -> str:
    return NAMED.replace("{name}", name)


def _esm(name: str) -> str:
    return NAMED_ESM.replace("{name}", name)


INIT_CASES = [
    Case(name="handler in a folder", handler="src/deep/app.handler", files={"src/deep/app.js": _named("deep")}),
    Case(name="handler in a folder, dotted", handler="./app.handler", source=_named("dotted")),
    Case(
        name="nested handler",
        handler="app.api.v1.handler",
        source="exports.api = { v1: { handler: async () => 'nested' } };",
    ),
    Case(name="ES module", files={"app.mjs": _esm("mjs")}),
    Case(name="ES module with top-level await", files={"app.mjs": "const n = await 1;\n" + _esm("awaited")}),
    Case(name="CommonJS by extension", files={"app.cjs": _named("cjs")}),
    Case(name="CommonJS by extension in a module package", files={"app.cjs": _named("c"), "package.json": MODULE}),
    Case(name="type module", source=_esm("typed"), files={"package.json": MODULE}),
    Case(
        name="type module, nearest package.json decides",
        handler="sub/app.handler",
        files={"package.json": MODULE, "sub/package.json": "{}", "sub/app.js": _named("commonjs")},
    ),
    Case(
        name="type module, inherited",
        handler="a/b/app.handler",
        files={"package.json": MODULE, "a/b/app.js": _esm("x")},
    ),
    Case(name="package.json that is not JSON", source=_named("ignored"), files={"package.json": "{broken"}),
    Case(name="js before mjs", source=_named("js"), files={"app.mjs": _esm("mjs")}),
    Case(name="mjs before cjs", files={"app.mjs": _esm("mjs"), "app.cjs": _named("cjs")}),
    Case(name="file without extension", files={"app": _named("bare")}),
    Case(
        name="module in node_modules",
        handler="pack.handler",
        files={
            "node_modules/pack/index.js": _named("packed"),
            "node_modules/pack/package.json": '{"main": "index.js"}',
        },
    ),
    Case(name="default export", files={"app.mjs": "export default { handler: async () => 'default' };"}),
    Case(
        name="handler is the module", handler="app.default", files={"app.mjs": "export default async () => 'default';"}
    ),
    Case(name="names of the client's files are free", handler="index.handler", files={"index.mjs": _esm("mine")}),
    Case(name="module is missing"),
    Case(name="module is missing, in a folder", handler="src/app.handler"),
    Case(name="required package is missing", source="require('absent');\n" + _named("never")),
    Case(name="required file is missing", source="require('./absent');\n" + _named("never")),
    Case(name="imported package is missing", files={"app.mjs": "import 'absent';\n" + _esm("never")}),
    Case(name="imported file is missing", files={"app.mjs": "import './absent.mjs';\n" + _esm("never")}),
    Case(name="import that is not exported", files={"app.mjs": "import { no } from 'node:fs';\n" + _esm("never")}),
    Case(name="syntax error", source="exports.handler = async () => {\n  const = 1;\n};"),
    Case(name="syntax error in an ES module", files={"app.mjs": "export const handler = async () => { const = 1; };"}),
    Case(name="ES module in a CommonJS file", source=_esm("wrong")),
    Case(name="handler is not exported", source="exports.other = async () => 1;"),
    Case(name="handler is not a function", source="exports.handler = { a: 1 };"),
    Case(name="nested handler is missing", handler="app.a.b.handler", source="exports.a = {};"),
    Case(name="no dot in the handler", handler="app", source=_named("never")),
    Case(name="dots in the folder", handler="../app.handler", source=_named("never")),
    Case(name="exception at load", source="throw new TypeError('at load');"),
    Case(name="exception at load of an ES module", files={"app.mjs": "throw new TypeError('at load');"}),
    Case(name="text thrown at load", source="throw 'text';"),
    Case(name="rejection at top level", files={"app.mjs": "await Promise.reject(new Error('awaited'));"}),
    Case(name="await that never ends", files={"app.mjs": "await new Promise(() => {});\n" + _esm("never")}),
    Case(name="process.exit at load", source="process.exit(0);"),
    Case(name="process.exit with a status at load", source="process.exit(7);"),
    Case(
        name="unhandled rejection while loading",
        files={"app.mjs": "Promise.reject(new Error('loose'));\nawait new Promise((r) => setTimeout(r, 50));"},
    ),
    Case(
        name="uncaught exception while loading",
        files={
            "app.mjs": "setTimeout(() => { throw new Error('t'); });\nawait new Promise((r) => setTimeout(r, 60_000));"
        },
    ),
    Case(
        name="NODE_PATH leads to packages",
        source="exports.handler = async () => require('layered');",
        files={"layer/layered/index.js": "module.exports = 'from a layer';"},
        environment={"NODE_PATH": "layer"},
    ),
    Case(
        name="no global awslambda",
        source="exports.handler = async () => typeof globalThis.awslambda;",
        environment={"AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA": "true"},
    ),
    Case(name="global awslambda", source="exports.handler = async () => typeof awslambda.streamifyResponse;"),
    Case(
        name="invoke store",
        source="exports.handler = async () => { const s = awslambda.InvokeStore; s.set('k', 1);"
        " let refused; try { s.set(s.constructor.PROTECTED_KEYS.REQUEST_ID, 1); } catch (e) { refused = e.message; }"
        " return [s.getRequestId(), s.getXRayTraceId(), s.get('k'), s.hasContext(), refused]; };",
        generations=(Generation.PROMISES,),
    ),
]
