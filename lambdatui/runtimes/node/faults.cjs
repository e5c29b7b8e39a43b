// Failures that the runtime itself diagnoses, with the error types that Lambda gives them.

'use strict';

const { HAS_CALLBACKS } = require('./generation.cjs');

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

const ImportModuleError = faultClass('ImportModuleError');
const HandlerNotFound = faultClass('HandlerNotFound');
const MalformedHandlerName = faultClass('MalformedHandlerName');
const UserCodeSyntaxError = faultClass('UserCodeSyntaxError');
const MalformedStreamingHandler = faultClass('MalformedStreamingHandler');
const InvalidStreamingOperation = faultClass('InvalidStreamingOperation');
const UnhandledPromiseRejection = faultClass('UnhandledPromiseRejection');
const NodeJsExit = faultClass('NodeJsExit');
const CallbackHandlerDeprecated = faultClass('CallbackHandlerDeprecated');
const JSONStringifyError = faultClass('JSONStringifyError');
const PlatformError = faultClass('PlatformError');

module.exports = {
  ImportModuleError,
  HandlerNotFound,
  MalformedHandlerName,
  UserCodeSyntaxError,
  MalformedStreamingHandler,
  InvalidStreamingOperation,
  UnhandledPromiseRejection,
  NodeJsExit,
  CallbackHandlerDeprecated,
  JSONStringifyError,
  PlatformError,
};
