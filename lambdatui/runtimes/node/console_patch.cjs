// `console` as Lambda sets it up: every method writes a record with time, request id and level, or nothing at all.

'use strict';

const { formatJson, formatText } = require('./log_formats.cjs');
const { openLogSink } = require('./log_sink.cjs');
const { currentInvocation } = require('./current_invocation.cjs');

// From the least to the most important. The bits tell the level in a frame's type.
const LEVELS = [
  { name: 'TRACE', method: 'trace', frameBits: 0x04 },
  { name: 'DEBUG', method: 'debug', frameBits: 0x08 },
  { name: 'INFO', method: 'info', frameBits: 0x0c },
  { name: 'WARN', method: 'warn', frameBits: 0x10 },
  { name: 'ERROR', method: 'error', frameBits: 0x14 },
  { name: 'FATAL', method: 'fatal', frameBits: 0x18 },
];

/** Replace the methods of `console` as the function's logging configuration asks for. Says whether it asks for JSON. */
function patchConsole(environ) {
  const isJson = environ.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON';
  const configured = LEVELS.findIndex((level) => level.name === environ.AWS_LAMBDA_LOG_LEVEL?.toUpperCase());
  const write = openLogSink(environ, isJson);
  const format = isJson ? formatJson : formatText;
  LEVELS.forEach((level, importance) => {
    console[level.method] =
      importance < configured
        ? () => {}
        : (message, ...parameters) => {
            const now = new Date();
            write(level, now, format(now, currentInvocation, level.name, message, parameters));
          };
  });
  console.log = console.info;
  return isJson;
}

module.exports = { patchConsole };
