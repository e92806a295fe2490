// What an operation is, and what can be written down of it.

import type { SnapshotClient } from "./index.js";

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
 * One state has one owner: two that drive the same state can make two snapshots. Within a process `resume` refuses this;
 * across tabs and processes hold a lock on `id`.
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
