import type { OperationKind, OperationPhase, OperationState, SnapshotSpecification } from "vra-snapshots";
import type { Connection } from "../connection/connection.ts";
import type { Problem } from "../problems/problem.ts";

// What is kept of an operation. Plain data: it is stored, sent to other tabs, and shown as it is, so that an operation
// can be shown by a tab that does not drive it, of a service that it is not connected to.

/** Which service something belongs to. */
export type Service = Pick<Connection, "baseUrl" | "kind" | "label">;

/**
 * - `running`: being driven, by this tab or another;
 * - `paused`: goes on at the service, and nobody watches;
 * - `finished`, `failed`: over; `refused`: over, and nothing was begun;
 * - `unclear`: what came of it is for a person to find out;
 * - `gone`: it was a simulated service's, which ended with its page.
 */
export type Standing = "running" | "paused" | "finished" | "failed" | "refused" | "unclear" | "gone";

/** Who drives it, as this tab sees it. */
export type Driver =
  /** This tab. */
  | "here"
  /** Another tab, which has the lock. */
  | "elsewhere"
  /** None: the page is connected to another service. */
  | "nobody";

/** A snapshot, as far as a row shows it. */
export interface SnapshotFacts {
  id: string;
  name?: string | undefined;
  createdAt?: string | undefined;
}

export interface OperationRecord {
  /** The operation's own, the same in all of its states; the name of its lock. */
  id: string;
  kind: OperationKind;
  service: Service;
  machine: { id: string; name: string };
  /** What the snapshot is called, or is to be. */
  snapshotName?: string | undefined;
  /** What it reverts to or deletes. */
  snapshotId?: string | undefined;
  /** What was asked for, to ask for it again. */
  specification?: SnapshotSpecification | undefined;
  startedAt: number;
  endedAt?: number | undefined;
  /** What the library goes on from. */
  state: OperationState;
  standing: Standing;
  phase: OperationPhase;
  progress?: number | undefined;
  etaMs?: number | undefined;
  status?: string | undefined;
  message?: string | undefined;
  snapshot?: SnapshotFacts | undefined;
  problem?: Problem | undefined;
  errorCode?: string | undefined;
  /** What an ambiguous result may be. */
  candidates?: SnapshotFacts[] | undefined;
}

export function serviceOf({ baseUrl, kind, label }: Connection): Service {
  return { baseUrl, kind, label };
}

/** Whether nothing more comes by itself. */
export function isOver({ standing }: OperationRecord): boolean {
  return standing !== "running" && standing !== "paused";
}

const NOUNS: Record<OperationKind, string> = { create: "Snapshot", revert: "Revert", delete: "Deletion" };

/** `Snapshot of web-prod-01`, for announcements and labels. */
export function subjectOf(record: OperationRecord): string {
  return `${NOUNS[record.kind]} of ${record.kind === "delete" ? "a snapshot of " : ""}${record.machine.name}`;
}
