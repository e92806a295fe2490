import type { OperationPhase, RequestTracker, Snapshot, SnapshotOperation } from "vra-snapshots";
import { copyOf, part, setText, showText } from "./dom.ts";
import { clock, estimate } from "./format.ts";
import { type Problem, problemElement } from "./problem.ts";
import { snapshotFacts } from "./snapshot-facts.ts";

/**
 * - `running`: being watched;
 * - `paused`: goes on at the service, unwatched;
 * - `finished`, `failed`: over;
 * - `unclear`: over, and what came of it is for a person to find out.
 */
export type CardState = "running" | "paused" | "finished" | "failed" | "unclear";

const PHASE_WORDS: Record<OperationPhase, string> = {
  prepared: "Preparing",
  submitting: "Submitting",
  reconciling: "No readable answer, looking for it",
  tracking: "Under way",
  resolving: "Looking up the snapshot",
  finished: "Finished",
  failed: "Failed",
};

interface Hooks {
  onWatch(): void;
  onStop(): void;
  onCheck(): void;
  onDismiss(): void;
}

/** One operation on the page: how far it is, and in the end what came of it. It shows; the panel decides. */
export class OperationCard {
  readonly element = copyOf("operation-card", HTMLElement);
  readonly operation: SnapshotOperation<"create">;
  readonly machineName: string;
  state: CardState = "running";
  readonly #startedAt = performance.now();
  readonly #article = part(this.element, "article", HTMLElement);
  readonly #bar = part(this.element, "bar", HTMLProgressElement);
  readonly #outcome = part(this.element, "outcome", HTMLElement);

  constructor(
    operation: SnapshotOperation<"create">,
    { machineName, snapshotName }: { machineName: string; snapshotName: string | undefined },
    hooks: Hooks,
  ) {
    this.operation = operation;
    this.machineName = machineName;
    const title = part(this.element, "machine", HTMLElement);
    setText(title, machineName);
    title.id = `operation-${operation.id}`;
    this.#article.setAttribute("aria-labelledby", title.id);
    showText(part(this.element, "name", HTMLElement), snapshotName);
    this.#bar.setAttribute("aria-label", `Progress of the snapshot of ${machineName}`);
    for (const [name, onClick] of [
      ["watch", hooks.onWatch],
      ["stop", hooks.onStop],
      ["check", hooks.onCheck],
      ["dismiss", hooks.onDismiss],
    ] as const) {
      const button = part(this.element, name, HTMLButtonElement);
      button.addEventListener("click", onClick);
      button.setAttribute("aria-label", `${button.title || button.textContent} (${machineName})`);
    }
    this.show(undefined);
  }

  get isOver(): boolean {
    return this.state !== "running" && this.state !== "paused";
  }

  /** Shows the operation as it is now. */
  show(tracker: RequestTracker | undefined): void {
    const { phase, progress, etaMs } = this.operation;
    this.#setState("running", progress === undefined ? "" : `${Math.floor(progress)}%`);
    if (progress === undefined) this.#bar.removeAttribute("value");
    else this.#bar.value = progress;
    showText(part(this.element, "message", HTMLElement), tracker?.message);
    this.#fact("phase", PHASE_WORDS[phase]);
    this.#fact("status", tracker?.status);
    this.#fact("elapsed", this.#elapsed());
    this.#fact("left", etaMs === undefined ? undefined : estimate(etaMs));
    this.#showButtons({ stop: phase === "tracking" });
  }

  finish(snapshot: Snapshot): void {
    this.#bar.value = 100;
    this.#end("finished", "Finished", snapshotFacts(snapshot));
    // The snapshot itself tells its name now.
    part(this.element, "name", HTMLElement).hidden = true;
    this.#showButtons({ dismiss: true });
  }

  /** Nothing was begun, or it failed. */
  fail(standing: string, problem: Problem): void {
    this.#end("failed", standing, problemElement(problem));
    this.#showButtons({ dismiss: true });
  }

  /** What came of it is not known; `candidates` is what it may be. */
  leaveUnclear(problem: Problem, candidates: Snapshot[] = []): void {
    this.#end("unclear", "Not known", problemElement(problem), ...candidates.map(snapshotFacts));
    this.#showButtons({ check: true, dismiss: true });
  }

  /** Nobody watches any more; it goes on. */
  pause(problem?: Problem): void {
    this.#setState("paused", "Not watched");
    this.#fact("left", undefined);
    this.#fact("phase", PHASE_WORDS[this.operation.phase]);
    if (problem) this.#showOutcome(problemElement(problem));
    else showText(part(this.element, "message", HTMLElement), "The request goes on at the service.");
    this.#showButtons({ watch: true, dismiss: true });
  }

  /** Shows what a look at the machine's snapshots has found, below what there is. */
  showFound(...found: HTMLElement[]): void {
    let place = this.#outcome.querySelector(".found");
    if (!place) {
      place = document.createElement("div");
      place.className = "found";
      this.#outcome.append(place);
    }
    place.replaceChildren(...found);
  }

  resume(): void {
    this.#outcome.hidden = true;
    this.#outcome.replaceChildren();
    this.show(this.operation.tracker);
  }

  focus(): void {
    this.#article.scrollIntoView({ block: "nearest" });
    this.#article.focus({ preventScroll: true });
  }

  #end(state: CardState, standing: string, ...outcome: HTMLElement[]): void {
    this.#setState(state, standing);
    // Without a value the bar would run on for ever.
    this.#bar.hidden = this.operation.progress === undefined;
    showText(part(this.element, "message", HTMLElement), undefined);
    this.#fact("phase", undefined);
    this.#fact("status", this.operation.tracker?.status);
    // Where the service has accepted nothing, no time has passed on it.
    this.#fact("elapsed", this.operation.tracker && this.#elapsed());
    this.#fact("left", undefined);
    this.#showOutcome(...outcome);
  }

  #showOutcome(...outcome: HTMLElement[]): void {
    this.#outcome.replaceChildren(...outcome);
    this.#outcome.hidden = false;
  }

  #setState(state: CardState, standing: string): void {
    this.state = state;
    this.element.dataset.state = state;
    setText(part(this.element, "standing", HTMLElement), standing);
  }

  #elapsed(): string {
    return clock(performance.now() - this.#startedAt);
  }

  /** A fact without a value is not shown. */
  #fact(name: string, value: string | undefined): void {
    const element = part(this.element, name, HTMLElement);
    setText(element, value ?? "");
    if (element.parentElement) element.parentElement.hidden = value === undefined;
  }

  #showButtons(shown: { stop?: boolean; watch?: boolean; check?: boolean; dismiss?: boolean }): void {
    part(this.element, "stop", HTMLButtonElement).hidden = !shown.stop;
    part(this.element, "watch", HTMLButtonElement).hidden = !shown.watch;
    part(this.element, "check", HTMLButtonElement).hidden = !shown.check;
    part(this.element, "dismiss", HTMLButtonElement).hidden = !shown.dismiss;
  }
}
