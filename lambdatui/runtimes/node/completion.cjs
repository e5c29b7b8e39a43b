// The ways in which a handler that knows callbacks can end its invocation; only the first one counts.

'use strict';

const { forgetEmptyLoop, whenLoopIsEmpty } = require('./empty_loop.cjs');

const DONE_TWICE =
  'Invocation has already been reported as done. Cannot call complete more than once per invocation.';

/**
 * `callback` and `context` for the handler, and `close`, after which a success is refused.
 * `succeed(result)` and `fail(error)` are told the outcome once it may be sent; what they raise is the caller's.
 */
function completion({ succeed, fail }) {
  let waitsForEmptyLoop = true;
  let isClosed = false;
  let isSettled = false;

  function complete(result) {
    if (isClosed) {
      console.error(DONE_TWICE);
      return;
    }
    isClosed = true;
    succeed(result);
  }

  function done(error, result) {
    forgetEmptyLoop();
    if (error !== undefined && error !== null) fail(error);
    else complete(result);
  }

  function callback(error, result) {
    const mayGoNow = !waitsForEmptyLoop || (error !== undefined && error !== null);
    if (mayGoNow) done(error, result);
    else whenLoopIsEmpty(() => setImmediate(() => complete(result)));
  }

  // An ending that raised, for a result that is not JSON, say, was none: another may follow.
  const first = (end) => (...parameters) => {
    if (isSettled) return;
    end(...parameters);
    isSettled = true;
  };

  const context = {
    get callbackWaitsForEmptyEventLoop() {
      return waitsForEmptyLoop;
    },
    set callbackWaitsForEmptyEventLoop(value) {
      waitsForEmptyLoop = value;
    },
    succeed: first((result) => done(null, result)),
    fail: first((error) => done(error ?? 'handled', null)),
    done: first(done),
  };
  return { callback: first(callback), context, close: () => (isClosed = true) };
}

module.exports = { completion };
