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
export {
  type FleetEntry,
  type FleetEntryState,
  type FleetMachine,
  type FleetOptions,
  type FleetPlan,
  type FleetReport,
  type FleetResumeOptions,
  type FleetState,
  type FleetUpdate,
  type FleetWaitOptions,
  type MachineStatus,
  type PlannedMachine,
  SnapshotFleet,
} from "./fleet.js";
export type * from "./model.js";
export type * from "./options.js";
export type { PlatformFetch, PlatformSignal, UrlFetch } from "./platform.js";
export type * from "./state.js";

import type { SnapshotError } from "./error.js";
import type {
  FleetMachine,
  FleetOptions,
  FleetPlan,
  FleetResumeOptions,
  FleetState,
  SnapshotFleet,
} from "./fleet.js";
import type { About, Machine, RequestTracker, Snapshot, SnapshotSpecification } from "./model.js";
import type {
  CallOptions,
  ClientOptions,
  CreateOptions,
  MachineQuery,
  PruneOptions,
  SubmitOptions,
  TrackOptions,
  WaitOptions,
} from "./options.js";
import type { OperationKind, OperationPhase, OperationState } from "./state.js";

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
  /** 0 to 100; never falls; 99 when the request has finished, 100 only with the snapshot. `undefined` until told. */
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
   * @throws `invalid_input` if it was submitted already, or was resumed as another object; `outcome_unknown` if the looks do not tell: the request is not
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
   * `outcome_unknown`; `invalid_input` on a prepared operation, and on one that was resumed as another object.
   */
  result(options?: WaitOptions): Promise<K extends "create" ? Snapshot : undefined>;
  /**
   * Polls the request tracker now (`GET /iaas/api/request-tracker/{id}`) and gives it; it does not wait for a list of
   * trackers. Only a pause that the service has asked for delays it.
   *
   * @throws `invalid_input` when there is no tracker to poll, or the operation was resumed as another object.
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
   *
   * `createdAt` tells which are the oldest. A snapshot that was made in vCenter itself is listed only after the service's
   * next data collection, about ten minutes later.
   *
   * @throws `ambiguous_result` with the `candidates`, before anything is deleted, if `createdAt` cannot tell which to keep:
   * dates on both sides of the boundary are equal, only as precise as a day, missing or unreadable.
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
   * A state has one owner in a process, whichever client it is given to. An object that rests - nobody waits for it - is taken
   * over: it can still be read, but `submit`, `result`, `watch` and `refresh` of it reject with `invalid_input` from then on.
   * Across tabs and processes hold a lock on the state's `id`, such as a Web Lock.
   *
   * @throws `invalid_input` if this is no state of an operation, or one of another service; if another object of this process
   * drives the operation, or the fleet that it is a part of, now: use that object, or end all waits for it first.
   */
  resume(state: OperationState): SnapshotOperation;
  /**
   * Makes a snapshot of each of these machines: so many at once, one at a time of each deployment, each to its own end.
   * Nothing is sent before somebody waits for it. Each machine costs a request, its share of the lists of request trackers
   * that answer for all, and a list of its snapshots in the end.
   *
   * @throws `invalid_input`: a machine that is there twice, or an option.
   */
  createSnapshots(
    machines: Iterable<string | FleetMachine>,
    specification?: SnapshotSpecification,
    options?: FleetOptions,
  ): SnapshotFleet;
  /**
   * What a fleet would do: which machines can be snapshot, which not and why, and about how many calls and how much time
   * it would take. Only reads are sent, and few: from twenty machines on they are read by pages of the list
   * (`GET /iaas/api/machines`), and snapshots are counted only where there is a limit. What a plan found may change.
   *
   * @throws `invalid_input`; `unauthorized`. A machine that cannot be read is one that cannot be snapshot.
   */
  planFleet(
    machines: Iterable<string | FleetMachine>,
    specification?: SnapshotSpecification,
    options?: FleetOptions,
  ): Promise<FleetPlan>;
  /**
   * Takes up a fleet where its state left it, in another tab, process or worker: with all of its machines, in any order.
   * What was about to be sent is looked for by its key first, and sent if it was not. Nothing is sent until somebody waits.
   *
   * A state has one owner in a process, as with {@link SnapshotClient.resume}: a fleet that has not started, has ended or rests
   * is taken over, and one whose `signal` has aborted, from the abort on. Of the older object `result`, `watch`, `pause`,
   * `unpause` and `retry` are refused with `invalid_input`.
   *
   * @throws `invalid_input` if this is no state of a fleet, or one of another service, or machines are missing; if another
   * object of this process drives the fleet, or one of its operations, now: use that object, or abort its `signal` first.
   */
  resumeFleet(state: FleetState, options?: FleetResumeOptions): SnapshotFleet;
  /** Follows a request that somebody else began. */
  track(trackerId: string, options?: TrackOptions): SnapshotOperation;

  /**
   * The snapshots of a machine (`GET /iaas/api/machines/{id}/snapshots`). vCenter stores `%`, `/` and `\` in names escaped,
   * so `before 11/24` may be listed as `before 11%2f24`. A snapshot that was made in vCenter itself is listed only after
   * the service's next data collection, about ten minutes later.
   */
  listSnapshots(machineId: string, options?: CallOptions): Promise<Snapshot[]>;
  /** One snapshot (`GET /iaas/api/machines/{id}/snapshots/{snapshotId}`). */
  getSnapshot(machineId: string, snapshotId: string, options?: CallOptions): Promise<Snapshot>;
  /** One machine (`GET /iaas/api/machines/{id}`). */
  getMachine(machineId: string, options?: CallOptions): Promise<Machine>;
  /**
   * The machines (`GET /iaas/api/machines`), a page at a time, as it is read, each machine once. An iteration that throws is
   * over: what it gave is then not the whole list.
   *
   * The machines are asked for in the order of `orderBy`, or without an order where the service refuses that. Where pages
   * overlap, or give fewer machines than the service says there are, the list is read again with larger pages.
   *
   * @throws `unexpected_response` if the list is not complete after four readings.
   */
  listMachines(query?: MachineQuery, options?: CallOptions): AsyncIterableIterator<Machine>;
  /** One request tracker (`GET /iaas/api/request-tracker/{id}`). */
  getRequestTracker(id: string, options?: CallOptions): Promise<RequestTracker>;
  /**
   * All request trackers (`GET /iaas/api/request-tracker`), each once.
   *
   * @throws `unexpected_response` if the list is not complete after four readings.
   */
  listRequestTrackers(options?: CallOptions): Promise<RequestTracker[]>;
  /** Deletes a request tracker (`DELETE /iaas/api/request-tracker/{id}`): the record goes, the request itself goes on. */
  deleteRequestTracker(id: string, options?: CallOptions): Promise<void>;
  /**
   * The service's API versions (`GET /iaas/api/about`), the one call that needs no token. One is sent where there is one, for
   * what stands in front of the service.
   */
  about(options?: CallOptions): Promise<About>;
  /**
   * The access token in use, for calls that this client does not make: a proxy, an edge worker. It is had as
   * {@link ClientOptions.auth} says if there is none yet, once however many wait. `stale` is a token that the service has
   * refused: then it is another one. A secret.
   *
   * @throws `unauthorized` if there is none, or no other; `timeout` if `auth` takes longer than `requestTimeoutMs`; what the
   * login fails with.
   */
  accessToken(stale?: string, options?: CallOptions): Promise<string>;
  /** Releases the memory now rather than with the garbage; what is under way ends by itself, later uses throw. */
  free(): void;
}
