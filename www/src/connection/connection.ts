import { SnapshotClient } from "vra-snapshots";
import { WorkerApi } from "./worker-api.ts";

/** The origin the page came from. */
export const OWN_ORIGIN = "/";

/** What a simulator accepts by default; it opens nothing else. */
export const DEMO_TOKEN = "simulated-token";

/** What the page can talk to. To the client all are the same service; to a person they are not. */
export type ConnectionKind = "simulator" | "service" | "edge";

export interface Connection {
  readonly client: SnapshotClient;
  /** Unlike any other of this page or of an earlier one, for a simulator in the page: it takes all it knows with it. */
  readonly baseUrl: string;
  readonly kind: ConnectionKind;
  /** For people: "Simulator in this page", "this origin", "https://vra.example.com". */
  readonly label: string;
  /** What an edge worker does besides: it runs fleets. */
  readonly worker?: WorkerApi;
}

/** What a person has asked to be connected to. */
export type Target =
  | { kind: "simulator"; machines: number }
  | { kind: "service"; baseUrl: string; secret: Secret }
  | { kind: "edge"; baseUrl: string; secret: Secret };

/** What is sent, or traded for what is sent. */
export type Secret =
  | { type: "token"; token: string }
  | { type: "refresh"; refreshToken: string; organization?: string };

/**
 * What the page is connected to, and was. Every connection has a client of its own, so that its token counts at once.
 * Operations go on with the client that began them: when their token is refused they are given the newest one that
 * was entered for the same base URL. No other base URL ever sees it.
 */
export class Connections {
  readonly #tokens = new Map<string, string>();

  /** @throws SnapshotError `invalid_input` if the base URL is none. */
  async to(target: Target): Promise<Connection> {
    if (target.kind === "simulator") return simulated(target.machines);
    const { kind, baseUrl, secret } = target;
    const client = new SnapshotClient({ baseUrl, ...this.#auth(baseUrl, secret) });
    if (secret.type === "token") this.#tokens.set(baseUrl, secret.token);
    const connection = { client, baseUrl, kind, label: baseUrl === OWN_ORIGIN ? "this origin" : baseUrl };
    if (kind !== "edge") return connection;
    return { ...connection, worker: new WorkerApi(baseUrl, () => this.#tokens.get(baseUrl) ?? "") };
  }

  #auth(baseUrl: string, secret: Secret) {
    if (secret.type === "refresh") {
      const { refreshToken, organization } = secret;
      return { auth: { refreshToken, ...(organization && { organization }) } };
    }
    // Without a token none is sent: a proxy may add it.
    if (!secret.token) return {};
    return { auth: () => this.#tokens.get(baseUrl) ?? secret.token };
  }
}

/** Loaded only when it is wanted: a page that talks to a service has no use for it. */
async function simulated(machines: number): Promise<Connection> {
  const { Simulator } = await import("vra-snapshots/simulator");
  const simulator = new Simulator({ machines, latencyMs: 60, snapshotSpread: 0.5 });
  const baseUrl = `https://${Math.random().toString(36).slice(2)}.invalid`;
  const client = new SnapshotClient({ baseUrl, auth: simulator.token, fetch: simulator.fetch });
  return { client, baseUrl, kind: "simulator", label: "Simulator in this page" };
}

/** Whether calls to it leave the page's origin; then the service has to allow them, and most do not. */
export function isCrossOrigin({ kind, baseUrl }: Connection): boolean {
  return kind !== "simulator" && new URL(baseUrl, location.href).origin !== location.origin;
}
