// Tells the platform and the log of failures, and ends the process after those that nobody caught. Up to nodejs22.x.

'use strict';

const { errorDocument, logError, xrayCause } = require('./error_documents.cjs');
const { UnhandledPromiseRejection } = require('./faults.cjs');

const UNCAUGHT_STATUS = 129;
const UNHANDLED_STATUS = 128;

class FailureReporter {
  #client;
  #isJson;
  #requestId = null;
  #isEnding = false;

  constructor(client, isJson) {
    this.#client = client;
    this.#isJson = isJson;
  }

  /** Whose failures they are from now on. Until the first invocation they are failures of the initialisation. */
  blame(requestId) {
    this.#requestId = requestId;
  }

  /** Report what nobody catches, and end the process with Lambda's exit status for it. */
  watchProcess() {
    process.on('uncaughtException', (error) => {
      this.log('Uncaught Exception', error);
      this.endProcess(error);
    });
    process.on('unhandledRejection', (reason, promise) => {
      const error = Object.assign(new UnhandledPromiseRejection(reason), { reason, promise });
      this.log('Unhandled Promise Rejection', error);
      this.endProcess(error, UNHANDLED_STATUS);
    });
  }

  log(headline, error) {
    logError(headline, error, this.#isJson);
  }

  async fail(requestId, error) {
    this.log('Invoke Error', error);
    await this.#client.postError(requestId, JSON.stringify(errorDocument(error)), xrayCause(error));
  }

  async endProcess(error, status = UNCAUGHT_STATUS) {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const document = errorDocument(error);
    const json = JSON.stringify(document);
    try {
      if (this.#requestId === null) await this.#client.postInitError(json, document.errorType);
      else await this.#client.postError(this.#requestId, json, xrayCause(error));
    } finally {
      process.exit(status);
    }
  }
}

module.exports = { FailureReporter };
