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

/** Why a person should not take another snapshot of a machine now: an operation is under way, or the outcome of one is unknown. */
export type Caution = "underWay" | "unknown";

/**
 * Carries out what a person asks for, shows it and stores it. Each promise resolves when the service has accepted the request; that of
 * a fleet when the fleet is stored, in the browser or by the worker that the page is connected to.
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
  /** Why this machine should get no other snapshot now, as far as the operations and fleets of this page say. */
  caution(machineId: string): Caution | undefined;
  /** Calls the listener when an operation or a fleet starts, changes or ends. Returns the function that removes the listener. */
  onChanged(listener: () => void): () => void;
}

/** What the lists of operations and of fleets share: the page has one of each. */
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
