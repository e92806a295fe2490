import type { FleetOptions, FleetPlan, SnapshotSpecification } from "vra-snapshots";
import type { Connection } from "./connection/connection.ts";
import type { MachineRow } from "./machines/machine.ts";
import type { Channel } from "./storage/channel.ts";
import type { Store } from "./storage/store.ts";
import type { Notifier } from "./ui/notifier.ts";
import type { Painter } from "./ui/painter.ts";
import type { Voice } from "./ui/voice.ts";

// What the parts of the page know of each other.

/** Where a fleet runs. */
export type Place = "worker" | "tab";

/** A snapshot that is reverted to or deleted. */
export interface Target {
  id: string;
  name?: string;
}

/** Something goes on at the machine, or nobody knows whether something was begun on it. */
export type Caution = "underWay" | "unknown";

/**
 * What a person asks for, carried out, shown, and kept. Each resolves when the service has accepted, or the fleet is
 * stored: in the browser, or by the worker that the page is connected to.
 */
export interface Work {
  create(machine: MachineRow, specification: SnapshotSpecification): Promise<void>;
  revert(machine: MachineRow, snapshot: Target): Promise<void>;
  remove(machine: MachineRow, snapshot: Target): Promise<void>;
  fleet(
    plan: FleetPlan,
    specification: SnapshotSpecification,
    options: FleetOptions,
    place?: Place,
  ): Promise<void>;
  /** What speaks against another snapshot of this machine now, of all that was begun here. */
  caution(machineId: string): Caution | undefined;
  /** Calls the listener when something has begun, changed or ended. Gives what ends that. */
  onChanged(listener: () => void): () => void;
}

/** What operations and fleets have in common. */
export interface Shared {
  readonly store: Store;
  readonly channel: Channel;
  readonly voice: Voice;
  readonly notifier: Notifier;
  readonly painter: Painter;
  connection(): Connection;
  changed(): void;
  /** The worker does not accept the token that was entered. */
  tokenRefused(): void;
}
