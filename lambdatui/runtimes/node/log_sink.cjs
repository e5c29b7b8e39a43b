// Where log records leave the process: framed on the telemetry descriptor, or as lines on stdout.

'use strict';

const { writeSync } = require('node:fs');

const FD_VARIABLE = '_LAMBDA_TELEMETRY_LOG_FD';
const JSON_FRAME = 0xa55a0002;
const TEXT_FRAME = 0xa55a0003;
const HEAD_BYTES = 16;
const RETRY_MS = 1;

/** The sink that the sandbox provided. Its variable is taken away: user code and its children must not see it. */
function openLogSink(environ, isJson) {
  const fd = Number.parseInt(environ[FD_VARIABLE]);
  delete environ[FD_VARIABLE];
  return Number.isNaN(fd) ? writeLine : framesOn(fd, isJson);
}

/** One record is one line of the log, whatever is in it. The level is lost. */
function writeLine(_level, _now, text) {
  process.stdout.write(`${text.replace(/\n/g, '\r')}\n`);
}

/**
 * One frame per record: type (4 bytes), length (4), microseconds since the epoch (8), message in UTF-8; big-endian.
 * A frame goes out in one write, so that it keeps its place among printed text when both share a pipe.
 */
function framesOn(fd, isJson) {
  const format = isJson ? JSON_FRAME : TEXT_FRAME;
  const lineEnd = isJson ? '' : '\n';
  return (level, now, text) => {
    const message = text + lineEnd;
    const length = Buffer.byteLength(message);
    const frame = Buffer.allocUnsafe(HEAD_BYTES + length);
    frame.writeUInt32BE((format | level.frameBits) >>> 0, 0);
    frame.writeUInt32BE(length, 4);
    frame.writeBigInt64BE(BigInt(now.getTime()) * 1000n, 8);
    frame.write(message, HEAD_BYTES);
    writeWhole(fd, frame);
  };
}

function writeWhole(fd, bytes) {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      // The pipe is full, and Node has made it non-blocking because the function printed to it.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

module.exports = { openLogSink };
