// Fleets and what they are tried on.
import { assert, HURRIED, recording } from "./bench.mjs";

export const LIMITED = "3b5d7f90-1c2e-4a6b-8d0f-2e4a6c8b0d1f";
export const FAULT_TOLERANT = "5d6e7f8091a2b3c4";
export const STATUSES = ["queued", "submitting", "inProgress", "finished", "failed", "unknown", "skipped"];
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const named = (count, prefix = "m") =>
  Array.from({ length: count }, (_, place) => `${prefix}-${place}`);
export const sum = (counts) => Object.values(counts).reduce((one, other) => one + other, 0);
export const stored = (state) => JSON.parse(JSON.stringify(state));

/** The machine of a request for a snapshot; none for other calls. */
export const posted = ({ url, method }) =>
  method === "POST"
    ? decodeURIComponent(/machines\/([^/]+)\/operations/.exec(new URL(url).pathname)?.[1] ?? "")
    : undefined;

/** So many machines that can be snapshot; `before` is called, and awaited, ahead of each request. */
export function estate({ lib }, count, { simulated, before, ...options } = {}) {
  const machines = typeof count === "number" ? named(count) : count;
  const simulator = new lib.Simulator({ speed: 200, extraMachines: machines, ...simulated });
  const fetch = recording(async (url, init) => {
    await before?.({ url, method: init.method }, simulator);
    return simulator.fetch(url, init);
  });
  const connect = (more) =>
    new lib.SnapshotClient({
      baseUrl: "https://simulator.test",
      auth: simulator.token,
      fetch,
      ...HURRIED,
      ...options,
      ...more,
    });
  const posts = () => fetch.calls.map(posted).filter((machine) => machine !== undefined);
  return { machines, simulator, fetch, posts, connect, client: connect() };
}

/** A store as a user has it: what has changed takes the place of what was there. */
export function store() {
  const entries = new Map();
  const calls = [];
  let newest;
  return {
    calls,
    entries,
    keep: (changes) => {
      newest = stored(changes);
      calls.push(newest);
      for (const entry of newest.entries) entries.set(entry.place, entry);
    },
    state: () => ({ ...newest, entries: [...entries.values()] }),
  };
}

export const inOrder = (state) => ({
  ...stored(state),
  entries: [...stored(state).entries].sort((a, b) => a.place - b.place),
});

/** Nobody waits for it: it must come to this by itself. */
export async function until(condition) {
  for (let pause = 1; !condition(); pause = Math.min(2 * pause, 10)) await sleep(pause);
}

/** Each of these machines has one snapshot, and the fleet tells which. */
export function assertMadeOnce({ simulator }, machines, report) {
  const { made } = simulator.stats();
  for (const machine of machines) {
    const entry = report.entries.find(({ machineId }) => machineId === machine);
    assert.equal(entry?.status, "finished", `${machine}: ${entry?.error?.message}`);
    assert.equal(made[machine], 1, machine);
    assert.deepEqual(
      simulator.snapshotsOf(machine).map(({ id }) => id),
      [entry.snapshot.id],
    );
  }
}

/** What a call throws; fails if it gives a promise or anything else. */
export function thrown({ lib }, call) {
  try {
    call();
  } catch (error) {
    assert.instanceOf(error, lib.SnapshotError, String(error));
    assert.equal(error.code, "invalid_input", error.message);
    return error;
  }
  throw new Error("it did not throw");
}

export const trackerPolls = ({ calls }) => {
  const paths = calls
    .filter(({ method }) => method === "GET")
    .map(({ url }) => new URL(url).pathname)
    .filter((path) => path.includes("/request-tracker"));
  const single = paths.filter((path) => path.includes("/request-tracker/"));
  return { single: single.length, lists: paths.length - single.length };
};
