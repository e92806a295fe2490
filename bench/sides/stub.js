// `fetch` without a network: the answer is there after one turn of the event loop, as a real `Response`.
import { headersOf } from "./service.js";

/**
 * A turn is a macrotask. With microtasks alone nothing else would run for a whole round: no timer, no finalisation.
 */
export const turn = typeof setImmediate === "function" ? immediate : message;

function immediate() {
  return new Promise((resolve) => setImmediate(resolve));
}

const waiting = [];
let channel;

/** A browser's timers wait 4 ms once they are nested; messages do not. */
function message() {
  if (channel === undefined) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => waiting.shift()();
  }
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(0);
  });
}

export function stubOf(service) {
  return async (input, init) => {
    const url = typeof input === "string" ? input : (input.url ?? input.href);
    const method = init?.method ?? input.method ?? "GET";
    const sent = init?.body ?? (input.body ? await input.text() : undefined);
    const signal = init?.signal ?? input.signal;
    signal?.throwIfAborted();
    await turn();
    signal?.throwIfAborted();
    const { status, body } = service.answer(method, url, sent);
    return new Response(body, { status, headers: headersOf(body) });
  };
}
