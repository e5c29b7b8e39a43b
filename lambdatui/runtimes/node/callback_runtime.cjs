// Serves one invocation after another with handlers that return, resolve, call back or stream. Up to nodejs22.x: by
// default the next invocation, and the response given to a callback, wait until the event loop is empty.

'use strict';

const { REQUEST_ID, TENANT_ID, enterTrace, environmentFields, headerFields, toJson } = require('./invocation.cjs');
const { forgetEmptyLoop, whenLoopIsEmpty } = require('./empty_loop.cjs');
const { NodeJsExit } = require('./faults.cjs');
const { completion } = require('./completion.cjs');
const { setCurrentInvocation } = require('./current_invocation.cjs');

// Lambda's text, word for word.
const NEVER_SETTLED =
  'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes';

// The names of the class and of its methods are what people see in the stack traces of their handlers.
class Runtime {
  constructor({ client, handler, reporter, isAsync, openStream }) {
    this.client = client;
    this.handler = handler;
    this.reporter = reporter;
    this.isAsync = isAsync;
    this.openStream = openStream;
    this.handleOnce = openStream === null ? this.handleOnceNonStreaming : this.handleOnceStreaming;
  }

  /** Ask for the next invocation once the event loop has come round. */
  scheduleIteration() {
    setImmediate(() => {
      this.handleOnce().catch((error) => {
        console.log(`Unexpected Top Level Error: ${error.toString()}`);
        this.reporter.endProcess(error);
      });
    });
  }

  async handleOnceNonStreaming() {
    const { body, headers } = await this.#next();
    const requestId = headers[REQUEST_ID];
    const { callback, context, close } = completion({
      succeed: (result) => this.#respond(requestId, result),
      fail: (error) => this.#continueAfter(this.reporter.fail(requestId, error)),
    });
    whenLoopIsEmpty(() => {
      close();
      this.#neverAnswered(requestId);
    });
    try {
      const result = this.handler(JSON.parse(body), withFields(context, headers), callback);
      if (typeof result?.then === 'function') result.then(context.succeed, context.fail).catch(context.fail);
    } catch (error) {
      callback(error);
    }
  }

  async handleOnceStreaming() {
    const { body, headers } = await this.#next();
    const context = { callbackWaitsForEmptyEventLoop: true };
    const { responseStream, delivered, fail } = this.openStream(headers[REQUEST_ID]);
    const abort = async (error) => {
      this.reporter.log('Invoke Error', error);
      await fail(error);
      this.#continueStreaming(context);
    };
    whenLoopIsEmpty(() => this.scheduleIteration());
    try {
      const returned = this.handler(JSON.parse(body), responseStream, withFields(context, headers));
      if (typeof returned?.then !== 'function') return await abort('Streaming does not support non-async handlers.');
      if ((await returned) !== undefined) console.warn('Streaming handlers ignore return values.');
      await delivered;
      if (!responseStream.writableFinished) return await abort('Response stream is not finished.');
      return this.#continueStreaming(context);
    } catch (error) {
      return abort(error);
    }
  }

  async #next() {
    const invocation = await this.client.next();
    const requestId = invocation.headers[REQUEST_ID];
    setCurrentInvocation(requestId, invocation.headers[TENANT_ID]);
    this.reporter.blame(requestId);
    return invocation;
  }

  #respond(requestId, result) {
    const json = toJson(result, () => new Error('Unable to stringify response body'));
    this.#continueAfter(this.client.postResponse(requestId, json));
  }

  /** A promise that never settles is an error; a callback that is never called is an answer. */
  #neverAnswered(requestId) {
    if (this.isAsync) this.#continueAfter(this.reporter.fail(requestId, new NodeJsExit(NEVER_SETTLED)));
    else this.#respond(requestId, null);
  }

  #continueAfter(posted) {
    posted.then(() => this.scheduleIteration());
  }

  #continueStreaming(context) {
    forgetEmptyLoop();
    if (context.callbackWaitsForEmptyEventLoop) whenLoopIsEmpty(() => setImmediate(() => this.scheduleIteration()));
    else this.scheduleIteration();
  }
}

function withFields(context, headers) {
  enterTrace(headers);
  return Object.assign(context, environmentFields(process.env), headerFields(headers));
}

module.exports = { CallbackRuntime: Runtime };
