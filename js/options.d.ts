// What the client and its methods are given, and what they tell.

import type { SnapshotClient, SnapshotOperation } from "./index.js";
import type { RequestTracker } from "./model.js";
import type { PlatformSignal, UrlFetch } from "./platform.js";
import type { OperationKind, OperationState } from "./state.js";

/** Options of a {@link SnapshotClient}. Unknown keys are refused with `invalid_input`. */
export interface ClientOptions {
  /**
   * The service: `https://host`, with a path prefix if a proxy adds one. `http:` is taken on loopback, or with
   * {@link ClientOptions.allowInsecure}. A path (`"/proxy"`, `"/"`) is taken where there is a `location`: the page's origin.
   * The path of an API (`/iaas/api`, `/iaas`) at its end, and `/automation`, `/csp` or `/tm` in place of a path, are refused:
   * they are copied from the product's pages.
   */
  baseUrl: string;
  /**
   * The access token; or a function that gives one; or a refresh token, which is traded for one at
   * `/iaas/api/login`, or with `organization` at VCF Automation 9's `/tm/oauth/tenant/{organization}/token`.
   * A function is asked, and a refresh token traded, at the first call and again, once, after a 401; the function is
   * then given the token that was refused. However many calls wait, it happens once.
   * Left out, no `Authorization` is sent (a proxy adds it).
   */
  auth?: string | ((stale?: string) => string | Promise<string>) | RefreshToken;
  /** The API version that every call names. Default: `"2021-07-15"`. */
  apiVersion?: string;
  /**
   * In place of the global `fetch`: a service binding, a proxy, the simulator. It is called with a URL in a string and
   * with options, without `this`. The global one is read at each call. It may give a `Response` whose body is no web stream,
   * such as node-fetch's: what can be iterated is read in parts, all else by `arrayBuffer()` or `text()`.
   */
  fetch?: UrlFetch;
  /** Attempts of one call that may be repeated, and the pauses between them. */
  retry?: RetryOptions;
  /** The pace of tracker polls: soon at first, then slower, faster again near the end; with jitter. */
  polling?: PollingOptions;
  /** The looks at a machine, where they decide what became of a request. */
  reconcile?: ReconcileOptions;
  /** Time limit of one attempt, its body included. Default: 30,000. */
  requestTimeoutMs?: number;
  /** The longest body that is read. Default: 8 MiB. */
  maxBodyBytes?: number;
  /**
   * `"conformant"` (the default) sends `id` and `_links` with a specification, which the service's description marks
   * as required; `"minimal"` sends what the user gave, no more.
   */
  body?: "conformant" | "minimal";
  /** Allows `http:` to hosts other than loopback. The token then crosses the network in clear. */
  allowInsecure?: boolean;
  /** Told of every request, response, retry, wait and token renewal, for logs and traces. Never given a secret. */
  onEvent?: (event: ClientEvent) => void;
  /**
   * In place of `setTimeout`, for a platform that sleeps between events: a Durable Object's alarm. The client has one
   * timer. This is called with the milliseconds until `wake` is to be called, and what it was told before is then void;
   * with `undefined`, nothing is waited for any more. `wake` is the same function each time, may be called at any time, and
   * may come early: the client looks at its clock. Time limits of attempts and waits are among what it is called for.
   */
  timer?: (delayMs: number | undefined, wake: () => void) => void;
}

/** A refresh token, and where it is traded for an access token. */
export interface RefreshToken {
  /** What is traded. It goes into the body of that one call, and nowhere else. */
  refreshToken: string;
  /** The organization of VCF Automation 9 whose endpoint is asked. Left out, `/iaas/api/login` is. */
  organization?: string;
}

/** See {@link ClientOptions.retry}. */
export interface RetryOptions {
  /** From 1. Default: 4. */
  maxAttempts?: number;
  /** The first pause is at most this, and each further one at most twice the one before; in milliseconds. Default: 500. */
  initialDelayMs?: number;
  /** The longest pause, in milliseconds. Default: 20,000. */
  maxDelayMs?: number;
}

/** See {@link ClientOptions.polling}. */
export interface PollingOptions {
  /** The first pause, in milliseconds; 0 is allowed. Default: 1,000. */
  initialDelayMs?: number;
  /** The longest pause, in milliseconds; 0 is allowed. Default: 15,000. */
  maxDelayMs?: number;
}

/** See {@link ClientOptions.reconcile}. */
export interface ReconcileOptions {
  /**
   * How long a request may take to show, and a snapshot to be listed, before nothing is believed, in milliseconds.
   * Default: 30,000.
   */
  settleMs?: number;
  /** The pause between two looks, in milliseconds. Default: 2,000. */
  intervalMs?: number;
}

/** What happened inside the client. It carries no secret. */
export type ClientEvent = RequestEvent | ResponseEvent | RetryEvent | WaitEvent | RenewalEvent;

/** Which attempt of which call a {@link ClientEvent} is about. */
export interface CallEvent {
  /** Of the request: `GET`, `POST` or `DELETE`. */
  method: string;
  /** Of the request; the query and the host are left out. */
  path: string;
  /** 1 for the first attempt of the call. */
  attempt: number;
}

/** A request is sent. */
export interface RequestEvent extends CallEvent {
  /** Which event it is. */
  type: "request";
}

/** An attempt has ended, with an answer or without. */
export interface ResponseEvent extends CallEvent {
  /** Which event it is. */
  type: "response";
  /** How long the attempt took, its body included, in milliseconds. */
  durationMs: number;
  /** Of an answer; 0 for a redirect that a browser does not show. */
  status?: number;
  /** Where no answer was read. */
  failure?: "network" | "cut" | "timeout" | "too_large" | "no_response" | "unsent";
}

/** The attempt is to be made again. */
export interface RetryEvent extends CallEvent {
  /** Which event it is. */
  type: "retry";
}

/** The client waits: between attempts, polls or looks. */
export interface WaitEvent {
  /** Which event it is. */
  type: "wait";
  /** How long, in milliseconds. */
  delayMs: number;
  /** The {@link SnapshotOperation.id} of the operation that waits, if it is one. */
  operationId?: string;
}

/** A token is asked for. */
export interface RenewalEvent {
  /** Which event it is. */
  type: "renewal";
}

/** Options of every call. */
export interface CallOptions {
  /** Ends the call; the promise rejects with the signal's own reason. The service has no cancel: what it began goes on. */
  signal?: PlatformSignal;
}

/** Options of a call that changes something. */
export interface SubmitOptions extends CallOptions {
  /**
   * Called with the operation's state before the request that must not be repeated is sent, and awaited. Store the
   * state there, and a crash loses nothing. If it throws or rejects, nothing is sent and the promise rejects with
   * its reason.
   */
  checkpoint?: (state: OperationState) => void | Promise<void>;
}

/** Options of {@link SnapshotClient.createSnapshot}. */
export interface CreateOptions extends SubmitOptions {
  /**
   * 1 to 64 characters of `A-Za-z0-9._:-`. It is sent at the end of the description, as `<description> [key]`, and
   * found again there: the same call with the same key makes one snapshot, across processes and days. Without a key
   * that is known for one operation and its states only.
   */
  idempotencyKey?: string;
}

/** Options of {@link SnapshotClient.pruneSnapshots}. */
export interface PruneOptions extends CallOptions {
  /** So many of the newest stay. */
  keep: number;
  /**
   * Snapshots whose names do not begin so stay too, and are not counted. Names are compared as vCenter stores them: `11/24`
   * is also the beginning of a name that is listed as `11%2f24 nightly`.
   */
  namePrefix?: string;
}

/** Options of a wait. */
export interface WaitOptions extends CallOptions {
  /** Default: 3,600,000 (one hour). `Infinity` is allowed. The end rejects with `timeout` and the state. */
  timeoutMs?: number;
  /** Called with each new state of the request tracker. If it throws, the wait goes on and `console.error` is told. */
  onProgress?: (tracker: RequestTracker) => void;
}

/** Which machines to list. */
export interface MachineQuery {
  /** This name. Quotes are escaped. The service takes `*` as a wildcard: `web-*` finds each name that begins with `web-`. */
  name?: string;
  /** Of this project. */
  projectId?: string;
  /** A filter in the service's own syntax (`$filter`), joined to the others by `and`. */
  filter?: string;
  /**
   * The order of the list, where the service can sort (`$orderby`); without that, its own order. By `"id"` no two machines
   * are equal, so that pages do not overlap; `"name"` is for people to read. Default: `"id"`.
   */
  orderBy?: "id" | "name";
  /** Machines in one page; 1 to 1,000. Default: 100. */
  pageSize?: number;
}

/** Options of {@link SnapshotClient.track}. */
export interface TrackOptions {
  /** The machine that the request works on; without it, the tracker's `resources` are asked. */
  machineId?: string;
  /** What the request does. Default: `"create"`. */
  kind?: OperationKind;
}
