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
  #clues;
  #mask;
  #bringsToken;
  /** The answer, once its head has come. */
  response;

  /**
   * Begins; `done(key, ending, value, response)` is called once, and never before this returns. `mask(text)` gives a text
   * without the secrets that the client knows; a body with a secret has one of the `clues`. A successful answer that
   * `bringsToken` is passed on as it is: it is a secret, and goes to no user.
   */
  constructor(fetch, url, method, headers, kind, body, limit, done, key, clues, mask, bringsToken) {
    this.#done = done;
    this.#key = key;
    this.#clues = clues;
    this.#mask = mask;
    this.#bringsToken = bringsToken;
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
      value = this.#parse(text);
    } catch {
      return this.#end(OTHER_BODY, text);
    }
    this.#end(JSON_BODY, value);
  }

  /** The body; no secret is in its values, nor in its names, however deep. */
  #parse(text) {
    const { status } = this.response;
    const mayRepeat = (text) => /[%\\]/.test(text) || this.#clues.some((clue) => text.includes(clue));
    if ((this.#bringsToken && status >= 200 && status < 300) || !mayRepeat(text)) return JSON.parse(text);
    const clean = (text) => (mayRepeat(text) ? this.#mask(text) : text);
    return JSON.parse(text, (_name, value) => {
      if (typeof value === "string") return clean(value);
      if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
      const entries = Object.entries(value);
      if (!entries.some(([name]) => clean(name) !== name)) return value;
      return Object.fromEntries(entries.map(([name, member]) => [clean(name), member]));
    });
  }
}

/**
 * By its shape: a `Response` may come from another realm, where `instanceof` fails, or from a wrapper of `fetch`, whose body is
 * a stream of another kind, or missing.
 */
function isResponse(value) {
  return (
    typeof value?.status === "number" &&
    typeof value.headers?.get === "function" &&
    (value.body === null || partsOf(value) !== undefined)
  );
}

/** What reads a body in parts, and what lets go of the rest; undefined if it cannot be read at all. */
function partsOf(response) {
  const { body } = response;
  if (typeof body?.getReader === "function") {
    return () => {
      const reader = body.getReader();
      return [() => reader.read(), () => reader.cancel()];
    };
  }
  if (
    typeof (body?.[Symbol.asyncIterator] ?? body?.[Symbol.iterator]) === "function" &&
    typeof body !== "string"
  ) {
    return () => {
      const parts = (body[Symbol.asyncIterator] ?? body[Symbol.iterator]).call(body);
      return [() => parts.next(), () => (body.destroy ? body.destroy() : parts.return?.())];
    };
  }
  const whole = ["arrayBuffer", "text"].find((method) => typeof response[method] === "function");
  if (whole === undefined) return undefined;
  return () => {
    let done = false;
    const read = async () => {
      if (done) return { done };
      done = true;
      return { done: false, value: await response[whole]() };
    };
    return [read, () => {}];
  };
}

/** The text of a body, or undefined if it is longer than the limit. */
async function read(response, limit) {
  if (response.body === null) return "";
  const [next, letGo] = partsOf(response)();
  const chunks = [];
  let length = Number(response.headers.get("content-length")) > limit ? Infinity : 0;
  for (;;) {
    if (length > limit) {
      // The rest is not wanted, and the connection let go. A rejection says nothing new, but somebody must hear it.
      (async () => letGo())().catch(() => {});
      return undefined;
    }
    const { done, value } = await next();
    if (done) return decode(chunks);
    const chunk = typeof value === "string" ? new TextEncoder().encode(value) : value;
    length += chunk.byteLength;
    chunks.push(chunk);
  }
}

const utf8 = new TextDecoder();

function decode(chunks) {
  if (chunks.length === 1) return utf8.decode(chunks[0]);
  const decoder = new TextDecoder();
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
}
