import type {
  FleetMachine,
  FleetOptions,
  FleetState,
  SnapshotFleet,
  SnapshotSpecification,
} from "vra-snapshots";
import type { Counts, FleetSummary, Standing, Usage } from "./view.ts";

/** What a fleet is to do, and who asks. */
export interface FleetOrder {
  id: string;
  title?: string;
  createdBy: string;
  fingerprint: string;
  machines: (string | FleetMachine)[];
  specification: SnapshotSpecification;
  options: Pick<
    FleetOptions,
    "concurrency" | "submitsPerSecond" | "idempotencyKey" | "stopAfterFailures" | "order"
  >;
}

/** The state of a fleet, without its machines. */
export type Header = Omit<FleetState, "entries"> & Pick<FleetState, "id" | "revision" | "size">;

/** What is kept of a fleet besides its machines. Times are in milliseconds since 1970. */
export interface FleetRecord {
  id: string;
  title: string | undefined;
  createdBy: string;
  createdAt: number;
  endedAt: number | undefined;
  expiresAt: number | undefined;
  /** Of the request that began it. */
  fingerprint: string;
  standing: Standing;
  problem: { code: string; message: string } | undefined;
  retryAt: number | undefined;
  paused: boolean;
  /** Counts what is told of it: the ids of events. */
  revision: number;
  counts: Counts;
  progress: number;
  etaMs: number | undefined;
  header: Header;
  usage: Usage;
  /** Whether the directory knows how it stands. */
  isListed: boolean;
}

/** What a new fleet has of its order. */
export function recordOf(order: FleetOrder, fleet: SnapshotFleet, header: Header, usage: Usage): FleetRecord {
  const { id, title, createdBy, fingerprint } = order;
  return {
    id,
    title,
    createdBy,
    createdAt: Date.now(),
    endedAt: undefined,
    expiresAt: undefined,
    fingerprint,
    standing: "running",
    problem: undefined,
    retryAt: undefined,
    ...seenOf(fleet),
    revision: 0,
    header,
    usage,
    isListed: false,
  };
}

/** What a fleet has come to. */
export function seenOf(fleet: SnapshotFleet): Pick<FleetRecord, "counts" | "progress" | "etaMs" | "paused"> {
  const { counts, progress, etaMs, paused } = fleet;
  return { counts, progress, etaMs, paused };
}

/** As callers see it; what is undefined is not written. */
export function summaryOf(record: FleetRecord): FleetSummary {
  const {
    id,
    title,
    createdBy,
    standing,
    paused,
    problem,
    header,
    counts,
    progress,
    etaMs,
    revision,
    usage,
  } = record;
  return {
    id,
    ...(title !== undefined && { title }),
    createdBy,
    createdAt: iso(record.createdAt),
    ...(record.endedAt !== undefined && { endedAt: iso(record.endedAt) }),
    ...(record.expiresAt !== undefined && { expiresAt: iso(record.expiresAt) }),
    standing,
    paused,
    ...(problem && { problem }),
    ...(record.retryAt !== undefined && { retryAt: iso(record.retryAt) }),
    size: header.size,
    counts,
    progress,
    ...(etaMs !== undefined && { etaMs }),
    revision,
    usage,
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
