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

import type { PlatformFetch } from "./platform.js";

export type { PlatformFetch };

/** Options of a {@link Simulator}. An unknown key or a wrong type is a `TypeError`. */
export interface SimulatorOptions {
  /** How many machines there are, up to 65,535; the well-known ones come first. Default: 60. */
  machines?: number;
  /** A non-negative integer. Another seed gives another estate; the well-known machines stay. Default: 1. */
  seed?: number;
  /**
   * The time of the service, in milliseconds since 1970, asked for at each call; what goes back is not believed. With
   * it operations run in the time of a test's clock and nobody waits for them; `latencyMs` and `delayMs` stay timers.
   * Default: `Date.now`, as it is at the time of the call.
   */
  now?: () => number;
  /** How many times faster than a real service operations run. Default: 1. */
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
  /**
   * The shape of error bodies. Default: `"full"`, the documented one. `"none"`: 403 and 404 carry nothing. The others are seen
   * on live systems: `"loose"` has numbers where texts are documented and `details` as an object, `"oauth"` is
   * `{error, error_description}`, `"errors"` is `{errors: [{message}]}`, `"spring"` is
   * `{timestamp, status, error, path, details}` with `details` as a text, `"vcloud"` is `{minorErrorCode, message, stackTrace}`.
   */
  errorBodies?: "full" | "none" | "loose" | "oauth" | "errors" | "spring" | "vcloud";
  /** What becomes of `$top`, `$skip` and `$filter` on the list of request trackers. Default: `"obeyed"`. */
  trackerPaging?: "obeyed" | "ignored" | "refused";
  /** Which request trackers a list begins with; the oldest are `pastTrackers`. Default: `"newestFirst"`. */
  trackerOrder?: "newestFirst" | "oldestFirst";
  /** What the `resources` of a request tracker name; `"snapshot"` names the machine too. Default: `"machine"`. */
  trackerResources?: "machine" | "snapshot" | "none";
  /** Whether lists tell `totalElements`; `"page"` tells how many are on the page. Default: `true`. */
  totalElements?: boolean | "page";
  /** Whether the deletion of a snapshot gets 202 with a tracker, or 204. Default: `"tracker"`. */
  deleteAnswer?: "tracker" | "none";
  /** Whether a specification without `id` or `_links` gets 400. Default: `false`. */
  strictBodies?: boolean;
  /**
   * Machines after all others, each with this name and the same id. What goes wrong on a machine by the beginning of
   * its name (`"cut-after-01"`) goes wrong on these. Default: none.
   */
  extraMachines?: string[];
  /** How many trackers of others' operations, ended long ago, stay listed; up to 65,535. Default: 0. */
  pastTrackers?: number;
  /** Whether a second operation on a machine gets 409, or a tracker that ends `FAILED`. Default: `"refused"`. */
  busy?: "refused" | "failed";
  /** Whether an operation occupies its machine, or all machines of its deployment. Default: `"machine"`. */
  busyScope?: "machine" | "deployment";
  /** How long a snapshot without memory takes at speed 1, in milliseconds. Default: 8,000. */
  snapshotMs?: number;
  /**
   * By which share of `snapshotMs` it takes longer or shorter: 0.2 makes it 80 to 120 %. It follows from `seed` and the
   * machine's id, and is the same each time. From 0 to 1. Default: 0.
   */
  snapshotSpread?: number;
  /** How far the service's clock is ahead, in milliseconds; below 0 behind. Default: 0. */
  clockOffsetMs?: number;
  /** What goes wrong from the start. Default: nothing. */
  faults?: Fault[];
}

/** The calls of the service by their names; `"unknown"` is a path or method that it does not have. */
export type CallName =
  | "about"
  | "login"
  | "tenantToken"
  | "listMachines"
  | "getMachine"
  | "listSnapshots"
  | "getSnapshot"
  | "createSnapshot"
  | "revertSnapshot"
  | "deleteSnapshot"
  | "listTrackers"
  | "getTracker"
  | "deleteTracker"
  | "unknown";

/**
 * What goes wrong, with which calls, and how often. Faults that hit one call come together; where they exclude each
 * other the one that came first counts. An unknown key or a wrong type is a `TypeError`.
 *
 * ```js
 * // The first POST is carried out and its answer lost; the second finds the machine busy.
 * simulator.inject({ on: "createSnapshot", effect: "after", connection: "cut" });
 * ```
 */
export interface Fault {
  /** Which calls; those that all of this is true of. Default: any. */
  on?: CallName | "any" | FaultTarget;
  /** The first of these calls that is hit, counted from 1 since the fault was injected. Default: 1. */
  nth?: number;
  /** How many of them are hit, one after the other; 0 for all from then on. Default: 1. */
  times?: number;
  /**
   * Where the client does not get the service's own answer: whether the request is not carried out, is, or will be
   * after so long; then, without an `answer`, the connection is cut. Default: `"before"`, it is not.
   */
  effect?: "before" | "after" | { afterMs: number };
  /** How late the answer comes, or the connection ends, in milliseconds. Default: 0. */
  delayMs?: number;
  /** Parameters of the query that the service does not see: `["$skip"]`. */
  ignoreQuery?: string[];
  /** Parameters of the query that get 400: `["$orderby"]`. */
  refuseQuery?: string[];
  /**
   * How many entries of a list of machines or trackers go from its end to its front before every page but the first: as many
   * are shown twice, and as many never. A list that is asked for by `$orderby` keeps its order. Default: 0.
   */
  turnListBy?: number;
  /** Whether a bare array comes as `{ content: [...] }`. Default: `false`. */
  envelope?: boolean;
  /** Whether all tokens expire that were traded for the refresh token, before the call is let in. */
  expireTokens?: boolean;
  /** An answer in place of the service's own. */
  answer?: FaultAnswer;
  /** A JSON merge patch (RFC 7396) for the answer; in a list, for each element. */
  patch?: Record<string, unknown>;
  /** The answer's body is cut to this length, or padded with spaces; up to 2²⁸. */
  bodyBytes?: number;
  /**
   * How the connection ends; `cutInBody` after so many bytes of the body. `fetch` rejects with a `TypeError` whose
   * cause has the code `ECONNREFUSED` or `ECONNRESET`, or gives a body that breaks off. Default: `"keep"`.
   */
  connection?: "keep" | "refused" | "cut" | { cutInBody: number };
  /** What is odd about the operation that the call begins. */
  operation?: FaultyOperation;
  /** What somebody else begins just after the call. */
  foreign?: ForeignOperation;
}

/** Which calls a {@link Fault} is for. */
export interface FaultTarget {
  /** Which call it is. Default: any. */
  call?: CallName | "any";
  /** In capitals: `"POST"`. */
  method?: string;
  /** A part of the path, as it is sent. */
  path?: string;
  /** A machine's id, its name, or the beginning of its name: `"web-*"`. A call about a tracker is about its machine. */
  machine?: string;
}

/** An answer in place of the service's own. */
export interface FaultAnswer {
  /** From 200 to 599. */
  status: number;
  /** What the error body says. */
  message?: string;
  /** The `details` of the error body. */
  details?: string[];
  /** Seconds, any text, or a date from now by the service's clock, in one of HTTP's three forms (default `"imf"`). */
  retryAfter?: number | string | { inMs: number; as?: "imf" | "rfc850" | "asctime" };
  /** Headers, beyond those that the answer has by itself. */
  headers?: Record<string, string>;
  /**
   * Default: `"error"`, the service's error body, from status 400 on, else `"empty"`. `"gateway"` is the body of a gateway that
   * finds no handler for the request; `"echo"` is an error body that repeats the token and the body of the request.
   */
  body?: "error" | "html" | "empty" | "gateway" | "echo" | { json: unknown } | { text: string };
}

/** What is odd about an operation that is accepted. Its times are milliseconds at speed 1. */
export interface FaultyOperation {
  /** How long it takes. Default: as long as its kind takes. */
  durationMs?: number;
  /** It ends `FAILED`; without a message its tracker has none. If `done`, it did its work all the same. */
  fails?: FaultyEnd;
  /** What its tracker shows, in lists too, from one time to another. */
  tracker?: FaultyTracker[];
  /** How much later than the tracker's end its outcome can be seen. */
  listedAfterMs?: number;
  /** How many characters of the name are kept; with 0 the service gives a name of its own. */
  keepName?: number;
  /** How many times `%`, `/` and `\\` in the name are escaped, as vCenter stores them. Default: 0. */
  escapeName?: number;
  /** How many characters of the description are kept; with 0 there is none. */
  keepDescription?: number;
}

/** How an operation fails. */
export interface FaultyEnd {
  /** What its tracker says. */
  message?: string;
  /** Whether it did its work all the same. Default: `false`. */
  done?: boolean;
}

/** What a tracker shows for a time: a JSON merge patch, or nothing at all. Times count from the operation's start. */
export interface FaultyTracker {
  /** From when. Default: 0. */
  fromMs?: number;
  /** Until when. Default: for ever. */
  untilMs?: number;
  /** A JSON merge patch (RFC 7396) for the tracker. */
  patch?: Record<string, unknown>;
  /** Whether it is not there: 404, and in no list. */
  missing?: boolean;
}

/** What somebody else does, whatever is under way; it occupies the machine. Its times are milliseconds at speed 1. */
export interface ForeignOperation {
  /** The machine's id. It is required, but in a fault, where it is by default the machine of the call. */
  machine?: string;
  /** Default: `"powerOff"`, which changes no snapshot. */
  operation?: "powerOff" | "createSnapshot" | "revertSnapshot" | "deleteSnapshot";
  /** How long it takes. Default: as long as its kind takes. */
  durationMs?: number;
  /** Whether it ends `FAILED`. Default: `false`. */
  fails?: boolean;
  /** Whether there is a tracker for it. Default: `true`. */
  tracker?: boolean;
  /** The name of a snapshot that it makes; in a fault by default the one in the body of the call. */
  name?: string;
  /** The description of that snapshot. */
  description?: string;
  /** The id of the snapshot that it reverts to or deletes. Default: the newest. */
  snapshot?: string;
}

/** What was asked of a simulated service, and what it did. */
export interface SimulatorStats {
  /** How many requests arrived, by call; those whose connection was refused or cut are counted too. */
  calls: Partial<Record<CallName, number>>;
  /** How many requests for a snapshot were accepted, by the machine's id. */
  created: Record<string, number>;
  /** How many snapshots these have made, by the machine's id; those deleted since are counted. */
  made: Record<string, number>;
  /**
   * The most requests for a snapshot that were under way at a time: accepted, and their trackers not at their ends.
   * What others do is not counted.
   */
  mostUnderWay: number;
  /** The most of them in one deployment. */
  mostUnderWayInDeployment: number;
}

/** A snapshot that there is. */
export interface SnapshotRecord {
  /** As in the service's lists. */
  id: string;
  /** As the service keeps it. */
  name: string;
  /** As the service keeps it. */
  description: string | null;
  /** The number of the request that asked for it; `null` for one that was there before or is somebody else's. */
  madeByRequest: number | null;
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
   * address does not matter. An abort rejects with the signal's own reason. Redirects are not followed.
   */
  readonly fetch: PlatformFetch;
  /** Adds faults to those in force. @throws `TypeError`, naming what is wrong; then none is added. */
  inject(faults: Fault | readonly Fault[]): void;
  /** Ends all faults, also those of machines by their names. What they have done stays. */
  clearFaults(): void;
  /** Ends the life of all tokens that were traded for the refresh token. */
  expireTokens(): void;
  /** Lets somebody else begin an operation, and gives the id of its tracker. @throws `TypeError` */
  beginForeign(operation: ForeignOperation): string;
  /** What has happened so far. */
  stats(): SimulatorStats;
  /** The snapshots of a machine, the oldest first; none for a machine that there is not. */
  snapshotsOf(machineId: string): SnapshotRecord[];
}
