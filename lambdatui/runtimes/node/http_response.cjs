// Turns the bytes of one HTTP/1.1 response into `{status, headers, body, closes}`. Does no I/O.

'use strict';

const END_OF_HEAD = '\r\n\r\n';

class ResponseReader {
  #chunks = [];
  #size = 0;
  #head = null;
  #bodyStart = 0;
  #wanted = -1; // bytes of head and body together; -1 where the body comes in chunks

  get isEmpty() {
    return this.#size === 0;
  }

  /** Take what was received; the response when it is whole, else null. Throws on what is not HTTP. */
  feed(chunk) {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#head === null && !this.#readHead()) return null;
    if (this.#wanted >= 0) {
      return this.#size < this.#wanted ? null : this.#response(this.#joined().subarray(this.#bodyStart, this.#wanted));
    }
    const body = withoutChunks(this.#joined(), this.#bodyStart);
    return body === null ? null : this.#response(body);
  }

  #readHead() {
    const received = this.#joined();
    const end = received.indexOf(END_OF_HEAD);
    if (end < 0) return false;
    this.#head = parsedHead(received.toString('utf8', 0, end));
    this.#bodyStart = end + END_OF_HEAD.length;
    if (this.#head.headers['transfer-encoding'] !== 'chunked') {
      this.#wanted = this.#bodyStart + Number(this.#head.headers['content-length'] ?? 0);
    }
    return true;
  }

  #joined() {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks, this.#size)];
    return this.#chunks[0];
  }

  #response(body) {
    const closes = this.#head.headers.connection?.toLowerCase() === 'close';
    return { ...this.#head, body, closes };
  }
}

function parsedHead(text) {
  const [statusLine, ...lines] = text.split('\r\n');
  const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(statusLine)?.[1]);
  if (!status) throw new Error(`not an HTTP response: ${statusLine}`);
  const headers = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { status, headers };
}

/** The body, or null while its last chunk is missing. Trailers are not looked at. */
function withoutChunks(received, start) {
  const parts = [];
  for (let at = start; ; ) {
    const lineEnd = received.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const length = Number.parseInt(received.toString('latin1', at, lineEnd), 16);
    const dataStart = lineEnd + 2;
    if (Number.isNaN(length)) throw new Error('a chunk of an HTTP response has no length');
    if (received.length < dataStart + length + 2) return null;
    if (length === 0) return Buffer.concat(parts);
    parts.push(received.subarray(dataStart, dataStart + length));
    at = dataStart + length + 2;
  }
}

module.exports = { ResponseReader };
