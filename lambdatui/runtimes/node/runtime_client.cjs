// The Runtime API as calls: next, response, error, init error. Header names and bodies only; no policy.

'use strict';

const { HAS_CALLBACKS } = require('./generation.cjs');
const { HttpConnection } = require('./http_connection.cjs');

const VERSION = '/2018-06-01/runtime';
// Lambda does not forward an X-Ray cause of this size or more.
const LONGEST_CAUSE_BYTES = 1024 * 1024;

class RuntimeClient {
  #connection;
  #common;
  #next;
  #invocationId = '';

  constructor(address) {
    this.address = address;
    this.#connection = new HttpConnection(address);
    this.#common = `Host: ${address}\r\nAccept: */*\r\nUser-Agent: lambdatui-node/${process.versions.node}\r\n`;
    this.#next = `GET ${VERSION}/invocation/next HTTP/1.1\r\n${this.#common}\r\n`;
  }

  /** Wait for the next invocation: the event's text and the headers, names in lower case. Rejects when refused. */
  async next() {
    let response;
    try {
      response = await this.#connection.exchange(this.#next, null);
    } catch {
      complain('Failed to get next invocation. No Response from endpoint');
      throw new Error('Failed to get next invocation, error -1');
    }
    const { status, headers, body } = response;
    if (status < 200 || status > 299) {
      complain(`Failed to get next invocation. Http Response code: ${status}`);
      throw new Error(`Failed to get next invocation, error ${status}`);
    }
    this.#invocationId = headers['lambda-runtime-invocation-id'] ?? '';
    // From here no frame of Node's own is on the stack, and so none shows up in the traces of handlers.
    await new Promise((resolve) => setImmediate(resolve));
    return { headers, body: body.toString('utf8') };
  }

  /** Answer an invocation with JSON text. A refusal is written to the log and changes nothing else. */
  async postResponse(requestId, json) {
    await this.#report(requestId, 'response', json, '');
  }

  /** Report a failed invocation, with the X-Ray cause unless it is too large to travel. */
  async postError(requestId, json, xrayCause) {
    const travels = xrayCause !== '' && Buffer.byteLength(xrayCause) < LONGEST_CAUSE_BYTES;
    const cause = travels ? `lambda-runtime-function-xray-error-cause: ${xrayCause}\r\n` : '';
    await this.#report(requestId, 'error', json, cause);
  }

  /** Report that the function cannot be initialised. Rejects when nobody listens. */
  async postInitError(json, errorType) {
    const fields = `Content-Type: application/json\r\nLambda-Runtime-Function-Error-Type: ${errorType}\r\n`;
    await this.#post('/init/error', fields, json);
  }

  async #report(requestId, kind, json, fields) {
    const path = `/invocation/${encodeURIComponent(requestId)}/${kind}`;
    const attempt = this.#invocationId ? `lambda-runtime-invocation-id: ${this.#invocationId}\r\n` : '';
    try {
      const { status, body } = await this.#post(path, `content-type: application/json\r\n${fields}${attempt}`, json);
      if (status >= 200 && status <= 299) return;
      const said = HAS_CALLBACKS ? '' : ` ${body}`;
      complain(`Failed to post handler success response. Http response code: ${status}.${said}`);
    } catch {
      complain(`Failed to send HTTP request for invocation ${requestId}.`);
    }
  }

  #post(path, fields, json) {
    const body = Buffer.from(json);
    const head = `POST ${VERSION}${path} HTTP/1.1\r\n${this.#common}${fields}content-length: ${body.length}\r\n\r\n`;
    return this.#connection.exchange(head, body);
  }
}

/** Words of a runtime in trouble, as AWS's client prints them. */
function complain(text) {
  process.stdout.write(`[ERROR] [${Date.now()}] LAMBDA_RUNTIME ${text}\n`);
}

module.exports = { RuntimeClient };
