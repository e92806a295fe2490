// Many machines at once.

import type { SnapshotError } from "./error.js";
import type { MachineReason, SnapshotClient } from "./index.js";
import type { RequestTracker, Snapshot, SnapshotSpecification } from "./model.js";
import type { CallOptions } from "./options.js";
import type { OperationState } from "./state.js";

/** A machine of a fleet. */
export interface FleetMachine {
  /** As the service has it. */
  id: string;
  /** What stands for `{machine}` in the name of the snapshot; without it the id does. */
  name?: string;
  /** The deployment it is part of. Of the machines of one deployment one at a time is snapshot. */
  deploymentId?: string;
  /** In place of the fleet's specification, as a whole. */
  specification?: SnapshotSpecification;
}

/** Options of {@link SnapshotClient.createSnapshots}, and of {@link SnapshotClient.planFleet}. */
export interface FleetOptions extends FleetResumeOptions {
  /** So many operations are under way at the service at the most; 1 to 1,000. Default: 20. */
  concurrency?: number;
  /** So many requests are sent in a second at the most, evenly; 0.001 to 1,000. Default: no limit but `concurrency`. */
  submitsPerSecond?: number;
  /**
   * What the idempotency key of each machine begins with: 1 to 55 characters of `A-Za-z0-9._:-`. The same fleet asked for
   * twice with the same one makes one snapshot a machine, across processes and days; each machine costs a look more.
   * Without it each machine has a key of random numbers, which a state knows and nothing else.
   */
  idempotencyKey?: string;
  /**
   * Once so many machines have failed or ended unknown - or this share of all, between 0 and 1 - no other is submitted:
   * they are skipped, and what runs is finished. A share is rounded down, to one machine at least. Default: never.
   */
  stopAfterFailures?: number;
  /**
   * Which machines come first: as they were given, or those of the largest deployments, which wait for one another.
   * Default: `"given"`.
   */
  order?: "given" | "largestDeploymentFirst";
  /** How long one operation is expected to take, in milliseconds: for the estimates of {@link SnapshotClient.planFleet}. Default: 60,000. */
  expectedMs?: number;
}

/** Options of {@link SnapshotClient.resumeFleet}. */
export interface FleetResumeOptions {
  /**
   * Called with what has changed since it was called last - the first time with all - before requests are sent, and
   * awaited: nothing is sent that is not stored. Else within two seconds of a change, and at the end. One call is for many
   * machines. If it throws or rejects, nothing is sent, the fleet rests, and every wait rejects with its reason; another
   * wait tries again.
   */
  checkpoint?: (changes: FleetState) => void | Promise<void>;
  /**
   * Ends the fleet in this process: nothing more is sent or read, `checkpoint` is not called again, every wait rejects with the
   * signal's own reason. What is under way at the service goes on there; resume the state to take it up, from the statement
   * after the abort on.
   */
  signal?: CallOptions["signal"];
}

/**
 * Where a machine of a fleet is, and what that asks of its operator:
 * - `queued`: nothing has been sent for it;
 * - `submitting`: the request is about to be sent, or has been, and no answer has come;
 * - `inProgress`: the request is under way, or it is being found out what became of it;
 * - `finished`: there is the snapshot; nothing is to be done;
 * - `failed`: there is none, and `error` says why; once the cause is gone, `retry` makes another request;
 * - `unknown`: nobody can tell; look at the machine, or let `retry` look, which sends again only if nothing is found;
 * - `skipped`: nothing has been sent for it, and nothing will be; `reason` says why, and `retry` submits it.
 */
export type MachineStatus =
  | "queued"
  | "submitting"
  | "inProgress"
  | "finished"
  | "failed"
  | "unknown"
  | "skipped";

/** A machine of a fleet, as it was when it was asked for. */
export interface FleetEntry {
  /** The machine. */
  machineId: string;
  /** The name that was given. */
  name?: string;
  /** Where it is. */
  status: MachineStatus;
  /** 0 to 100, once the service has reported anything. */
  progress?: number;
  /** The last request tracker seen, as it came: while the request is under way, and of one that failed. */
  tracker?: RequestTracker;
  /** The snapshot, of one that is finished. */
  snapshot?: Snapshot;
  /** Why it failed, or is unknown. */
  error?: SnapshotError;
  /** What its status asks of the operator, for one that failed, is unknown or was skipped. */
  reason?: string;
}

/** What a fleet would do, as far as reads tell. */
export interface FleetPlan {
  /** All machines, in the order in which they were given. */
  machines: PlannedMachine[];
  /** Those that can be snapshot, as {@link SnapshotClient.createSnapshots} takes them. */
  ready: FleetMachine[];
  /** About how many calls the fleet sends. */
  estimatedCalls: number;
  /** About how long it takes, in milliseconds. */
  estimatedMs: number;
}

/** A machine of a plan. */
export interface PlannedMachine {
  /** The machine. */
  machineId: string;
  /** The name that was given, or that the service gives. */
  name?: string;
  /** The deployment it is part of. */
  deploymentId?: string;
  /** Whether nothing that can be seen keeps a snapshot from being made. */
  canSnapshot: boolean;
  /** What does: as {@link SnapshotClient.checkMachine} says, or `not_found`, `forbidden`, `unreadable`. */
  reasons: MachineReason[];
  /** The custom property `snapshotLimit`, where it is a number. */
  snapshotLimit?: number;
  /** How many snapshots there are, of a machine that has a limit. */
  snapshotCount?: number;
}

/** What a fleet has come to. */
export interface FleetUpdate {
  /** Counts the changes. */
  revision: number;
  /** How many machines have each status. */
  counts: Record<MachineStatus, number>;
  /** 0 to 100. */
  progress: number;
  /** An estimate of the time left, in milliseconds. */
  etaMs?: number;
  /** The machines that have changed since the last update, each once, the latest first. */
  changed: FleetEntry[];
}

/** What a fleet has come to in the end. */
export interface FleetReport {
  /** The {@link SnapshotFleet.id}. */
  id: string;
  /** How many machines there are. */
  size: number;
  /** How many machines have each status: all are `finished`, `failed`, `unknown` or `skipped`. */
  counts: Record<MachineStatus, number>;
  /** All machines, in the order in which they were given. */
  entries: FleetEntry[];
}

/** Options of a wait for a fleet. */
export interface FleetWaitOptions extends CallOptions {
  /** Default: 86,400,000 (a day). `Infinity` is allowed. The end rejects with `timeout`; the fleet goes on. */
  timeoutMs?: number;
  /** Called with what has changed. If it throws, the wait goes on and `console.error` is told. */
  onProgress?: (update: FleetUpdate) => void;
}

/**
 * A fleet written down: plain JSON, without a secret. Only {@link SnapshotClient.resumeFleet} reads it. What a checkpoint
 * and {@link SnapshotFleet.changesSince} give has the same form, with those `entries` only that have changed: put each in
 * the place of the one stored with its `place`, and keep the rest of the newest. One state has one owner: see
 * {@link SnapshotClient.resumeFleet}.
 */
export interface FleetState {
  /** Of the format. */
  readonly version: 1;
  /** Random; of the fleet, the same in all of its states. */
  readonly id: string;
  /** The service that it belongs to; `resumeFleet` refuses it on another. */
  readonly baseUrl: string;
  /** What it is up to date with. */
  readonly revision: number;
  /** How many machines there are. */
  readonly size: number;
  /** The machines, or those that have changed; in any order. */
  readonly entries: readonly FleetEntryState[];
  /** What only `resumeFleet` reads. */
  readonly [field: string]: unknown;
}

/** A machine of a fleet, written down. */
export interface FleetEntryState {
  /** Its place among the machines that were given, from 0: what to store it by. */
  readonly place: number;
  /** The machine. */
  readonly machineId: string;
  /** Where it was. */
  readonly status: MachineStatus;
  /** Its operation, while it is under way and where it is not known. */
  readonly operation?: OperationState;
  /** What only `resumeFleet` reads. */
  readonly [field: string]: unknown;
}

/**
 * The snapshots of many machines: so many at once, never two on one machine or deployment.
 *
 * It begins with the first `result` or iteration, and then runs by itself to its end: leaving a wait does not stop it.
 * `pause` stops submitting, its own `signal` ends it. One machine's failure is that machine's.
 */
export class SnapshotFleet implements AsyncIterable<FleetUpdate> {
  private constructor();
  /** Random; the same after a resume. */
  readonly id: string;
  /** How many machines there are. */
  readonly size: number;
  /** How many machines have each status. */
  readonly counts: Record<MachineStatus, number>;
  /** 0 to 100; 100 when nothing more comes of any machine. It falls only by `retry`. */
  readonly progress: number;
  /** An estimate of the time left, from the progress in this process, in milliseconds. */
  readonly etaMs: number | undefined;
  /** Whether it is paused. */
  readonly paused: boolean;
  /** Counts the changes; see {@link SnapshotFleet.changesSince}. */
  readonly revision: number;
  /** All machines, in the order in which they were given. For thousands, read the updates in place of asking again. */
  entries(): FleetEntry[];
  /** One machine; `undefined` if it is none of the fleet's. */
  entry(machineId: string): FleetEntry | undefined;
  /**
   * Waits for the end. No failure of a machine rejects it: the report has them.
   *
   * @throws `timeout`; `unauthorized` if there is no token to be had: what was not sent is queued, and another wait goes
   * on; `invalid_input` if the fleet was resumed as another object; what the checkpoint threw.
   */
  result(options?: FleetWaitOptions): Promise<FleetReport>;
  /** What changes, from the first machine on, until nothing more comes of any. A slow reader gets it all at once. */
  watch(options?: FleetWaitOptions): AsyncIterableIterator<FleetUpdate>;
  /** `watch()` without options. */
  [Symbol.asyncIterator](): AsyncIterableIterator<FleetUpdate>;
  /**
   * Submits no other machine, not even by `retry`; those under way go on. It is part of the state.
   *
   * @throws `invalid_input` if the fleet was resumed as another object.
   */
  pause(): void;
  /**
   * Goes on after a pause.
   *
   * @throws `invalid_input` if the fleet was resumed as another object.
   */
  unpause(): void;
  /**
   * Makes another request for a machine that failed, and one for a machine that was skipped. Of one that is unknown it is
   * looked first what became of the request, and it is sent again only if nothing is found and nothing is under way.
   *
   * @throws `invalid_input` for a machine with another status: what is under way or finished must not be made twice; and if the
   * fleet was resumed as another object.
   */
  retry(machineId: string): void;
  /** The state with those machines only that have changed since this revision, for a store that has the others. */
  changesSince(revision: number): FleetState;
  /** The whole state to store; see {@link SnapshotClient.resumeFleet}. */
  toJSON(): FleetState;
  /** Releases the memory now rather than with the garbage; a fleet that has begun runs on. */
  free(): void;
}
