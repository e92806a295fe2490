// One attempt over `fetch`: all of its I/O. A step of it that crosses from WebAssembly costs more than the step itself
// (`npm run bench`). It decides nothing; it says how the attempt ended.

/** How an attempt ended: the numbers of `ending` in src/web/attempt.rs. */
const JSON_BODY = 0;
const OTHER_BODY = 1;
const NO_ANSWER = 2;
const NO_RESPONSE = 3;
const CUT = 4;
const TOO_LARGE = 5;

/** One attempt over `fetch`. */
export class Transport {
  #abort = new AbortController();
  #done;
  #key;
  /** The answer, once its head has come. */
  response;

  /** Begins; `done(key, ending, value, response)` is called once, and never before this returns. */
  constructor(fetch, url, method, headers, kind, body, limit, done, key) {
    this.#done = done;
    this.#key = key;
    // A redirect is never followed: it would carry the token elsewhere. The headers are a copy, because an injected
    // `fetch` may add its own.
    const init = {
      method,
      headers: new Headers(headers),
      body,
      redirect: "manual",
      signal: this.#abort.signal,
    };
    if (kind !== undefined) init.headers.set("content-type", kind);
    this.#send(fetch, url, init, limit);
  }

  /** Gives it up: `done` is not called any more. */
  abort() {
    this.#done = undefined;
    this.#abort.abort();
  }

  #end(ending, value) {
    this.#done?.(this.#key, ending, value, this.response);
  }

  async #send(fetch, url, init, limit) {
    let response;
    try {
      // The global one as it is now, and called as a function: `fetch` minds its `this`.
      const call = fetch ?? globalThis.fetch;
      if (typeof call !== "function") throw new Error("there is no global `fetch`: give one");
      response = await call(url, init);
    } catch (reason) {
      // Not at once, for it may have been thrown before there was anything to wait for.
      return Promise.resolve().then(() => this.#end(NO_ANSWER, reason));
    }
    if (!isResponse(response)) return this.#end(NO_RESPONSE);
    this.response = response;
    let text;
    try {
      text = await read(response, limit);
    } catch (reason) {
      return this.#end(CUT, reason);
    }
    if (text === undefined) return this.#end(TOO_LARGE);
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      return this.#end(OTHER_BODY, text);
    }
    this.#end(JSON_BODY, value);
  }
}

/** By its shape: a `Response` may come from another realm, where `instanceof` fails. */
function isResponse(value) {
  return (
    typeof value?.status === "number" &&
    typeof value.headers?.get === "function" &&
    (value.body === null || typeof value.body?.getReader === "function")
  );
}

/** The text of a body, or undefined if it is longer than the limit. */
async function read(response, limit) {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const chunks = [];
  let length = Number(response.headers.get("content-length")) > limit ? Infinity : 0;
  for (;;) {
    if (length > limit) {
      // The rest is not wanted, and the connection let go. A rejection says nothing new, but somebody must hear it.
      (async () => reader.cancel())().catch(() => {});
      return undefined;
    }
    const { done, value } = await reader.read();
    if (done) return decode(chunks);
    length += value.byteLength;
    chunks.push(value);
  }
}

const utf8 = new TextDecoder();

function decode(chunks) {
  if (chunks.length === 1) return utf8.decode(chunks[0]);
  const decoder = new TextDecoder();
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
}
