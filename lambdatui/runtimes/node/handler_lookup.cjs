// From a handler string such as `folder/module.nested.function` to the function, with Lambda's diagnoses.

'use strict';

const { HandlerNotFound, ImportModuleError, MalformedHandlerName, UserCodeSyntaxError } = require('./faults.cjs');
const { basename } = require('node:path');
const { HAS_CALLBACKS } = require('./generation.cjs');
const { loadModule } = require('./module_loading.cjs');

const MODULE_AND_PATH = /^([^.]*)\.(.*)$/;

/** Load the handler's module and return the function. Raises a fault for what Lambda names, else what was raised. */
async function findHandler(taskRoot, handler) {
  if (handler.includes('..')) {
    const advice = 'Use absolute paths when specifying root directories in handler names.';
    throw new MalformedHandlerName(`'${handler}' is not a valid handler name. ${advice}`);
  }
  const name = basename(handler);
  const folder = handler.slice(0, handler.indexOf(name));
  const [, module, path] = MODULE_AND_PATH.exec(name) ?? [];
  if (path === undefined) throw new MalformedHandlerName('Bad handler');
  const found = lookUp(await load(taskRoot, folder, module), path);
  if (!found) throw new HandlerNotFound(`${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw new HandlerNotFound(`${handler} is not a function`);
  return found;
}

async function load(taskRoot, folder, module) {
  try {
    return await loadModule(taskRoot, folder, module);
  } catch (error) {
    if (error instanceof SyntaxError) {
      const fault = new UserCodeSyntaxError(String(error));
      if (!HAS_CALLBACKS) fault.stack = error.stack;
      throw fault;
    }
    // `require` says so; `import` has a code of its own, and Lambda lets that error through as it is.
    if (error?.code === 'MODULE_NOT_FOUND') throw new ImportModuleError(String(error));
    throw error;
  }
}

function lookUp(module, path) {
  const keys = path.split('.');
  if (HAS_CALLBACKS) return keys.reduce((value, key) => value && value[key], module);
  return within(module, keys) || within(module?.default, keys);
}

function within(module, keys) {
  return keys.reduce((value, key) => (value && typeof value === 'object' ? value[key] : undefined), module);
}

module.exports = { findHandler };
