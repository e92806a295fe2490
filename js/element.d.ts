/**
 * `<snapshot-progress>`: an operation, shown as accessible progress, in any framework or none.
 *
 * ```js
 * import "vra-snapshots/element";
 *
 * const element = document.createElement("snapshot-progress");
 * element.operation = await client.createSnapshot(machine.id, { name: "before-upgrade" });
 * element.addEventListener("snapshot-end", ({ detail }) => console.log(detail.snapshot ?? detail.error));
 * document.body.append(element);
 * ```
 *
 * Importing it defines the element where there are custom elements, unless it is defined already, and does nothing
 * where there are none: on a server, in Node.js. It does not load the client, nor any WebAssembly.
 *
 * It reads its operation while it is in a document, so the operation polls then, and no longer than that. What it shows
 * is text, whatever a machine, a message or a snapshot is called. It works under a Content-Security-Policy of
 * `default-src 'none'` beyond its own script, and with `require-trusted-types-for 'script'`.
 *
 * Its look: it takes font and text colour from around it, light or dark from the `color-scheme` of the page, and
 * follows forced colours and reduced motion. These custom properties change it:
 *
 * | property | of | default, light and dark |
 * |---|---|---|
 * | `--snapshot-progress-color` | the bar | `#0b5cad`, `#6cb2f7` |
 * | `--snapshot-progress-track-color` | what the bar runs in | `#dde3e9`, `#2a353f` |
 * | `--snapshot-progress-success-color` | bar and words of what has finished | `#14713a`, `#58c98a` |
 * | `--snapshot-progress-error-color` | bar and words of what has failed | `#b3261e`, `#ff938a` |
 * | `--snapshot-progress-bar-height` | the bar | `0.5em` |
 * | `--snapshot-progress-bar-radius` | the bar's corners | `1em` |
 * | `--snapshot-progress-gap` | the lines | `0.375em` |
 *
 * And these parts, by `::part()`: `body`, which is `waiting`, `running`, `finished`, `failed` or `interrupted` too; in it the two
 * `line`s, `label`, `percent`, `bar`, `phase`, `remaining`, `message`, `result`, `error`, `advice`.
 *
 * React 19 sets properties and listens to events by their names, in JSX too: `operation={operation}`,
 * `onsnapshot-end={listener}`. Its types are told once in a project:
 *
 * ```ts
 * import type { SnapshotProgress, SnapshotProgressProps } from "vra-snapshots/element";
 *
 * declare module "react" {
 *   namespace JSX {
 *     interface IntrinsicElements {
 *       "snapshot-progress": HTMLAttributes<SnapshotProgress> &
 *         RefAttributes<SnapshotProgress> &
 *         SnapshotProgressProps;
 *     }
 *   }
 * }
 * ```
 *
 * Vue sets properties and listens too, `:operation="operation" @snapshot-end="listener"`, once it is told by
 * `compilerOptions.isCustomElement` that the name is no component of its own.
 *
 * @packageDocumentation
 */

import type { SnapshotError, SnapshotErrorCode } from "./error.js";
import type { RequestTracker, Snapshot } from "./model.js";
import type { WaitOptions } from "./options.js";
import type { PlatformElement, PlatformEvent } from "./platform.js";
import type { OperationKind, OperationPhase } from "./state.js";

export type { PlatformElement, PlatformEvent };

/** What can be shown: a `SnapshotOperation`, or anything of its shape. */
export interface ShownOperation {
  /** What it does. */
  readonly kind: OperationKind;
  /** Empty while it is not known. */
  readonly machineId: string;
  /** Where it is. `finished` and `failed` end the reading. */
  readonly phase: OperationPhase;
  /** 0 to 100; `undefined` while it is not known. */
  readonly progress: number | undefined;
  /** Its message is shown. */
  readonly tracker: Pick<RequestTracker, "message"> | undefined;
  /** The time left, in milliseconds. */
  readonly etaMs: number | undefined;
  /** The snapshot, once it has finished. */
  readonly snapshot: Snapshot | undefined;
  /** Why it failed. */
  readonly error: SnapshotError | undefined;
  /** Gives something whenever anything has changed. The signal ends it. */
  watch(options?: WaitOptions): AsyncIterable<unknown>;
  /** Waits for the end, after what `watch` gives is over. Without it, `phase` is looked at. */
  result?(options?: WaitOptions): Promise<unknown>;
}

/** The words that are shown, for another language; those that are left out stay as they are. */
export interface ProgressTexts {
  /** What the bar is called where there is no attribute `label`. */
  label?: (kind: OperationKind, machineId: string) => string;
  /** The phases in words. */
  phases?: Partial<Record<OperationPhase, string>>;
  /** In place of the phase: an error has ended the reading, and not the operation. */
  interrupted?: string;
  /** Of a whole number from 0 to 100. */
  percent?: (percent: number) => string;
  /** Of an estimate in milliseconds. */
  remaining?: (ms: number) => string;
  /** What was made. */
  result?: (snapshot: Snapshot) => string;
  /** What to do about an error. */
  advice?: Partial<Record<SnapshotErrorCode, string>>;
}

/** What {@link SnapshotProgress} tells when progress or phase have changed, as `snapshot-progress`. */
export interface ProgressDetail {
  /** 0 to 100; `undefined` while it is not known. */
  readonly progress: number | undefined;
  /** Where the operation is. */
  readonly phase: OperationPhase;
}

/** What {@link SnapshotProgress} tells once when the operation is over, as `snapshot-end`. */
export interface EndDetail {
  /** What was made; neither of the two after a revert or a deletion that has finished. */
  readonly snapshot?: Snapshot | undefined;
  /** Why it failed. */
  readonly error?: SnapshotError | undefined;
}

/** What {@link SnapshotProgress} tells when an error ends its reading and not the operation, as `snapshot-interrupted`. */
export interface InterruptionDetail {
  /** What `watch` or `result` rejected with. */
  readonly error: SnapshotError;
}

/** The events of {@link SnapshotProgress}. They bubble, and leave shadow trees. */
export interface SnapshotProgressEvents {
  /** Progress or phase have changed. */
  "snapshot-progress": PlatformEvent<ProgressDetail>;
  /** The operation is over. Once for each operation that is set. */
  "snapshot-end": PlatformEvent<EndDetail>;
  /** An error has ended the reading; {@link SnapshotProgress.resume} takes it up again. */
  "snapshot-interrupted": PlatformEvent<InterruptionDetail>;
}

/** What the element takes in JSX. */
export interface SnapshotProgressProps {
  /** See {@link SnapshotProgress.operation}. */
  operation?: ShownOperation | null | undefined;
  /** See {@link SnapshotProgress.texts}. */
  texts?: ProgressTexts | undefined;
  /** See {@link SnapshotProgress.label}. */
  label?: string | undefined;
  /** See {@link SnapshotProgress.quiet}. */
  quiet?: boolean | undefined;
  /** Progress or phase have changed. */
  "onsnapshot-progress"?: ((event: PlatformEvent<ProgressDetail>) => void) | undefined;
  /** The operation is over. */
  "onsnapshot-end"?: ((event: PlatformEvent<EndDetail>) => void) | undefined;
  /** An error has ended the reading. */
  "onsnapshot-interrupted"?: ((event: PlatformEvent<InterruptionDetail>) => void) | undefined;
}

/** The element `<snapshot-progress>`. Where another version has defined it before, `document.createElement` makes one. */
export class SnapshotProgress extends PlatformElement {
  /** What it shows; nothing by default. Another one, or `null`, ends the reading of the one before. */
  get operation(): ShownOperation | null;
  set operation(operation: ShownOperation | null | undefined);
  /** Words in place of its own. */
  get texts(): ProgressTexts;
  set texts(texts: ProgressTexts | null | undefined);
  /** The attribute `label`: what the bar is called. By default what is done, and the machine's id. */
  get label(): string;
  set label(label: string | null | undefined);
  /**
   * The attribute `quiet`: nothing is announced to screen readers, for pages that show many operations and announce
   * in their own way. By default the phases are, every ten percent, and the end.
   */
  get quiet(): boolean;
  set quiet(quiet: boolean);
  /** Reads on after an error that has ended the reading and not the operation, such as a token that was refused. */
  resume(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    /** An operation of `vra-snapshots`, shown. */
    "snapshot-progress": SnapshotProgress;
  }
  interface HTMLElementEventMap extends SnapshotProgressEvents {}
}
