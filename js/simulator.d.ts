/**
 * The IaaS service, simulated in the process or page that imports this: for tests and demonstrations without a
 * service. Nothing leaves the process.
 *
 * ```js
 * import { SnapshotClient } from "vra-snapshots";
 * import { Simulator } from "vra-snapshots/simulator";
 *
 * const simulator = new Simulator({ speed: 100 });
 * const client = new SnapshotClient({ baseUrl: "https://simulated.test", auth: simulator.token, fetch: simulator.fetch });
 * const operation = await client.createSnapshot("9e49c1f0a2b34d57", { name: "before-upgrade" });
 * console.log((await operation.result()).id);
 * ```
 *
 * @packageDocumentation
 */

/** Options of a {@link Simulator}. An unknown key or a wrong type is a `TypeError`. */
export interface SimulatorOptions {
  /** How many machines there are, up to 65,535; the well-known ones come first. Default: 60. */
  machines?: number;
  /** A non-negative integer. Another seed gives another estate; the well-known machines stay. Default: 1. */
  seed?: number;
  /** How many times faster than a real service operations run; a plain snapshot takes 8 s / `speed`. Default: 1. */
  speed?: number;
  /** The time that each call takes, half of it on the way there, in milliseconds. Default: 0. */
  latencyMs?: number;
  /** An access token that never expires. Default: `"simulated-token"`. */
  token?: string;
  /** An access token that never expires; every action with it gets 403. Default: `"simulated-read-only-token"`. */
  readOnlyToken?: string;
  /** What `POST /iaas/api/login` and the token endpoint take. Default: `"simulated-refresh-token"`. */
  refreshToken?: string;
  /** The organization that has a token endpoint (VCF Automation 9). Default: `"simulated"`. */
  organization?: string;
  /** How long a token lives that was traded for the refresh token, in milliseconds. Default: 3,600,000. */
  tokenLifetimeMs?: number;
  /** What 403 and 404 carry: the service's error body, or nothing. Default: `"full"`. */
  errorBodies?: "full" | "none";
  /** What becomes of `$top`, `$skip` and `$filter` on the list of request trackers. Default: `"obeyed"`. */
  trackerPaging?: "obeyed" | "ignored" | "refused";
  /** What the `resources` of a request tracker name; `"snapshot"` names the machine too. Default: `"machine"`. */
  trackerResources?: "machine" | "snapshot" | "none";
  /** Whether lists tell `totalElements`. Default: `true`. */
  totalElements?: boolean;
  /** Whether the deletion of a snapshot gets 202 with a tracker, or 204. Default: `"tracker"`. */
  deleteAnswer?: "tracker" | "none";
  /** Whether a specification without `id` or `_links` gets 400. Default: `false`. */
  strictBodies?: boolean;
}

/** A simulated service. It lives as long as this object; two of them share nothing. */
export class Simulator {
  /** @throws `TypeError`, naming the option. */
  constructor(options?: SimulatorOptions);
  /** An access token that never expires. */
  readonly token: string;
  /** An access token that never expires; every action with it gets 403. */
  readonly readOnlyToken: string;
  /** What can be traded for an access token. */
  readonly refreshToken: string;
  /** The organization that has a token endpoint. */
  readonly organization: string;
  /**
   * Takes what the global `fetch` takes and gives what it gives; it may be called without `this`. The host of the
   * address does not matter. An abort rejects with the signal's own reason.
   */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
}
