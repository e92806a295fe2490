import type { FleetState } from "vra-snapshots";
import type { FleetRecord } from "./record.ts";

/** A machine to keep: its state, for `resumeFleet`, and what callers see of it; both are JSON. */
export interface KeptMachine {
  place: number;
  state: string;
  view: string;
}

/** A fleet in the object's own SQLite: a row for it, and one for each machine, so that a change writes what has changed. */
export class FleetStore {
  readonly #storage: DurableObjectStorage;
  #record: FleetRecord | undefined;
  rowsRead = 0;
  rowsWritten = 0;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    // An object that never had a fleet has no table either, and nothing to be paid for.
    if (!this.#run("SELECT name FROM sqlite_master WHERE name = 'fleet'").length) return;
    const [row] = this.#run<{ record: string }>("SELECT record FROM fleet");
    if (row) this.#record = JSON.parse(row.record);
  }

  get record(): FleetRecord | undefined {
    return this.#record;
  }

  get bytes(): number {
    return this.#storage.sql.databaseSize;
  }

  /** Keeps a fleet that begins. */
  begin(record: FleetRecord, machines: readonly KeptMachine[]): void {
    this.#storage.transactionSync(() => {
      this.#run("CREATE TABLE fleet (one INTEGER PRIMARY KEY CHECK (one = 1), record TEXT NOT NULL)");
      this.#run(
        "CREATE TABLE machine (place INTEGER PRIMARY KEY, revision INTEGER NOT NULL, state TEXT NOT NULL, view TEXT NOT NULL)",
      );
      this.put(record, machines);
    });
  }

  /** All of it, or nothing. The machines are those that have changed. */
  put(record: FleetRecord, machines: readonly KeptMachine[] = []): void {
    this.#storage.transactionSync(() => {
      this.#run("INSERT OR REPLACE INTO fleet (one, record) VALUES (1, ?)", JSON.stringify(record));
      for (const { place, state, view } of machines)
        this.#run(
          "INSERT OR REPLACE INTO machine (place, revision, state, view) VALUES (?, ?, ?, ?)",
          place,
          record.revision,
          state,
          view,
        );
    });
    this.#record = record;
  }

  /** Nothing is left. */
  async clear(): Promise<void> {
    await this.#storage.deleteAlarm();
    await this.#storage.deleteAll();
    this.#record = undefined;
  }

  /** What `resumeFleet` goes on from. */
  state(record: FleetRecord): FleetState {
    const rows = this.#run<{ state: string }>("SELECT state FROM machine ORDER BY place");
    return { ...record.header, entries: rows.map(({ state }) => JSON.parse(state)) } as unknown as FleetState;
  }

  /** What callers see of the machines that have changed since this revision, in their order. */
  viewsSince(revision: number): string[] {
    const query = "SELECT view FROM machine WHERE revision > ? ORDER BY place";
    return this.#run<{ view: string }>(query, revision).map(({ view }) => view);
  }

  #run<T extends Record<string, SqlStorageValue>>(query: string, ...values: SqlStorageValue[]): T[] {
    const cursor = this.#storage.sql.exec<T>(query, ...values);
    const rows = cursor.toArray();
    this.rowsRead += cursor.rowsRead;
    this.rowsWritten += cursor.rowsWritten;
    return rows;
  }
}
