// Runtimes up to nodejs22.x: how the function is initialised, and what is watched while it is served.

'use strict';

const { defineGlobals, streamingOf } = require('./aws_globals.cjs');
const { CallbackRuntime } = require('./callback_runtime.cjs');
const { FailureReporter } = require('./failure_reporter.cjs');
const { RuntimeClient } = require('./runtime_client.cjs');
const { findHandler } = require('./handler_lookup.cjs');
const { patchConsole } = require('./console_patch.cjs');
const { watchEmptyLoop } = require('./empty_loop.cjs');

const PARAMETERS_WITH_CALLBACK = 3;
// The line is Lambda's, word for word: people search their logs for it.
const CALLBACK_WARNING =
  'AWS Lambda plans to remove support for callback-based function handlers starting with Node.js 24. You will need to update this function to use an async handler to use Node.js 24 or later. For more information and to provide feedback on this change, see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/137. To disable this warning, set the AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING environment variable.';

/** Load the function that `environ` describes and begin to serve it. Rejects when it cannot be loaded. */
async function serve(environ) {
  const isJson = patchConsole(environ);
  const client = new RuntimeClient(environ.AWS_LAMBDA_RUNTIME_API);
  const reporter = new FailureReporter(client, isJson);
  reporter.watchProcess();
  watchEmptyLoop();
  defineGlobals(environ);
  const handler = await findHandler(environ.LAMBDA_TASK_ROOT, environ._HANDLER);
  const { streams, highWaterMark } = streamingOf(handler);
  const isAsync = handler.constructor?.name === 'AsyncFunction';
  const callsBack = handler.length === PARAMETERS_WITH_CALLBACK && !isAsync && !streams;
  if (callsBack && environ.AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING === undefined) console.warn(CALLBACK_WARNING);
  const openStream = streams ? await streamOpener(environ, highWaterMark) : null;
  new CallbackRuntime({ client, handler, reporter, isAsync, openStream }).scheduleIteration();
}

async function streamOpener(environ, highWaterMark) {
  const { openResponseStream } = require('./response_stream.cjs');
  return (requestId) => openResponseStream(environ.AWS_LAMBDA_RUNTIME_API, requestId, highWaterMark);
}

module.exports = { serve };
