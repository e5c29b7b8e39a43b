// Runtimes from nodejs24.x on: handlers that return or resolve, and nothing that is waited for after that. What nobody
// catches ends the process as Node itself ends it.

'use strict';

const { CallbackHandlerDeprecated, JSONStringifyError } = require('./faults.cjs');
const { REQUEST_ID, TENANT_ID, TRACE_ID } = require('./invocation.cjs');
const { enterTrace, environmentFields, headerFields, toJson } = require('./invocation.cjs');
const { defineGlobals, streamingOf } = require('./aws_globals.cjs');
const { errorDocument, logError, xrayCause } = require('./error_documents.cjs');
const { InvokeStore } = require('./invoke_store.cjs');
const { RuntimeClient } = require('./runtime_client.cjs');
const { findHandler } = require('./handler_lookup.cjs');
const { invokeStore } = require('./current_invocation.cjs');
const { patchConsole } = require('./console_patch.cjs');

const PARAMETERS_WITH_CALLBACK = 3;
// The line is Lambda's, word for word: people search their logs for it.
const CALLBACKS_REMOVED =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';

/** Load the function that `environ` describes and serve it for ever. Rejects after an init error was posted. */
async function serve(environ) {
  defineGlobals(environ);
  const isJson = patchConsole(environ);
  const client = new RuntimeClient(environ.AWS_LAMBDA_RUNTIME_API);
  const processor = await initialised(environ, client, isJson);
  for (;;) {
    const { body, headers } = await client.next();
    const context = { ...headerFields(headers), ...environmentFields(process.env) };
    enterTrace(headers);
    const event = JSON.parse(body);
    await invokeStore.run(storeOf(headers), () => processor.processInvoke(context, event));
  }
}

async function initialised(environ, client, isJson) {
  try {
    const handler = await findHandler(environ.LAMBDA_TASK_ROOT, environ._HANDLER);
    const { streams, highWaterMark } = streamingOf(handler);
    if (handler.length >= PARAMETERS_WITH_CALLBACK && !streams) throw new CallbackHandlerDeprecated(CALLBACKS_REMOVED);
    if (!streams) return new BufferedInvokeProcessor(client, handler, isJson);
    const { openResponseStream } = require('./response_stream.cjs');
    const open = (requestId) => openResponseStream(environ.AWS_LAMBDA_RUNTIME_API, requestId, highWaterMark);
    return new StreamingInvokeProcessor(handler, open, isJson);
  } catch (error) {
    logError('Init Error', error, isJson);
    const document = errorDocument(error);
    await client.postInitError(JSON.stringify(document), document.errorType);
    throw error;
  }
}

function storeOf(headers) {
  const { REQUEST_ID: id, X_RAY_TRACE_ID: trace, TENANT_ID: tenant } = InvokeStore.PROTECTED_KEYS;
  return { [id]: headers[REQUEST_ID], [trace]: headers[TRACE_ID] ?? '', [tenant]: headers[TENANT_ID] };
}

// The names of these classes and methods are what people see in the stack traces of their handlers.
class BufferedInvokeProcessor {
  constructor(client, handler, isJson) {
    this.client = client;
    this.handler = handler;
    this.isJson = isJson;
  }

  async processInvoke(context, event) {
    const requestId = context.awsRequestId;
    try {
      const result = await this.handler(event, context);
      await loopRound();
      const json = toJson(result, () => new JSONStringifyError('Unable to stringify response body'));
      await this.client.postResponse(requestId, json);
    } catch (error) {
      await loopRound();
      logError('Invoke Error', error, this.isJson);
      await this.client.postError(requestId, JSON.stringify(errorDocument(error)), xrayCause(error));
    }
  }
}

class StreamingInvokeProcessor {
  constructor(handler, openStream, isJson) {
    this.handler = handler;
    this.openStream = openStream;
    this.isJson = isJson;
  }

  async processInvoke(context, event) {
    const { responseStream, delivered, fail } = this.openStream(context.awsRequestId);
    try {
      const returned = this.handler(event, responseStream, context);
      if (typeof returned?.then !== 'function') throw new Error('Streaming does not support non-async handlers.');
      if ((await returned) !== undefined) console.warn('Streaming handlers ignore return values.');
      await delivered;
      if (!responseStream.writableFinished) throw new Error('Response stream is not finished.');
    } catch (error) {
      await loopRound();
      logError('Invoke Error', error, this.isJson);
      await fail(error);
    }
  }
}

function loopRound() {
  return new Promise((resolve) => setImmediate(resolve));
}

module.exports = { serve };
