// Which invocation log records belong to. Kept where libraries look for it: under Lambda's own global symbols.

import { HAS_CALLBACKS } from './generation.mjs';
import { InvokeStore } from './invoke_store.mjs';

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
export const invokeStore = new InvokeStore();

const ofPromises = {
  get requestId() {
    return invokeStore.getRequestId();
  },
  get tenantId() {
    return invokeStore.getTenantId();
  },
};

/** `requestId` and `tenantId` as they are when a record is written. */
export const currentInvocation = HAS_CALLBACKS ? ofCallbacks : ofPromises;

export function setCurrentInvocation(requestId, tenantId) {
  globalThis[REQUEST_ID] = requestId;
  globalThis[TENANT_ID] = tenantId;
}
