// What happens when nothing is left to do in the event loop. One action at a time; the latest replaces the one before.

const NOTHING = () => {};
// Lambda keeps its action under this symbol, where libraries find it.
const ACTION = Symbol.for('aws.lambda.beforeExit');

export function watchEmptyLoop() {
  forgetEmptyLoop();
  process.on('beforeExit', () => globalThis[ACTION]());
}

export function whenLoopIsEmpty(action) {
  globalThis[ACTION] = action;
}

export function forgetEmptyLoop() {
  globalThis[ACTION] = NOTHING;
}
