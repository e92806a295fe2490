// One stored state has one owner. Both lists drive stored operations and fleets through this module only: the
// lock, the newest stored record, a single run, and the release are one mechanism.
import { type HeldLock, tryLock, waitForLock } from "./locks.ts";

/** What drives one stored state in this tab. */
export interface Run {
  /**
   * Ends the driving. Once the promise resolves, the run sends nothing, stores nothing and reports nothing any more, so
   * that another one may drive the same state.
   */
  end(): Promise<void>;
}

/** What a step may do while it is the owner. */
export interface Hold<R extends Run> {
  /** What drives the state now. */
  readonly run: R | undefined;
  /** Ends the present run, and then makes the next one; with `undefined` nothing drives the state any more. */
  replace(make: () => R | undefined | Promise<R | undefined>): Promise<R | undefined>;
  /** The stored state is gone: no later step of this tab takes it. */
  forget(): void;
}

/** Something that is done as the owner. The lock is held until the step's promise settles, and then as long as there is a run. */
export type Step<R extends Run> = (hold: Hold<R>) => Promise<void>;

/**
 * - `free`: this tab neither owns the state nor waits for it;
 * - `waiting`: another tab owns it, and this one takes over when that lets go;
 * - `taking`: this tab has the lock, and a step is under way;
 * - `owned`: this tab has the lock and a run;
 * - `released`: the state was dismissed; nothing takes it again.
 */
type State<R extends Run> =
  | { name: "free" }
  | { name: "waiting"; waiting: AbortController }
  | { name: "taking"; lock: HeldLock; hold: Holding<R> }
  | { name: "owned"; lock: HeldLock; run: R }
  | { name: "released" };

export type OwnershipState = State<Run>["name"];

/** What became of a step: done, or not, because another tab owns the state, because it is gone, or because of a step under way. */
export type StepOutcome = "done" | "elsewhere" | "released" | "busy";

interface Hooks {
  /** The state, or whether something is under way, is different. */
  changed(): void;
  /** Another tab owns the state, and this one waits. */
  waits(): void;
  /** Another page has stolen the lock; the run has ended. */
  lost(): void;
}

/**
 * The ownership of one stored state, by its id. Every transition waits for the one before it, so that no sequence of
 * clicks, reconnects, reloads and tabs leads to a second run.
 */
export class Ownership<R extends Run> {
  readonly #id: string;
  readonly #hooks: Hooks;
  #state: State<R> = { name: "free" };
  #last: Promise<unknown> = Promise.resolve();
  #isActing = false;

  constructor(id: string, hooks: Hooks) {
    this.#id = id;
    this.#hooks = hooks;
  }

  get state(): OwnershipState {
    return this.#state.name;
  }

  get run(): R | undefined {
    if (this.#state.name === "taking") return this.#state.hold.run;
    return this.#state.name === "owned" ? this.#state.run : undefined;
  }

  /** Whether a step is under way, or one that a person has asked for waits for its turn. */
  get isBusy(): boolean {
    return this.#isActing || this.#state.name === "taking";
  }

  /** Takes the state if it is free: now, or as soon as the tab that owns it lets go. */
  adopt(step: Step<R>): Promise<void> {
    return this.#serialized(async () => {
      if (this.#state.name !== "free") return;
      const lock = await tryLock(this.#id);
      if (lock) await this.#hold(lock, undefined, step);
      else this.#wait(step);
    });
  }

  /** Carries out the step as the owner, after those before it, unless another tab owns the state. */
  step(step: Step<R>): Promise<StepOutcome> {
    return this.#serialized(async () => {
      const state = this.#state;
      if (state.name === "released") return "released";
      if (state.name === "owned") {
        await this.#hold(state.lock, state.run, step);
        return "done";
      }
      const lock = await tryLock(this.#id);
      if (!lock) return "elsewhere";
      this.stopWaiting();
      await this.#hold(lock, undefined, step);
      return "done";
    });
  }

  /** The step that a person asks for: a second press of a button, while the first is under way, is none. */
  async act(step: Step<R>): Promise<StepOutcome> {
    if (this.#isActing) return "busy";
    this.#isActing = true;
    this.#hooks.changed();
    try {
      return await this.step(step);
    } finally {
      this.#isActing = false;
      this.#hooks.changed();
    }
  }

  /** No longer takes over when the tab that owns the state lets go. */
  stopWaiting(): void {
    if (this.#state.name !== "waiting") return;
    this.#state.waiting.abort();
    this.#become({ name: "free" });
  }

  /** The state was dismissed, by this tab or another. */
  leave(): Promise<void> {
    this.stopWaiting();
    return this.#serialized(async () => {
      const state = this.#state;
      this.stopWaiting();
      if (state.name === "owned") {
        await state.run.end();
        state.lock.release();
      }
      this.#become({ name: "released" });
    });
  }

  #wait(step: Step<R>): void {
    const waiting = new AbortController();
    this.#become({ name: "waiting", waiting });
    this.#hooks.waits();
    const granted = (lock: HeldLock) =>
      this.#serialized(async () => {
        if (this.#state.name === "waiting" && this.#state.waiting === waiting)
          await this.#hold(lock, undefined, step);
        else lock.release();
      });
    // It rejects only by the abort.
    waitForLock(this.#id, waiting.signal).then(granted, () => {});
  }

  async #hold(lock: HeldLock, run: R | undefined, step: Step<R>): Promise<void> {
    const hold = new Holding(run);
    this.#become({ name: "taking", lock, hold });
    // Only the step that takes the lock listens: the one lock serves those after it.
    if (!run) void lock.lost.then(() => this.#lose(lock));
    try {
      await step(hold);
    } finally {
      if (hold.run && !hold.isForgotten) this.#become({ name: "owned", lock, run: hold.run });
      else {
        await hold.run?.end();
        lock.release();
        this.#become({ name: hold.isForgotten ? "released" : "free" });
      }
    }
  }

  #lose(lock: HeldLock): Promise<void> {
    return this.#serialized(async () => {
      if (this.#state.name !== "owned" || this.#state.lock !== lock) return;
      await this.#state.run.end();
      this.#become({ name: "free" });
      this.#hooks.lost();
    });
  }

  #become(state: State<R>): void {
    this.#state = state;
    this.#hooks.changed();
  }

  #serialized<T>(transition: () => Promise<T>): Promise<T> {
    const result = this.#last.then(transition);
    // A transition that fails tells its caller, and keeps none of the later ones back.
    this.#last = result.catch(() => {});
    return result;
  }
}

class Holding<R extends Run> implements Hold<R> {
  run: R | undefined;
  isForgotten = false;

  constructor(run: R | undefined) {
    this.run = run;
  }

  async replace(make: () => R | undefined | Promise<R | undefined>): Promise<R | undefined> {
    await this.run?.end();
    this.run = undefined;
    this.run = await make();
    return this.run;
  }

  forget(): void {
    this.isForgotten = true;
  }
}
