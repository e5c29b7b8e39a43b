// What a failure looks like to others: the error document, its X-Ray cause, and what the log says.

'use strict';

const { types } = require('node:util');
const { HAS_CALLBACKS } = require('./generation.cjs');

const UNREADABLE = {
  errorType: 'handled',
  errorMessage:
    'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
  ...(HAS_CALLBACKS ? {} : { trace: [] }),
};

/** The document that a caller gets for anything that can be thrown; the order of the keys is part of it. */
function errorDocument(error) {
  try {
    if (!isErrorLike(error)) {
      return { errorType: typeof error, errorMessage: HAS_CALLBACKS ? error.toString() : String(error), trace: [] };
    }
    const stack = printable(error.stack);
    const trace = HAS_CALLBACKS ? stack.split('\n') : stack?.split('\n') ?? [];
    return { errorType: printable(error.name), errorMessage: printable(error.message), trace };
  } catch {
    return UNREADABLE;
  }
}

/** JSON for X-Ray, which shows it beside a failed segment; empty where nothing can be said. */
function xrayCause(error) {
  try {
    const stack = error.stack ? xrayFrames(printable(error.stack)) : [];
    const exception = { type: printable(error.name), message: printable(error.message), stack };
    const paths = [...new Set(stack.map((frame) => frame.path))];
    return JSON.stringify({ working_directory: process.cwd(), exceptions: [exception], paths });
  } catch {
    return '';
  }
}

/** Writes a failure to the log through `console.error`, so that its level and format are those of the function. */
function logError(headline, error, isJson) {
  const logged = error instanceof Error ? error : new Error(HAS_CALLBACKS ? error : String(error));
  if (isJson) console.error(logged);
  else console.error(headline, `\t${loggedJson(logged)}`);
}

function loggedJson(error) {
  try {
    return JSON.stringify(error, (_, value) => (value instanceof Error ? withHiddenFields(value) : value));
  } catch {
    return JSON.stringify(errorDocument(error));
  }
}

/** The fields of an error that JSON leaves out, and then the user's own. */
function withHiddenFields(error) {
  const fields = { errorType: error.name, errorMessage: error.message, code: error.code, ...error };
  if (typeof error.stack === 'string') fields.stack = error.stack.split('\n');
  return fields;
}

function isErrorLike(error) {
  if (!HAS_CALLBACKS) return error instanceof Error;
  if (types.isNativeError(error)) return true;
  return Boolean(error) && [error.name, error.message, error.stack].every((text) => text && typeof text === 'string');
}

// Lambda cannot carry this character in a header, and so leaves it out of bodies too.
function printable(text) {
  return text?.replaceAll('\x7F', '%7F');
}

function xrayFrames(stack) {
  const frames = [];
  for (const line of stack.split('\n').slice(1)) {
    const bare = line.trim().replace(/[()]/g, '');
    const place = bare.slice(bare.indexOf(' ') + 1);
    const space = place.lastIndexOf(' ');
    const [path, number] = place.slice(space + 1).split(':');
    frames.push({ path, line: Number.parseInt(number), label: (space < 0 ? '' : place.slice(0, space)) || 'anonymous' });
  }
  return frames;
}

module.exports = { errorDocument, xrayCause, logError };
