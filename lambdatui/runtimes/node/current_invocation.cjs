// Which invocation log records belong to. Kept where libraries look for it: under Lambda's own global symbols.

'use strict';

const { HAS_CALLBACKS } = require('./generation.cjs');
const { InvokeStore } = require('./invoke_store.cjs');

const REQUEST_ID = Symbol.for('aws.lambda.runtime.requestId');
const TENANT_ID = Symbol.for('aws.lambda.runtime.tenantId');

const ofCallbacks = {
  get requestId() {
    return globalThis[REQUEST_ID];
  },
  get tenantId() {
    return globalThis[TENANT_ID];
  },
};

/** The one store of the process, from nodejs24.x on: `awslambda.InvokeStore`. */
const invokeStore = new InvokeStore();

const ofPromises = {
  get requestId() {
    return invokeStore.getRequestId();
  },
  get tenantId() {
    return invokeStore.getTenantId();
  },
};

/** `requestId` and `tenantId` as they are when a record is written. */
const currentInvocation = HAS_CALLBACKS ? ofCallbacks : ofPromises;

function setCurrentInvocation(requestId, tenantId) {
  globalThis[REQUEST_ID] = requestId;
  globalThis[TENANT_ID] = tenantId;
}

module.exports = { invokeStore, currentInvocation, setCurrentInvocation };
