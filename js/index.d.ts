/**
 * Machine snapshots on VMware Aria Automation and VCF Automation.
 *
 * Submit a snapshot, watch its request tracker, get the snapshot - never twice, never lost.
 *
 * Durations are in milliseconds. Every rejection is a {@link SnapshotError}, except that an abort rejects
 * with the signal's own reason.
 *
 * @packageDocumentation
 */

export { SnapshotError, type SnapshotErrorCode } from "./error.js";
export type { PlatformFetch, PlatformSignal, UrlFetch } from "./platform.js";

import type { SnapshotError } from "./error.js";
import type { PlatformSignal, UrlFetch } from "./platform.js";

// ------------------------------------------------------------------------------------------- what the service sends

/**
 * A link of the service: a path on the same service, never an address to send a token to.
 * (`Href` in the service's API.)
 */
export interface Href {
  /** Of a link to one thing. */
  href?: string;
  /** Of a link to several. */
  hrefs?: string[];
}

/** Links by relation. Newer servers put plain booleans among them (`{"empty": false}`). */
export type Links = Record<string, Href | boolean>;

/**
 * What to snapshot, and how (`SnapshotSpecification` in the service's API). Everything is optional. The `id` and
 * `_links` that the service's description marks as required are added by the client (see
 * {@link ClientOptions.body}). A key that is not listed here is refused with `invalid_input`: a typo must not
 * make a nameless snapshot.
 */
export interface SnapshotSpecification {
  /** Shown in the service's lists. Names need not be unique. */
  name?: string;
  /** For people; an idempotency key is added at its end. */
  description?: string;
  /** Captures the memory of a running machine too; takes much longer. */
  snapshotMemory?: boolean;
  /** Free properties of the request; the service does not give them back. */
  customProperties?: Record<string, string>;
  /** Who is to own it. */
  owner?: string;
  /** What the owner is. */
  ownerType?: "user" | "ad_group";
  /** The organization that it is to belong to. */
  orgId?: string;
  /**
   * The organization that it is to belong to.
   * @deprecated by the service, in favour of `orgId`.
   */
  organizationId?: string;
  /** ISO 8601, UTC. The service sets it; a value sent is passed on. */
  createdAt?: string;
  /** ISO 8601, UTC. The service sets it; a value sent is passed on. */
  updatedAt?: string;
}

/** A snapshot of a machine, as the service sent it. Fields that are not listed here are kept. */
export interface Snapshot {
  /** What {@link SnapshotClient.getSnapshot}, `revertSnapshot` and `deleteSnapshot` take. */
  id: string;
  /** As it was asked for, or one that the service made up. */
  name?: string;
  /** As it was asked for, with the idempotency key at its end. */
  description?: string;
  /** Whether the machine runs on from this snapshot. */
  isCurrent?: boolean;
  /** Who owns it. */
  owner?: string;
  /** What the owner is: `user` or `ad_group`, or another text. */
  ownerType?: string;
  /** The organization that it belongs to. */
  orgId?: string;
  /** ISO 8601, on the service's clock. */
  createdAt?: string;
  /** ISO 8601, on the service's clock. */
  updatedAt?: string;
  /** What it is linked to, by relation. */
  _links?: Links;
}

/** How far a request is. The service documents three; others have been seen, and count as still running. */
export type RequestStatus = "FINISHED" | "INPROGRESS" | "FAILED" | (string & {});

/** The service's account of a request under way, as it was sent. Fields that are not listed here are kept. */
export interface RequestTracker {
  /** What {@link SnapshotClient.getRequestTracker} and `track` take. */
  id: string;
  /** How far the request is. */
  status: RequestStatus;
  /** A percentage as the service reports it. For display, prefer {@link SnapshotOperation.progress}. */
  progress: number;
  /** What kind of request it is, in the service's words. */
  name?: string;
  /** What is going on; of a FAILED request, why. */
  message?: string;
  /** Paths of what the request works on, such as `/iaas/api/machines/<id>`. */
  resources?: string[];
  /** The deployment of what it works on. */
  deploymentId?: string;
  /** Its own path on the service. */
  selfLink?: string;
}

/** The documented power states; others keep their text. */
export type PowerState = "ON" | "OFF" | "GUEST_OFF" | "UNKNOWN" | "SUSPEND" | (string & {});

/** A machine, as the service sent it. Fields that are not listed here are kept. */
export interface Machine {
  /** What every call about a machine takes. */
  id: string;
  /** Whether it runs. */
  powerState: PowerState;
  /** What {@link MachineQuery.name} finds it by. */
  name?: string;
  /** For people. */
  description?: string;
  /** The name that it has in its network. */
  hostname?: string;
  /** Its primary IP address. */
  address?: string;
  /** Its id in the cloud account, such as vCenter's instance UUID. */
  externalId?: string;
  /** The region in the cloud account. */
  externalRegionId?: string;
  /** The zone in the cloud account. */
  externalZoneId?: string;
  /** The project that it belongs to. */
  projectId?: string;
  /** The deployment that it is part of. */
  deploymentId?: string;
  /** The organization that it belongs to. */
  orgId?: string;
  /** Who owns it. */
  owner?: string;
  /** What the owner is: `user` or `ad_group`, or another text. */
  ownerType?: string;
  /** The cloud accounts that it was made with. */
  cloudAccountIds?: string[];
  /** `snapshotLimit`, a number in a string, makes the service refuse further snapshots. */
  customProperties?: Record<string, string>;
  /** What it is marked with. */
  tags?: Tag[];
  /** How far its provisioning is: `READY` when it is over. */
  provisioningStatus?: string;
  /** ISO 8601, on the service's clock. */
  createdAt?: string;
  /** ISO 8601, on the service's clock. */
  updatedAt?: string;
  /** `_links.operations.hrefs` lists what the machine supports now. */
  _links?: Links;
}

/** A mark on a machine. */
export interface Tag {
  /** Its name. */
  key: string;
  /** Its value; may be empty. */
  value: string;
}

/** What the service says of its API versions. */
export interface About {
  /** The newest of them. */
  latestApiVersion: string;
  /** All of them. */
  supportedApis: ApiDescription[];
}

/** One version of the service's API. */
export interface ApiDescription {
  /** A date; what {@link ClientOptions.apiVersion} takes. */
  apiVersion: string;
  /** Where it is described. */
  documentationLink?: string;
  /** When it is to go, if it is. */
  deprecationPolicy?: DeprecationPolicy;
}

/** When a version of the service's API is to go. */
export interface DeprecationPolicy {
  /** ISO 8601: since when it is not to be used any more. */
  deprecatedAt?: string;
  /** ISO 8601: until when it can be used. */
  expiresAt?: string;
  /** For people. */
  description?: string;
}

/** The service's own error body; nothing in it is certain to be there. */
export interface ServiceErrorResponse {
  /** For people. */
  message?: string;
  /** The message's name in the service. */
  messageId?: string;
  /** The HTTP status. */
  statusCode?: number;
  /** The service's own number for it. */
  errorCode?: number;
  /** To be quoted to whoever runs the service. */
  serverErrorId?: string;
  /** What kind of document this is, in the service's words. */
  documentKind?: string;
  /** More about it, such as what was wrong with which field. */
  details?: string[];
}

// -------------------------------------------------------------------------------------------------------- options

/** Options of a {@link SnapshotClient}. Unknown keys are refused with `invalid_input`. */
export interface ClientOptions {
  /**
   * The service: `https://host`, with a path prefix if a proxy adds one. `http:` is taken on loopback, or with
   * {@link ClientOptions.allowInsecure}. A path (`"/proxy"`, `"/"`) is taken where there is a `location`: the page's origin.
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
   * with options, without `this`. The global one is read at each call.
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
  /** Snapshots whose names do not begin so stay too, and are not counted. */
  namePrefix?: string;
}

/** What can be done to a machine now. */
export interface MachineCheck {
  /** Whether nothing that can be seen keeps a snapshot from being made. */
  canSnapshot: boolean;
  /** Whether the service lists reverting for this machine. */
  canRevert: boolean;
  /** What keeps it from one of them; empty if nothing does. */
  reasons: MachineReason[];
  /** The custom property `snapshotLimit`, where it is a number. */
  snapshotLimit?: number;
  /** How many snapshots there are. */
  snapshotCount: number;
}

/** What keeps a machine from being snapshot or reverted. */
export interface MachineReason {
  /** `snapshot_unsupported`, `revert_unsupported`, `snapshot_limit` or `no_memory`; others may come. */
  code: string;
  /** For people. */
  message: string;
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
  /** Exactly this name. Quotes are escaped. */
  name?: string;
  /** Of this project. */
  projectId?: string;
  /** A filter in the service's own syntax (`$filter`), joined to the others by `and`. */
  filter?: string;
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

// ----------------------------------------------------------------------------------------------------- operations

/** What an operation does to a machine. */
export type OperationKind = "create" | "revert" | "delete";

/**
 * Where an operation is:
 * - `prepared`: nothing has been sent;
 * - `submitting`: the request has been, or is about to be, sent;
 * - `reconciling`: what became of it is not known: no readable answer came, or its tracker is gone; the machine is looked at;
 * - `tracking`: the service accepted; its request tracker is watched;
 * - `resolving`: the request has finished; the snapshot is looked up;
 * - `finished`, `failed`: over.
 */
export type OperationPhase =
  | "prepared"
  | "submitting"
  | "reconciling"
  | "tracking"
  | "resolving"
  | "finished"
  | "failed";

/**
 * An operation written down: plain JSON, without a secret. Keep it as it is; only {@link SnapshotClient.resume} reads it.
 * One state has one owner: two tabs that submit the same state in the same instant can make two snapshots.
 */
export interface OperationState {
  /** Of the format. */
  readonly version: 1;
  /** Random; of the operation, the same in all of its states. */
  readonly id: string;
  /** What the operation does. */
  readonly kind: OperationKind;
  /** The service that it belongs to; `resume` refuses it on another. */
  readonly baseUrl: string;
  /** Empty only for a tracked request whose machine is not known yet. */
  readonly machineId: string;
  /** Where the operation was. */
  readonly phase: OperationPhase;
  /** What only `resume` reads. */
  readonly [field: string]: unknown;
}

/**
 * One long-running operation of the service.
 *
 * It is pulled: it polls only while someone waits (`result`, `watch`, iteration, `refresh`). Any number may wait and
 * share one loop. An abort or a time-out ends the wait that carried it, and the operation can be waited on again.
 */
export class SnapshotOperation<K extends OperationKind = OperationKind>
  implements AsyncIterable<RequestTracker>
{
  private constructor();
  /** Random; the same after a resume. */
  readonly id: string;
  /** What it does. */
  readonly kind: K;
  /** Empty only for a tracked request whose machine is not known yet. */
  readonly machineId: string;
  /** Where it is. */
  readonly phase: OperationPhase;
  /** The last request tracker seen, as it came. */
  readonly tracker: RequestTracker | undefined;
  /** 0 to 100; never falls; 100 only when finished. `undefined` until the service has told. */
  readonly progress: number | undefined;
  /** An estimate from the progress so far of the time left, in milliseconds. */
  readonly etaMs: number | undefined;
  /** The snapshot, once the operation has finished. */
  readonly snapshot: Snapshot | undefined;
  /** Why the operation failed. */
  readonly error: SnapshotError | undefined;
  /**
   * Submits a prepared operation (`POST /iaas/api/machines/{id}/operations/snapshots`), and resolves when the service
   * has accepted. Before it sends, it lists the machine's snapshots once, so that the new one can be told from them.
   * If no readable answer comes, it looks at the machine until that tells what became of the request.
   *
   * After `outcome_unknown` an operation with an `idempotencyKey` may be submitted again: it looks first, and sends only
   * if nothing is found and nothing runs on the machine.
   *
   * @throws `invalid_input` if it was submitted already; `outcome_unknown` if the looks do not tell: the request is not
   * sent again; `ambiguous_result` if they find several; what the service answered otherwise.
   */
  submit(options?: SubmitOptions): Promise<void>;
  /**
   * The request tracker as it changes, starting with the last one seen, ending when the request is over. A slow
   * reader sees the newest and always the last. A failed request ends the iteration too; `result` tells why.
   */
  watch(options?: WaitOptions): AsyncIterableIterator<RequestTracker>;
  /** `watch()` without options. */
  [Symbol.asyncIterator](): AsyncIterableIterator<RequestTracker>;
  /**
   * Waits for the end and gives the snapshot.
   *
   * @throws `operation_failed` with the tracker; `timeout` with the state; `ambiguous_result` with the candidates;
   * `outcome_unknown`; `invalid_input` on a prepared operation.
   */
  result(options?: WaitOptions): Promise<K extends "create" ? Snapshot : undefined>;
  /**
   * Polls the request tracker now (`GET /iaas/api/request-tracker/{id}`) and gives it.
   *
   * @throws `invalid_input` when there is no tracker to poll.
   */
  refresh(options?: CallOptions): Promise<RequestTracker>;
  /** The state to store; see {@link SnapshotClient.resume}. */
  toJSON(): OperationState;
  /** Releases the memory now rather than with the garbage; what is under way ends by itself, later uses throw. */
  free(): void;
}

/** A client of one service. */
export class SnapshotClient {
  /** @throws `invalid_input`, naming the option. */
  constructor(options: ClientOptions);
  /**
   * Makes a snapshot (`POST /iaas/api/machines/{id}/operations/snapshots`), and resolves when the service has accepted.
   * The request is repeated only where nothing can have been begun: after a 401 or a 429, and after a 503 that asks to
   * come back, if a look at the machine bears it out. Where no readable answer comes, looks at the machine decide.
   *
   * @throws `invalid_input`, `not_found`, `forbidden`, `conflict`, ... : nothing was begun; `outcome_unknown`,
   * `ambiguous_result`: it may have been.
   */
  createSnapshot(
    machineId: string,
    specification?: SnapshotSpecification,
    options?: CreateOptions,
  ): Promise<SnapshotOperation<"create">>;
  /** As {@link SnapshotClient.createSnapshot}, with nothing sent yet: {@link SnapshotOperation.submit} sends. */
  prepareSnapshot(
    machineId: string,
    specification?: SnapshotSpecification,
    options?: CreateOptions,
  ): SnapshotOperation<"create">;
  /**
   * Reverts a machine to a snapshot (`POST /iaas/api/machines/{id}/operations/revert/{snapshotId}`), and resolves when
   * the service has accepted. What the machine did since the snapshot is lost. Never sent twice: a second revert would
   * discard later work.
   *
   * @throws as {@link SnapshotClient.createSnapshot}; without a readable answer always `outcome_unknown`, once nothing runs any more.
   */
  revertSnapshot(
    machineId: string,
    snapshotId: string,
    options?: SubmitOptions,
  ): Promise<SnapshotOperation<"revert">>;
  /**
   * Deletes a snapshot (`DELETE /iaas/api/machines/{id}/snapshots/{snapshotId}`), and resolves when the service has
   * accepted - or has deleted it, where it answers at once. Without a readable answer it is looked, and sent again while
   * the snapshot is there.
   *
   * @throws `not_found` if it was not there to begin with; as {@link SnapshotClient.createSnapshot}.
   */
  deleteSnapshot(
    machineId: string,
    snapshotId: string,
    options?: SubmitOptions,
  ): Promise<SnapshotOperation<"delete">>;
  /**
   * Deletes the oldest snapshots of a machine beyond those to keep, one after the other, and gives those deleted, the
   * oldest first. A failure ends it; what was deleted before stays deleted.
   */
  pruneSnapshots(machineId: string, options: PruneOptions): Promise<Snapshot[]>;
  /**
   * Whether a machine can be snapshot now, and why not: by the operations it lists (`_links.operations`), its
   * `snapshotLimit`, and its power state if the specification asks for memory. Two reads; nothing is changed.
   */
  checkMachine(
    machineId: string,
    specification?: SnapshotSpecification,
    options?: CallOptions,
  ): Promise<MachineCheck>;
  /**
   * Takes up an operation where its state left it, in another tab, process or worker. Nothing is sent until it is waited on.
   *
   * @throws `invalid_input` if this is no state of an operation, or one of another service.
   */
  resume(state: OperationState): SnapshotOperation;
  /** Follows a request that somebody else began. */
  track(trackerId: string, options?: TrackOptions): SnapshotOperation;

  /** The snapshots of a machine (`GET /iaas/api/machines/{id}/snapshots`). */
  listSnapshots(machineId: string, options?: CallOptions): Promise<Snapshot[]>;
  /** One snapshot (`GET /iaas/api/machines/{id}/snapshots/{snapshotId}`). */
  getSnapshot(machineId: string, snapshotId: string, options?: CallOptions): Promise<Snapshot>;
  /** One machine (`GET /iaas/api/machines/{id}`). */
  getMachine(machineId: string, options?: CallOptions): Promise<Machine>;
  /**
   * The machines (`GET /iaas/api/machines`), a page at a time, as it is read. An iteration that throws is over: what it gave is then
   * not the whole list.
   */
  listMachines(query?: MachineQuery, options?: CallOptions): AsyncIterableIterator<Machine>;
  /** One request tracker (`GET /iaas/api/request-tracker/{id}`). */
  getRequestTracker(id: string, options?: CallOptions): Promise<RequestTracker>;
  /** All request trackers (`GET /iaas/api/request-tracker`). */
  listRequestTrackers(options?: CallOptions): Promise<RequestTracker[]>;
  /** Deletes a request tracker (`DELETE /iaas/api/request-tracker/{id}`): the record goes, the request itself goes on. */
  deleteRequestTracker(id: string, options?: CallOptions): Promise<void>;
  /** The service's API versions (`GET /iaas/api/about`), the one call that needs no token. */
  about(options?: CallOptions): Promise<About>;
  /** Releases the memory now rather than with the garbage; what is under way ends by itself, later uses throw. */
  free(): void;
}
