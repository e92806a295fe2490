import type { ProgressTexts, ShownOperation, SnapshotProgress } from "vra-snapshots/element";
import "vra-snapshots/element";
import { type Driver, isOver, type OperationRecord, type Standing } from "../storage/operation-record.ts";
import { element } from "../ui/elements.ts";
import { estimate } from "../ui/format.ts";

/** How a record is being read: as long as this stays, the same reader goes on. */
type Reading = Standing | "prepared";

/** The standings that the element does not know of, in its words. */
const FAILED_WORDS: Partial<Record<Reading, string>> = {
  refused: "Not begun",
  unclear: "Not known",
  gone: "Gone",
};

/**
 * How far an operation is. The element is given the record, never the operation: it then shows those of other tabs and
 * earlier pages in the same way, and does not poll what the person has stopped watching.
 */
export class OperationProgress {
  readonly element: SnapshotProgress = element("snapshot-progress");
  #shown: ShownRecord | undefined;

  constructor() {
    // The page announces for all operations together.
    this.element.quiet = true;
  }

  show(record: OperationRecord, driver: Driver): void {
    this.element.label = labelOf(record);
    const reading = readingOf(record, driver);
    if (this.#shown?.reading === reading) {
      this.#shown.take(record);
      return;
    }
    this.#shown = new ShownRecord(record, reading);
    this.element.texts = textsOf(reading);
    this.element.operation = this.#shown;
  }
}

/** A record in the shape of an operation. What came of it the row says at length, so the element is not told. */
class ShownRecord implements ShownOperation {
  readonly reading: Reading;
  readonly snapshot = undefined;
  readonly error = undefined;
  #record: OperationRecord;
  #wake = () => {};

  constructor(record: OperationRecord, reading: Reading) {
    this.#record = record;
    this.reading = reading;
  }

  get kind() {
    return this.#record.kind;
  }

  get machineId() {
    return this.#record.machine.id;
  }

  get phase() {
    const { standing, phase } = this.#record;
    if (standing === "finished") return "finished";
    if (isOver(this.#record)) return "failed";
    // Of what is prepared the element reads nothing, so it would not learn that nobody goes on with it.
    return phase === "prepared" && this.reading === "paused" ? "submitting" : phase;
  }

  get progress() {
    return this.#record.standing === "finished" ? 100 : this.#record.progress;
  }

  get tracker() {
    const { message } = this.#record;
    return message === undefined ? undefined : { message };
  }

  get etaMs() {
    return this.#record.etaMs;
  }

  take(record: OperationRecord): void {
    this.#record = record;
    this.#wake();
  }

  async *watch({ signal }: { signal?: AbortSignal | undefined } = {}) {
    // The reason is for the row to tell.
    if (this.reading === "paused") throw new Error("");
    signal?.addEventListener("abort", () => this.#wake());
    while (!signal?.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      yield;
    }
  }
}

function readingOf({ standing, phase }: OperationRecord, driver: Driver): Reading {
  if (standing !== "running") return standing;
  if (driver === "nobody") return "paused";
  return phase === "prepared" ? "prepared" : "running";
}

function textsOf(reading: Reading): ProgressTexts {
  return {
    phases: {
      prepared: "Preparing",
      reconciling: "No readable answer, looking for it",
      resolving: "Looking up the outcome",
      failed: FAILED_WORDS[reading] ?? "Failed",
    },
    interrupted: "Not watched",
    percent: (percent) => `${percent}%`,
    remaining: (ms) => `${estimate(ms)} left`,
  };
}

const KIND_WORDS = { create: "Snapshot", revert: "Revert to", delete: "Delete" } as const;

function labelOf({ kind, standing, snapshotName, snapshotId }: OperationRecord): string {
  const name = snapshotName ?? (kind === "create" ? undefined : snapshotId);
  // Of a snapshot that was made its own facts tell the name.
  const isTold = kind === "create" && standing === "finished";
  return name === undefined || isTold ? KIND_WORDS[kind] : `${KIND_WORDS[kind]} “${name}”`;
}
