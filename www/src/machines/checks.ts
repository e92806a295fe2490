import type { MachineCheck, SnapshotClient } from "vra-snapshots";

/** What is known of a machine is believed for so long. */
const FRESH_MS = 60_000;

interface Known {
  at: number;
  check: Promise<MachineCheck>;
}

/** What the service says can be done to a machine: two reads each, so only of those that somebody has chosen. */
export class MachineChecks {
  readonly #client: SnapshotClient;
  readonly #known = new Map<string, Known>();

  constructor(client: SnapshotClient) {
    this.#client = client;
  }

  of(machineId: string): Promise<MachineCheck> {
    const known = this.#known.get(machineId);
    if (known && performance.now() - known.at < FRESH_MS) return known.check;
    const check = this.#client.checkMachine(machineId);
    this.#known.set(machineId, { at: performance.now(), check });
    // A failure is told to whoever asked, and not kept.
    check.catch(() => this.#known.delete(machineId));
    return check;
  }

  forget(machineId: string): void {
    this.#known.delete(machineId);
  }
}
