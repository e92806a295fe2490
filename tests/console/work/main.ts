// The page's work without its other parts, for tests of it: `window.work` is what those would call.
import { SnapshotClient } from "vra-snapshots";
import type { Connection, ConnectionKind } from "../../../www/src/connection/connection.ts";
import type { Work } from "../../../www/src/context.ts";
import { mountWork } from "../../../www/src/workspace.ts";

declare global {
  interface Window {
    work: Work;
    client: SnapshotClient;
    /** As if a person had entered a token. */
    connect(token: string): void;
  }
}

const query = new URLSearchParams(location.search);
const kind = (query.get("kind") ?? "service") as ConnectionKind;

if (kind === "simulator") {
  const { Simulator } = await import("vra-snapshots/simulator");
  // So slow that nothing ends while a test looks.
  const simulator = new Simulator({ speed: 0.01 });
  const baseUrl = `https://${crypto.randomUUID()}.simulated.test`;
  const client = new SnapshotClient({ baseUrl, auth: simulator.token, fetch: simulator.fetch });
  mount({ client, baseUrl, kind, label: "the simulator in this page" });
} else {
  window.connect = (auth) => {
    const baseUrl = query.get("baseUrl") ?? "/";
    // Fast enough for tests: looks, polls and retries are the client's to prove.
    const client = new SnapshotClient({
      baseUrl,
      auth,
      polling: { initialDelayMs: 100, maxDelayMs: 300 },
      reconcile: { settleMs: Number(query.get("settleMs") ?? 1500), intervalMs: 100 },
      retry: { maxAttempts: 2, initialDelayMs: 50, maxDelayMs: 200 },
    });
    mount({ client, baseUrl, kind, label: baseUrl === "/" ? "this origin" : baseUrl });
  };
  window.connect(query.get("token") ?? "simulated-token");
}

function mount(connection: Connection): void {
  window.work = mountWork(connection);
  window.client = connection.client;
}
