// What every contestant does, and the check that it did.

export const MACHINE = "9e49c1f0a2b34d57";
/** A token is a long text that is sent with each request. */
const TOKEN = "a-token-of-the-length-that-such-tokens-have-or-nearly-so-because-they-are-long";

let begun = 0;

/**
 * The two works. `operation` is the whole: create, poll until FINISHED, get the snapshot. `read` is the narrowest
 * that all have in common: one GET of one request tracker.
 */
const WORKS = {
  async operation(client) {
    begun += 1;
    // Another name each time, so that no older snapshot can pass for this one.
    const name = `before-upgrade-${begun}`;
    const snapshot = await client.createSnapshot(MACHINE, { name, snapshotMemory: false });
    if (snapshot?.name !== name || snapshot._links === undefined) {
      throw new Error(`no snapshot ${name}, but ${JSON.stringify(snapshot)}`);
    }
  },
  async read(client, place) {
    const id = `5d1c9f44-0a7e-4b7e-8a55-${place}`;
    const tracker = await client.getTracker(id);
    if (tracker?.id !== id || tracker.progress !== 50) throw new Error(`no tracker ${id}`);
  },
};

/** What a contestant is connected with: no pauses, unless told. One that listens has a signal and hears events. */
export function settings({ baseUrl, fetch, listens = false, delayMs = 0 }) {
  const listening = { signal: new AbortController().signal, onEvent: () => {} };
  return { baseUrl, token: TOKEN, fetch, delayMs, ...(listens && listening) };
}

/** Does so many of a work, one after the other. */
export async function run(client, work, count) {
  const one = WORKS[work];
  for (let place = 0; place < count; place += 1) await one(client, place);
}
