// The element, where there are elements. Compiled with the DOM's types, never run.
import type { RequestTracker, Snapshot, SnapshotError, SnapshotOperation } from "vra-snapshots";
import {
  type ProgressTexts,
  type ShownOperation,
  SnapshotProgress,
  type SnapshotProgressProps,
} from "vra-snapshots/element";

export function show(operation: SnapshotOperation<"create">, any: SnapshotOperation): SnapshotProgress {
  const element = document.createElement("snapshot-progress");
  element.operation = operation;
  element.operation = any;
  element.operation = null;
  element.operation = undefined;
  element.texts = { phases: { finished: "Fertig" }, percent: (percent) => `${percent.toFixed()} %` };
  element.label = "web-01";
  element.label = null;
  element.quiet = true;
  element.style.setProperty("--snapshot-progress-color", "teal");
  element.resume();
  const shown: ShownOperation | null = element.operation;
  const is: boolean = element instanceof SnapshotProgress && element.isConnected && shown === null;
  return is ? element : new SnapshotProgress();
}

export function listen(element: SnapshotProgress, parent: HTMLElement): void {
  element.addEventListener("snapshot-progress", ({ detail, target }) => {
    const progress: number | undefined = detail.progress;
    const where: EventTarget | null = target;
    return [progress, where, detail.phase === "tracking"];
  });
  // They bubble.
  parent.addEventListener("snapshot-end", ({ detail }) => {
    const made: Snapshot | undefined = detail.snapshot;
    const error: SnapshotError | undefined = detail.error;
    return [made, error];
  });
  parent.addEventListener("snapshot-interrupted", ({ detail }) => detail.error.code);
}

/** Of the shape of an operation. */
export const own: ShownOperation = {
  kind: "revert",
  machineId: "m",
  phase: "tracking",
  progress: undefined,
  tracker: { message: "going on" },
  etaMs: undefined,
  snapshot: undefined,
  error: undefined,
  async *watch(): AsyncGenerator<RequestTracker> {},
};

export const props: SnapshotProgressProps = {
  operation: own,
  label: "web-01",
  "onsnapshot-end": ({ detail, bubbles }) => void [detail.snapshot?.id, bubbles],
};
export const german: ProgressTexts = { advice: { forbidden: "Um die Rolle bitten." } };

const element = new SnapshotProgress();
// @ts-expect-error: a promise of an operation is none
element.operation = Promise.resolve(own);
// @ts-expect-error: without `watch` there is nothing to read
element.operation = { ...own, watch: undefined };
// @ts-expect-error: there is no such phase
element.texts = { phases: { ended: "Ende" } };
// @ts-expect-error: there is no such code
element.texts = { advice: { denied: "Nein" } };
// @ts-expect-error: it has no such detail
element.addEventListener("snapshot-end", ({ detail }) => detail.progress);
