import type { FleetSummary, MachineView } from "../../../../edge/src/api.ts";
import type { Problem } from "../../problems/problem.ts";
import { type EntryView, type FleetRecord, fleetTitle } from "../../storage/fleet-record.ts";
import type { Service } from "../../storage/operation-record.ts";

// A fleet of a worker, in the terms of the page: the card, the list and the report are the same for all.

/** What the worker tells of the whole; the rest of a record is the page's own. */
type Told = Omit<FleetRecord, "service" | "samples" | "leftOut" | "onWorker"> & {
  onWorker: NonNullable<FleetRecord["onWorker"]>;
};

export function workerRecord(summary: FleetSummary, service: Service): FleetRecord {
  return { ...toldOf(summary), service, samples: [], leftOut: [] };
}

export function toldOf(summary: FleetSummary): Told {
  const { id, size, standing, paused, counts, progress, etaMs, problem, createdBy } = summary;
  return {
    id,
    title: summary.title ?? fleetTitle({}, size),
    startedAt: Date.parse(summary.createdAt),
    endedAt: timeOf(summary.endedAt),
    size,
    standing,
    paused,
    counts,
    progress,
    etaMs,
    problem: problem && restingProblem(problem),
    onWorker: {
      createdBy,
      expiresAt: timeOf(summary.expiresAt),
      retryAt: timeOf(summary.retryAt),
      isSilent: false,
    },
  };
}

export function entryOf(view: MachineView): EntryView {
  const { place, machineId, name, status, progress, message, error, snapshot } = view;
  // The words of the service, where there are any; those of a tracker tell nothing of what is not known.
  const why = status === "failed" ? (message ?? error?.message) : error?.message;
  return {
    place,
    machineId,
    name,
    status,
    progress,
    message,
    reason: why ?? view.reason,
    errorCode: error?.code,
    snapshotId: snapshot?.id,
    snapshotName: snapshot?.name,
    createdAt: snapshot?.createdAt,
  };
}

function restingProblem({ code, message }: { code: string; message: string }): Problem {
  return {
    title: "The worker could not go on with it",
    detail: `The worker says: “${message}”`,
    next:
      code === "unauthorized" || code === "forbidden" || code === "service_refused"
        ? "Tell whoever runs the worker: its own token of the service may no longer be right."
        : "Nothing is lost: what is under way at the service goes on there.",
  };
}

function timeOf(iso: string | undefined): number | undefined {
  return iso === undefined ? undefined : Date.parse(iso);
}
