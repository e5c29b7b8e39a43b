// What a log record says, in Lambda's two formats. Does no I/O.

'use strict';

const { format } = require('node:util');

/** `<time>TAB<request id>TAB<level>TAB<message>`, without a line end. */
function formatText(now, invocation, level, message, parameters) {
  return `${now.toISOString()}\t${invocation.requestId}\t${level}\t${format(message, ...parameters)}`;
}

/** One JSON object. A message without parameters stays what it is: an object, a number, an error. */
function formatJson(now, invocation, level, message, parameters) {
  const { requestId, tenantId } = invocation;
  const record = { timestamp: now.toISOString(), level, requestId };
  if (tenantId) record.tenantId = tenantId;
  if (parameters.length === 0) return withMessage(record, message);
  record.message = format(message, ...parameters);
  const error = [message, ...parameters].find((parameter) => parameter instanceof Error);
  return JSON.stringify(error ? { ...record, ...errorFields(error, []) } : record);
}

function withMessage(record, message) {
  try {
    return JSON.stringify({ ...record, message }, (_, value) =>
      value instanceof Error ? { ...errorFields(value, value.stack), ...value } : value,
    );
  } catch {
    return JSON.stringify({ ...record, message: format(message) });
  }
}

function errorFields(error, otherStack) {
  return {
    errorType: error.constructor?.name ?? 'UnknownError',
    errorMessage: error.message,
    stackTrace: typeof error.stack === 'string' ? error.stack.split('\n') : otherStack,
  };
}

module.exports = { formatText, formatJson };
