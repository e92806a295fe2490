import type { FleetEntry, FleetUpdate, MachineStatus } from "vra-snapshots";

export type Counts = FleetUpdate["counts"];

/** A machine of a fleet, as callers see it: plain JSON. */
export interface MachineView {
  /** Its place among the machines that were given, from 0. */
  place: number;
  machineId: string;
  name: string;
  status: MachineStatus;
  progress?: number;
  /** Of the request tracker. */
  message?: string;
  /** What the status asks of the operator. */
  reason?: string;
  error?: { code: string; message: string; status?: number };
  snapshot?: { id: string; name?: string; createdAt?: string };
}

/**
 * - `running`: it goes on by itself;
 * - `resting`: it has stopped for a reason, `problem`, and tries again at `retryAt`;
 * - `over`: nothing more comes of any machine, unless one is tried again.
 */
export type Standing = "running" | "resting" | "over";

/** A fleet, as callers see it. */
export interface FleetSummary {
  id: string;
  title?: string;
  /** The name of the caller. */
  createdBy: string;
  createdAt: string;
  endedAt?: string;
  /** When it will be deleted. */
  expiresAt?: string;
  standing: Standing;
  paused: boolean;
  problem?: { code: string; message: string };
  retryAt?: string;
  size: number;
  counts: Counts;
  /** 0 to 100. */
  progress: number;
  /** An estimate of the time left, in milliseconds. */
  etaMs?: number;
  /** Counts what is told of it: the ids of events. */
  revision: number;
  usage: Usage;
}

/** What a fleet has cost so far, as its object has counted it: `npm run bench:edge` makes money of it. */
export interface Usage {
  /** Requests to the service. */
  calls: number;
  /** Alarms that have gone off: each is billed as a request to the object. */
  alarms: number;
  /** Of its storage. */
  rowsRead: number;
  /** Of its storage; each alarm that is set is one too. */
  rowsWritten: number;
  /** How large its storage is. */
  storedBytes: number;
}

/** All there is to say of a fleet. */
export interface FleetReport extends FleetSummary {
  machines: MachineView[];
}

export function viewOf(entry: FleetEntry, place: number): MachineView {
  const { machineId, name = machineId, status, progress, tracker, snapshot, error, reason } = entry;
  const told = error?.service?.message ?? error?.tracker?.message;
  // The service's body is what it is: its members may be of any type.
  const words = typeof told === "string" ? told : undefined;
  return {
    place,
    machineId,
    name,
    status,
    ...defined({
      progress,
      message: tracker?.message ?? words,
      reason,
      error: error && { code: error.code, message: error.message, ...defined({ status: error.status }) },
      snapshot: snapshot && {
        id: snapshot.id,
        ...defined({ name: snapshot.name, createdAt: snapshot.createdAt }),
      },
    }),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the members that are undefined. */
export function defined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}
