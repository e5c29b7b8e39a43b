// What functions and libraries may know about the current invocation without being handed its context.

'use strict';

const KEYS = {
  REQUEST_ID: Symbol.for('_AWS_LAMBDA_REQUEST_ID'),
  X_RAY_TRACE_ID: Symbol.for('_AWS_LAMBDA_X_RAY_TRACE_ID'),
  TENANT_ID: Symbol.for('_AWS_LAMBDA_TENANT_ID'),
};
const PROTECTED = new Set(Object.values(KEYS));

/** The interface of `@aws/lambda-invoke-store`, for environments that serve one invocation at a time. */
class InvokeStore {
  static PROTECTED_KEYS = KEYS;

  #context;

  run(context, serve) {
    this.#context = context;
    return serve();
  }

  getContext() {
    return this.#context;
  }

  hasContext() {
    return this.#context !== undefined;
  }

  get(key) {
    return this.#context?.[key];
  }

  set(key, value) {
    if (this.isProtectedKey(key)) throw new Error(`Cannot modify protected Lambda context field: ${String(key)}`);
    this.#context ??= {};
    this.#context[key] = value;
  }

  isProtectedKey(key) {
    return PROTECTED.has(key);
  }

  getRequestId() {
    return this.get(KEYS.REQUEST_ID) ?? '-';
  }

  getXRayTraceId() {
    return this.get(KEYS.X_RAY_TRACE_ID);
  }

  getTenantId() {
    return this.get(KEYS.TENANT_ID);
  }
}

module.exports = { InvokeStore };
