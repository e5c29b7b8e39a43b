// Lambda has two Node.js clients: the older one, up to nodejs22.x, knows callbacks and waits for an empty event loop;
// the newer one, from nodejs24.x on, knows promises only. They differ in much that a function can see.

'use strict';

const LAST_WITH_CALLBACKS = 22;

const declared = /^AWS_Lambda_nodejs(\d+)\.x$/.exec(process.env.AWS_EXECUTION_ENV ?? '');

/** The runtime's major version; where no runtime is declared, that of the interpreter. */
const MAJOR = Number(declared ? declared[1] : process.versions.node.split('.')[0]);

const HAS_CALLBACKS = MAJOR <= LAST_WITH_CALLBACKS;

module.exports = { MAJOR, HAS_CALLBACKS };
