// Entry point of a Node.js runtime: `node /var/runtime/index.mjs`. Only decides which client serves the function.
// The parts are CommonJS: twenty ES modules would take five milliseconds more to load, at every cold start.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { HAS_CALLBACKS } = require('./generation.cjs');

// Names where /opt really is where it cannot be mounted; that is nobody's business in the function.
delete process.env._LAMBDATUI_OPT_ROOT;

if (HAS_CALLBACKS) {
  const { serve } = require('./callback_loop.cjs');
  // Awaited: an import of the function's module that never settles ends the process with Node's own status 13.
  await serve(process.env);
} else {
  const { serve } = require('./promise_loop.cjs');
  serve(process.env);
}
