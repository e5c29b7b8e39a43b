// Entry point of a Node.js runtime: `node /var/runtime/index.mjs`. Decides which client serves the function, nothing else.

import { HAS_CALLBACKS } from './generation.mjs';

// Names where /opt really is where it cannot be mounted; that is nobody's business in the function.
delete process.env._LAMBDATUI_OPT_ROOT;

if (HAS_CALLBACKS) {
  const { serve } = await import('./callback_loop.mjs');
  // Awaited: an import of the function's module that never settles ends the process with Node's own status 13.
  await serve(process.env);
} else {
  const { serve } = await import('./promise_loop.mjs');
  serve(process.env);
}
