// HTTP/1.1 to one host over a connection that is kept alive, with no more than a Runtime API needs.
// An idle connection never keeps the process alive, nor does it count as work in the event loop.

'use strict';

const { createConnection } = require('node:net');
const { ResponseReader } = require('./http_response.cjs');

class HttpConnection {
  #options;
  #idle = null;

  constructor(address) {
    const colon = address.lastIndexOf(':');
    this.#options = { host: address.slice(0, colon), port: Number(address.slice(colon + 1)), noDelay: true };
  }

  /**
   * Send one request and wait, without limit, for its response `{status, headers, body}`; rejects when there is none.
   * A second request before the first is answered travels on a connection of its own.
   */
  async exchange(head, body) {
    const kept = this.#idle;
    this.#idle = null;
    if (kept !== null) {
      const response = await this.#on(kept, head, body, true);
      if (response !== null) return response;
    }
    return this.#on(createConnection(this.#options), head, body, false);
  }

  /** Resolves with null where a kept connection turns out to have been closed before anything came back. */
  #on(socket, head, body, mayBeStale) {
    return new Promise((resolve, reject) => {
      const reader = new ResponseReader();
      const lost = (error) => {
        leave();
        socket.destroy();
        if (mayBeStale && reader.isEmpty) resolve(null);
        else reject(error ?? new Error('the connection ended before the response did'));
      };
      const received = (chunk) => {
        const response = reader.feed(chunk);
        if (response === null) return;
        leave();
        this.#keep(socket, response);
        resolve(response);
      };
      const ended = () => lost(null);
      const leave = () => socket.off('data', received).off('error', lost).off('close', ended).off('end', ended);
      socket.on('data', received).on('error', lost).on('close', ended).on('end', ended).ref();
      send(socket, head, body);
    });
  }

  #keep(socket, response) {
    if (response.closes || this.#idle !== null || socket.destroyed) {
      socket.destroy();
      return;
    }
    const forget = () => {
      if (this.#idle === socket) this.#idle = null;
      socket.destroy();
    };
    socket.unref();
    // Whoever uses it next listens as well; without a listener of its own an idle socket's error would be uncaught.
    if (socket.listenerCount('error') === 0) socket.on('error', forget).on('close', forget).on('end', forget);
    this.#idle = socket;
  }
}

function send(socket, head, body) {
  if (body === null) {
    socket.write(head);
  } else {
    socket.cork();
    socket.write(head);
    socket.write(body);
    socket.uncork();
  }
}

module.exports = { HttpConnection };
