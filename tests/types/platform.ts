// What comes from the platform and goes to it. Compiled wherever there is a platform, never run.
import { SnapshotClient, type UrlFetch } from "vra-snapshots";
import { Simulator } from "vra-snapshots/simulator";
import { init } from "vra-snapshots/slim";

const baseUrl = "https://a.test";
const simulator = new Simulator();

/** In place of the global `fetch`: itself, what wraps it, a simulated one, and what needs less than it is given. */
export const fetches: UrlFetch[] = [
  fetch,
  (url, init) => fetch(url, init),
  (url: string) => fetch(url),
  async (url, init) => new Response(url + init.method),
  simulator.fetch,
];
export const clients = fetches.map((fetch) => new SnapshotClient({ baseUrl, fetch }));
export const answer: Promise<Response> = simulator.fetch(new URL(baseUrl), { method: "POST" });

export async function withSignal(signal: AbortSignal): Promise<void> {
  const client = new SnapshotClient({ baseUrl });
  const operation = await client.createSnapshot("m", {}, { signal });
  await operation.result({ signal, timeoutMs: 1 });
  await client.about({ signal: new AbortController().signal });
}

export const loading: Promise<void>[] = [
  init(new URL(baseUrl)),
  init(new Response()),
  init(fetch(baseUrl)),
  init(new ArrayBuffer(8)),
];

// @ts-expect-error: a controller is no signal
new SnapshotClient({ baseUrl }).about({ signal: new AbortController() });
// @ts-expect-error: what a `fetch` gives is a promise
new SnapshotClient({ baseUrl, fetch: () => new Response() });
// @ts-expect-error: what a `fetch` gives is a response
new SnapshotClient({ baseUrl, fetch: async () => "answer" });
// @ts-expect-error: it is called with a URL in a string
new SnapshotClient({ baseUrl, fetch: async (request: Request) => fetch(request) });
