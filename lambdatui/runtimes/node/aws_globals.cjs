// The global `awslambda`: how a handler says that it streams its response.

'use strict';

const { MalformedStreamingHandler } = require('./faults.cjs');
const { HAS_CALLBACKS } = require('./generation.cjs');
const { invokeStore } = require('./current_invocation.cjs');

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');
const RESPONSE = 'response';
const PRELUDE_CONTENT_TYPE = 'application/vnd.awslambda.http-integration-response';
const DELIMITER_BYTES = 8;

/** Status, headers and cookies of an HTTP response travel as JSON and NUL bytes before the first byte written. */
class HttpResponseStream {
  static from(responseStream, prelude) {
    responseStream.setContentType(PRELUDE_CONTENT_TYPE);
    const text = JSON.stringify(prelude);
    responseStream._onBeforeFirstWrite = (write) => {
      write(text);
      write(new Uint8Array(DELIMITER_BYTES));
    };
    return responseStream;
  }
}

function streamifyResponse(handler, options) {
  handler[STREAMING] = RESPONSE;
  if (typeof options?.highWaterMark === 'number') handler[HIGH_WATER_MARK] = Number.parseInt(options.highWaterMark);
  return handler;
}

/** Define `awslambda`, unless the function does not want it. */
function defineGlobals(environ) {
  if (['1', 'true'].includes(environ.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA)) return;
  globalThis.awslambda = {
    ...(HAS_CALLBACKS ? {} : { InvokeStore: invokeStore }),
    streamifyResponse,
    HttpResponseStream,
  };
}

/** Whether a handler streams its response, and through how large a buffer. Raises Runtime.MalformedStreamingHandler. */
function streamingOf(handler) {
  const marked = handler[STREAMING];
  const isUnmarked = HAS_CALLBACKS ? marked === undefined || marked === null || marked === false : !marked;
  if (isUnmarked) return { streams: false };
  if (marked !== RESPONSE) throw new MalformedStreamingHandler('Only response streaming is supported.');
  const size = Number.parseInt(handler[HIGH_WATER_MARK]);
  return { streams: true, highWaterMark: Number.isNaN(size) ? undefined : size };
}

module.exports = { defineGlobals, streamingOf };
