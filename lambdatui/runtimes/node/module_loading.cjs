// Which file a module name of the handler string means, and whether it is required or imported.

'use strict';

const { existsSync, readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join, resolve } = require('node:path');
const { pathToFileURL } = require('node:url');
const { HAS_CALLBACKS } = require('./generation.cjs');

// Errors of `require` list who required: the runtime's one file, as in Lambda.
const requireUserCode = createRequire(join(__dirname, 'index.mjs'));

/** The exports of the module, or a namespace where it is an ES module. Raises what the module raises. */
async function loadModule(taskRoot, folder, module) {
  const path = resolve(taskRoot, folder, module);
  const found = await (HAS_CALLBACKS ? requiredOrImported(path) : imported(path));
  if (found) return found;
  // Packages in node_modules, layers and wherever NODE_PATH leads.
  const places = HAS_CALLBACKS ? [taskRoot, folder] : [taskRoot, join(taskRoot, folder)];
  return requireUserCode(requireUserCode.resolve(module, { paths: places }));
}

async function requiredOrImported(path) {
  return (
    requireFile(path) ||
    (isEsModule(path) ? await importFile(`${path}.js`) : requireFile(`${path}.js`)) ||
    (await importFile(`${path}.mjs`)) ||
    requireFile(`${path}.cjs`)
  );
}

async function imported(path) {
  for (const extension of ['', '.js', '.mjs', '.cjs']) {
    const module = await importFile(path + extension);
    if (module) return module;
  }
  return undefined;
}

function requireFile(path) {
  return existsSync(path) ? requireUserCode(path) : undefined;
}

async function importFile(path) {
  return existsSync(path) ? import(pathToFileURL(path).href) : undefined;
}

/** Whether the nearest package.json of `<path>.js` makes it an ES module; those beyond a node_modules do not count. */
function isEsModule(path) {
  if (!existsSync(`${path}.js`)) return false;
  for (let folder = dirname(path); !folder.endsWith('/node_modules'); folder = dirname(folder)) {
    const description = join(folder, 'package.json');
    if (existsSync(description)) return typeOf(description) === 'module';
    if (folder === dirname(folder)) break;
  }
  return false;
}

function typeOf(description) {
  try {
    return JSON.parse(readFileSync(description))?.type;
  } catch (error) {
    console.warn(`${description} cannot be read, it will be ignored for ES module detection purposes.`, error);
    return undefined;
  }
}

module.exports = { loadModule };
