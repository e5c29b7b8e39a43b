// Failures that the runtime itself diagnoses, with the error types that Lambda gives them.

import { HAS_CALLBACKS } from './generation.mjs';

// The class of a fault is what JSON logs call it, and the two clients name some classes differently.
const CLASS_NAMES = HAS_CALLBACKS
  ? {}
  : {
      HandlerNotFound: 'HandlerNotFoundError',
      MalformedHandlerName: 'MalformedHandlerNameError',
      CallbackHandlerDeprecated: 'CallbackHandlerDeprecatedError',
    };

function faultClass(kind) {
  const className = CLASS_NAMES[kind] ?? kind;
  const type = `Runtime.${kind}`;
  const { [className]: Fault } = {
    [className]: class extends Error {
      constructor(message) {
        super(message);
        // On the instance, and so too late for the first line of its stack.
        if (!HAS_CALLBACKS) this.name = type;
      }
    },
  };
  if (HAS_CALLBACKS) Fault.prototype.name = type;
  return Fault;
}

export const ImportModuleError = faultClass('ImportModuleError');
export const HandlerNotFound = faultClass('HandlerNotFound');
export const MalformedHandlerName = faultClass('MalformedHandlerName');
export const UserCodeSyntaxError = faultClass('UserCodeSyntaxError');
export const MalformedStreamingHandler = faultClass('MalformedStreamingHandler');
export const InvalidStreamingOperation = faultClass('InvalidStreamingOperation');
export const UnhandledPromiseRejection = faultClass('UnhandledPromiseRejection');
export const NodeJsExit = faultClass('NodeJsExit');
export const CallbackHandlerDeprecated = faultClass('CallbackHandlerDeprecated');
export const JSONStringifyError = faultClass('JSONStringifyError');
export const PlatformError = faultClass('PlatformError');
