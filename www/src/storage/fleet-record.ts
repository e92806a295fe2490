import type { FleetEntry, FleetEntryState, MachineStatus, SnapshotSpecification } from "vra-snapshots";
import type { Problem } from "../problems/problem.ts";
import { serviceWords } from "../problems/problem-of.ts";
import { count } from "../ui/format.ts";
import type { Service } from "./operation-record.ts";

/** In the order in which they are stacked: what is done at the beginning, what waits at the end. */
export const STATUSES = [
  "finished",
  "failed",
  "unknown",
  "inProgress",
  "submitting",
  "queued",
  "skipped",
] as const satisfies readonly MachineStatus[];

export const STATUS_WORDS: Record<MachineStatus, string> = {
  finished: "Finished",
  failed: "Failed",
  unknown: "Not known",
  inProgress: "Under way",
  submitting: "Submitting",
  queued: "Queued",
  skipped: "Skipped",
};

export type Counts = Record<MachineStatus, number>;

/** Counts at a time, in ms since 1970: a point of the chart. */
export interface Sample {
  at: number;
  counts: Counts;
}

/**
 * - `running`: being driven, by this tab or another;
 * - `resting`: it stopped for a reason, and goes on when that is gone;
 * - `over`: nothing more comes of any machine;
 * - `gone`: it was a simulated service's, which ended with its page.
 */
export type FleetStanding = "running" | "resting" | "over" | "gone";

/** A machine that the preflight left out. */
export interface LeftOut {
  machineId: string;
  name: string;
  reason: string;
}

/** A machine of a fleet, as far as the page shows it and the report tells it. */
export interface EntryView {
  place: number;
  machineId: string;
  name: string;
  status: MachineStatus;
  progress?: number | undefined;
  message?: string | undefined;
  reason?: string | undefined;
  errorCode?: string | undefined;
  snapshotId?: string | undefined;
  snapshotName?: string | undefined;
  createdAt?: string | undefined;
}

/** A state of a fleet without its entries. */
export type FleetHeader = Readonly<Record<string, unknown>>;

/** What only a fleet has that runs on an edge worker. Times are in ms since 1970. */
export interface OnWorker {
  /** The caller that began it. */
  createdBy: string;
  /** When the worker forgets it. */
  expiresAt?: number | undefined;
  /** When one that rests is tried again by itself. */
  retryAt?: number | undefined;
  /** Whether the worker does not tell of it at the moment. */
  isSilent: boolean;
}

/** What is known of a fleet but for its machines; of a fleet of a tab those are stored one by one, as they change. */
export interface FleetRecord {
  id: string;
  service: Service;
  title: string;
  startedAt: number;
  endedAt?: number | undefined;
  size: number;
  /** The newest state, without its entries, of one that a tab drives. */
  header?: FleetHeader;
  /** Of one that runs on a worker; no tab drives or stores it. */
  onWorker?: OnWorker;
  standing: FleetStanding;
  paused: boolean;
  counts: Counts;
  progress: number;
  etaMs?: number | undefined;
  samples: Sample[];
  leftOut: LeftOut[];
  problem?: Problem | undefined;
}

/** A machine of a fleet as it is stored: what the library goes on from, and what is shown. */
export interface StoredEntry {
  fleet: string;
  place: number;
  state: FleetEntryState;
  view: EntryView;
}

export function viewOf(entry: FleetEntry, place: number): EntryView {
  const { machineId, status, progress, tracker, snapshot, error, reason } = entry;
  return {
    place,
    machineId,
    name: entry.name ?? machineId,
    status,
    progress,
    message: tracker?.message,
    reason: (error && serviceWords(error)) ?? error?.message ?? reason,
    errorCode: error?.code,
    snapshotId: snapshot?.id,
    snapshotName: snapshot?.name,
    createdAt: snapshot?.createdAt,
  };
}

/** Whether `retry` takes a machine with this status. */
export function canRetry(status: MachineStatus): boolean {
  return status === "failed" || status === "unknown" || status === "skipped";
}

/** `“before-patch” of 40 machines`. */
export function fleetTitle({ name }: SnapshotSpecification, size: number): string {
  const machines = count(size, "machine");
  return name ? `“${name}” of ${machines}` : `Snapshots of ${machines}`;
}

export function noCounts(size = 0): Counts {
  return { queued: size, submitting: 0, inProgress: 0, finished: 0, failed: 0, unknown: 0, skipped: 0 };
}
