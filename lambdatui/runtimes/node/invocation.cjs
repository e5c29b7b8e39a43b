// What the headers of an invocation say: the data of the context object, and the trace that the process is part of.

'use strict';

const { HAS_CALLBACKS } = require('./generation.cjs');
const { PlatformError } = require('./faults.cjs');

const TRACE_VARIABLE = '_X_AMZN_TRACE_ID';

const REQUEST_ID = 'lambda-runtime-aws-request-id';
const TENANT_ID = 'lambda-runtime-aws-tenant-id';
const TRACE_ID = 'lambda-runtime-trace-id';

/** Let libraries that look at the environment know the trace. */
function enterTrace(headers) {
  if (headers[TRACE_ID]) process.env[TRACE_VARIABLE] = headers[TRACE_ID];
  else delete process.env[TRACE_VARIABLE];
}

/** The fields that come from headers. Raises when one that must be JSON is not. */
function headerFields(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms'] ?? 0);
  return {
    clientContext: jsonHeader(headers, 'lambda-runtime-client-context', 'ClientContext'),
    identity: jsonHeader(headers, 'lambda-runtime-cognito-identity', 'CognitoIdentity'),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'] ?? '',
    awsRequestId: headers[REQUEST_ID],
    tenantId: headers[TENANT_ID],
    ...(HAS_CALLBACKS ? {} : { xRayTraceId: headers[TRACE_ID] ?? '' }),
    getRemainingTimeInMillis() {
      return deadline - Date.now();
    },
  };
}

/** The fields that are the same in every invocation of the function. */
function environmentFields(environ) {
  return {
    functionVersion: environ.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: environ.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: environ.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environ.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environ.AWS_LAMBDA_LOG_STREAM_NAME,
  };
}

/** JSON text of a result. Raises `failure()` for what JSON refuses. */
function toJson(result, failure) {
  let json;
  try {
    json = JSON.stringify(result === undefined ? null : result);
  } catch {
    throw failure();
  }
  // A function or a symbol has no JSON at all, and this is what Lambda says to that.
  if (json === undefined) throw new TypeError('Wrong arguments');
  return json;
}

function jsonHeader(headers, header, title) {
  if (!headers[header]) return undefined;
  try {
    return JSON.parse(headers[header]);
  } catch (error) {
    if (HAS_CALLBACKS) throw new Error(`Cannot parse ${title} as json: ${error}`);
    throw new PlatformError(`Failed to parse ${header} as JSON: ${error.message}`);
  }
}

module.exports = { REQUEST_ID, TENANT_ID, TRACE_ID, enterTrace, headerFields, environmentFields, toJson };
