import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { FleetRecord, StoredEntry } from "./fleet-record.ts";
import type { OperationRecord } from "./operation-record.ts";

interface Schema extends DBSchema {
  operations: { key: string; value: OperationRecord };
  fleets: { key: string; value: FleetRecord };
  entries: { key: [fleet: string, place: number]; value: StoredEntry };
}

/** So many writes are asked for in one task: structured clones of a thousand states are a long one. */
const WRITES_IN_A_TASK = 50;
const READS_IN_A_TASK = 100;

/**
 * What outlives the page: operations, fleets, and the machines of fleets one by one, so that little is written when
 * few have changed. It holds no secret. What it confirms is on the disk: requests are sent on the strength of it.
 */
export class Store {
  readonly #db: IDBPDatabase<Schema>;

  private constructor(db: IDBPDatabase<Schema>) {
    this.#db = db;
  }

  static async open(): Promise<Store> {
    const db = await openDB<Schema>("vra-snapshots", 1, {
      upgrade(fresh) {
        fresh.createObjectStore("operations", { keyPath: "id" });
        fresh.createObjectStore("fleets", { keyPath: "id" });
        fresh.createObjectStore("entries", { keyPath: ["fleet", "place"] });
      },
      // A tab with a newer page is not to wait for this one.
      blocking: (_old, _new, event) => (event.target as IDBDatabase).close(),
    });
    return new Store(db);
  }

  operations(): Promise<OperationRecord[]> {
    return this.#db.getAll("operations");
  }

  operation(id: string): Promise<OperationRecord | undefined> {
    return this.#db.get("operations", id);
  }

  async putOperation(record: OperationRecord): Promise<void> {
    const change = this.#db.transaction("operations", "readwrite", { durability: "strict" });
    await Promise.all([change.store.put(record), change.done]);
  }

  async removeOperation(id: string): Promise<void> {
    await this.#db.delete("operations", id);
  }

  fleets(): Promise<FleetRecord[]> {
    return this.#db.getAll("fleets");
  }

  fleet(id: string): Promise<FleetRecord | undefined> {
    return this.#db.get("fleets", id);
  }

  /** All machines of a fleet, in the order in which they were given; read in parts, for the same reason. */
  async entries(fleet: string): Promise<StoredEntry[]> {
    const all: StoredEntry[] = [];
    for (;;) {
      const range = IDBKeyRange.bound([fleet, all.length], [fleet, Number.MAX_SAFE_INTEGER]);
      const part = await this.#db.getAll("entries", range, READS_IN_A_TASK);
      all.push(...part);
      if (part.length < READS_IN_A_TASK) return all;
    }
  }

  /** A fleet and those of its machines that have changed: all of it, or nothing. */
  async putFleet(record: FleetRecord, entries: readonly StoredEntry[] = []): Promise<void> {
    const change = this.#db.transaction(["fleets", "entries"], "readwrite", { durability: "strict" });
    const stored = change.objectStore("entries");
    let last: Promise<unknown> = change.objectStore("fleets").put(record);
    for (const [index, entry] of entries.entries()) {
      last = stored.put(entry);
      if (index % WRITES_IN_A_TASK === WRITES_IN_A_TASK - 1) await last;
    }
    await Promise.all([last, change.done]);
  }

  async removeFleet(id: string): Promise<void> {
    const change = this.#db.transaction(["fleets", "entries"], "readwrite");
    await Promise.all([
      change.objectStore("fleets").delete(id),
      change.objectStore("entries").delete(IDBKeyRange.bound([id, 0], [id, Number.MAX_SAFE_INTEGER])),
      change.done,
    ]);
  }
}
