// A response that leaves while the handler still writes it: chunked, and with trailers for an error half-way.

'use strict';

const { HAS_CALLBACKS } = require('./generation.cjs');
const { InvalidStreamingOperation } = require('./faults.cjs');
const { errorDocument } = require('./error_documents.cjs');
const { request: httpRequest } = require('node:http');

const ERROR_TYPE = 'Lambda-Runtime-Function-Error-Type';
const ERROR_BODY = 'Lambda-Runtime-Function-Error-Body';

// What of a writable stream a handler gets; the HTTP request below it stays out of reach.
const METHODS = [
  ...['cork', 'destroy', 'end', 'uncork', 'write', 'setContentType', 'addListener', 'emit', 'eventNames'],
  ...['getMaxListeners', 'listenerCount', 'listeners', 'off', 'on', 'once', 'prependListener', 'prependOnceListener'],
  ...['rawListeners', 'removeAllListeners', 'removeListener', 'setMaxListeners'],
];
const WRITABLE_FIELDS = ['destroyed', 'writable', '_onBeforeFirstWrite'];
const READABLE_FIELDS = [
  ...['writableFinished', 'writableObjectMode', 'writableBuffer', 'writableEnded', 'writableNeedDrain'],
  ...['writableHighWaterMark', 'writableCorked', 'writableLength'],
];

/**
 * Begin the response to an invocation; nothing is sent before the first write.
 *
 * `responseStream` is the handler's. `delivered` resolves when the Runtime API has taken the whole, and rejects when
 * the connection fails. `fail(error)` ends the response as one that broke off, and resolves when it was delivered.
 */
function openResponseStream(address, requestId, highWaterMark) {
  const { request, delivered } = begin(address, requestId, highWaterMark);
  const fail = async (error) => {
    const document = errorDocument(error);
    const body = Buffer.from(JSON.stringify(document)).toString('base64');
    request.addTrailers({ [ERROR_TYPE]: document.errorType, [ERROR_BODY]: body });
    request.end();
    // Whoever goes on must not overtake it; and it has failed already.
    await delivered.catch(() => {});
  };
  return { responseStream: restricted(withAwsMethods(request)), delivered, fail };
}

function begin(address, requestId, highWaterMark) {
  const colon = address.lastIndexOf(':');
  const request = httpRequest({
    method: 'POST',
    hostname: address.slice(0, colon),
    port: Number(address.slice(colon + 1)),
    path: `/2018-06-01/runtime/invocation/${encodeURIComponent(requestId)}/response`,
    agent: false,
    highWaterMark,
    headers: {
      'Lambda-Runtime-Function-Response-Mode': 'streaming',
      Trailer: [ERROR_TYPE, ERROR_BODY],
      'Content-Type': 'application/octet-stream',
      'Transfer-Encoding': 'chunked',
      Connection: 'close',
    },
  });
  const delivered = new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => response.on('error', reject).on('end', resolve).resume());
  });
  return { request, delivered };
}

function withAwsMethods(request) {
  const write = request.write.bind(request);
  let hasBegun = false;
  request.setContentType = (contentType) => {
    if (hasBegun) throw new InvalidStreamingOperation('Cannot set content-type, too late.');
    request.setHeader('Content-Type', contentType);
  };
  request.write = (chunk, encoding, callback) => {
    if (!hasBegun) request._onBeforeFirstWrite?.((first) => write(first));
    hasBegun = true;
    const isRaw = typeof chunk === 'string' || Buffer.isBuffer(chunk) || chunk instanceof Uint8Array;
    return write(isRaw ? chunk : JSON.stringify(chunk), encoding, callback);
  };
  if (HAS_CALLBACKS) {
    const end = request.end.bind(request);
    request.end = (chunk) => void end(chunk);
  }
  return request;
}

function restricted(request) {
  const stream = {};
  for (const name of METHODS) stream[name] = request[name].bind(request);
  for (const name of [...WRITABLE_FIELDS, ...READABLE_FIELDS]) {
    const set = WRITABLE_FIELDS.includes(name) ? (value) => (request[name] = value) : undefined;
    Object.defineProperty(stream, name, { get: () => request[name], set });
  }
  return stream;
}

module.exports = { openResponseStream };
