import type { FleetUpdate, MachineStatus } from "vra-snapshots";
import { type EntryView, type FleetRecord, type Sample, viewOf } from "../storage/fleet-record.ts";

const SAMPLE_MS = 500;
const SAMPLES = 400;

/** A fleet as the page knows it: what is shown, and what the next write to the store takes along. */
export class FleetModel {
  record: FleetRecord;
  /** By place. An entry that changes is another object. */
  readonly entries: EntryView[] = [];
  readonly #places = new Map<string, number>();

  constructor(record: FleetRecord, entries: EntryView[]) {
    this.record = record;
    this.take(entries);
  }

  /** Whether its machines are known; those of a fleet on a worker have to be asked for. */
  get isComplete(): boolean {
    return this.entries.length === this.record.size;
  }

  /** Takes over what the library says has changed; gives it as it is shown. */
  update({ counts, progress, etaMs, changed }: Omit<FleetUpdate, "revision">): EntryView[] {
    const views: EntryView[] = [];
    for (const entry of changed) {
      const place = this.#places.get(entry.machineId);
      if (place !== undefined) views.push(viewOf(entry, place));
    }
    this.change({ counts, progress, etaMs }, views);
    return views;
  }

  /** Takes over what has changed, of the whole and of its machines, and how that stands on the way. */
  change(change: Partial<FleetRecord>, views: readonly EntryView[]): void {
    this.record = { ...this.record, ...change };
    this.take(views);
    this.#sample();
  }

  /** Takes over what is told of machines. */
  take(views: readonly EntryView[]): void {
    for (const view of views) {
      this.entries[view.place] = view;
      this.#places.set(view.machineId, view.place);
    }
  }

  /** Takes over what another tab tells of the whole; of the samples it tells the last. */
  follow(record: FleetRecord): void {
    const first = record.samples[0]?.at ?? Number.POSITIVE_INFINITY;
    const known = this.record.samples.filter(({ at }) => at < first);
    this.record = { ...record, samples: [...known, ...record.samples] };
  }

  statusOf(machineId: string): MachineStatus | undefined {
    const place = this.#places.get(machineId);
    return place === undefined ? undefined : this.entries[place]?.status;
  }

  /** The places with this status; of all without one. */
  placesWith(status: MachineStatus | undefined): number[] {
    const places: number[] = [];
    for (const { place, status: its } of this.entries) if (!status || its === status) places.push(place);
    return places;
  }

  /** A point of the chart, now and then; of a long fleet every other one is dropped as they grow too many. */
  #sample(): void {
    const { samples, counts } = this.record;
    const at = Date.now();
    const last = samples.at(-1);
    if (last && at - last.at < SAMPLE_MS && this.record.progress < 100) {
      // In its place: it may be the last for a while, and the chart ends with what is now.
      const newest = { at: last.at, counts: { ...counts } };
      this.record = { ...this.record, samples: [...samples.slice(0, -1), newest] };
      return;
    }
    const kept = samples.length < SAMPLES ? samples : samples.filter((_, index) => index % 2 === 0);
    const sample: Sample = { at, counts: { ...counts } };
    this.record = { ...this.record, samples: [...kept, sample] };
  }
}
