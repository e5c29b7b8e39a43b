// What happens when nothing is left to do in the event loop. One action at a time; the latest replaces the one before.

'use strict';

const NOTHING = () => {};
// Lambda keeps its action under this symbol, where libraries find it.
const ACTION = Symbol.for('aws.lambda.beforeExit');

function watchEmptyLoop() {
  forgetEmptyLoop();
  process.on('beforeExit', () => globalThis[ACTION]());
}

function whenLoopIsEmpty(action) {
  globalThis[ACTION] = action;
}

function forgetEmptyLoop() {
  globalThis[ACTION] = NOTHING;
}

module.exports = { watchEmptyLoop, whenLoopIsEmpty, forgetEmptyLoop };
