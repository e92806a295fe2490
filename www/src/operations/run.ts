import {
  type OperationState,
  type SnapshotClient,
  SnapshotError,
  type SnapshotOperation,
} from "vra-snapshots";
import type { Problem } from "../problems/problem.ts";
import { problemOf } from "../problems/problem-of.ts";
import type { OperationRecord, SnapshotFacts } from "../storage/operation-record.ts";
import type { Run } from "../storage/ownership.ts";
import type { Store } from "../storage/store.ts";

/** So long after it was asked for, a snapshot that was never sent is not sent by itself any more: much may have changed. */
const WANTED_MS = 3_600_000;

/** When a wait that the network ended is taken up again by itself, at first and at the latest. */
const RETRY_MS = { first: 10_000, longest: 120_000 };

const NEVER_SENT: Problem = {
  title: "The page was closed before this was sent",
  next: "Nothing was begun. Try again if it is still wanted.",
};

interface Hooks {
  /** `isNews` if others would miss it; the time left changes without that. */
  changed(record: OperationRecord, isNews: boolean): void;
  accepted(record: OperationRecord): void;
  /** It has come to an end, or its watching has for a reason. */
  ended(run: OperationRun, record: OperationRecord): void;
  /** Its watching ended for a reason that passes: another run may go on now. */
  again(run: OperationRun): void;
}

interface Options {
  client: SnapshotClient;
  store: Store;
  hooks: Hooks;
  /** Ends what the library sends for it, too; of a request that is under way already. */
  end?: AbortController;
  /** How often in a row it was taken up again by itself. */
  failures?: number;
}

/**
 * Drives one operation in this tab, which owns it, and keeps the store up to date with it. It drives once: who wants to
 * go on after it has come to rest ends this run and makes another.
 */
export class OperationRun implements Run {
  readonly client: SnapshotClient;
  readonly failures: number;
  #record: OperationRecord;
  readonly #store: Store;
  readonly #hooks: Hooks;
  readonly #end: AbortController;
  readonly #watching = new AbortController();
  #operation: SnapshotOperation | undefined;
  #driving: Promise<unknown> = Promise.resolve();
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** The newest record is written once the one before it is. */
  #writing: Promise<void> = Promise.resolve();
  #isQueued = false;

  constructor(
    record: OperationRecord,
    { client, store, hooks, end = new AbortController(), failures = 0 }: Options,
  ) {
    this.#record = record;
    this.client = client;
    this.#store = store;
    this.#hooks = hooks;
    this.#end = end;
    this.failures = failures;
  }

  /** Sends what has been prepared, and resolves when the service has accepted; the watching goes on by itself. */
  submit(operation: SnapshotOperation): Promise<void> {
    return this.#drive(this.#submit(operation));
  }

  /** Goes on with one that the service has accepted. */
  follow(operation: SnapshotOperation): void {
    this.#operation = operation;
    this.#hooks.accepted(this.#record);
    void this.#drive(this.#watch(operation));
  }

  /** Takes it up where its state left it; what was asked for and may not have been sent is looked for, then sent. */
  resume(asked: boolean): void {
    this.#takeUp((operation) => {
      const unsent = operation.phase === "prepared" || operation.phase === "submitting";
      const isWanted = asked || Date.now() - this.#record.startedAt < WANTED_MS;
      if (operation.phase === "prepared" && !isWanted)
        this.#finish({ standing: "refused", problem: NEVER_SENT });
      else if (operation.kind === "create" && unsent && isWanted) void this.submit(operation).catch(() => {});
      else void this.#drive(this.#watch(operation));
    });
  }

  /** Looks once more what became of it; sends nothing that must not be repeated. */
  look(): void {
    this.#takeUp((operation) => void this.#drive(this.#watch(operation)));
  }

  /** Looks, and sends it again if nothing is found and nothing runs on the machine. */
  submitAgain(): void {
    this.#takeUp((operation) => void this.submit(operation).catch(() => {}));
  }

  stop(): void {
    this.#watching.abort();
    this.#set({ standing: "paused", etaMs: undefined });
  }

  async end(): Promise<void> {
    this.#end.abort();
    clearTimeout(this.#retry);
    await this.#driving;
    await this.#writing;
  }

  /** Takes over how far it is. */
  refresh(): void {
    const operation = this.#operation;
    if (!operation || this.#record.standing !== "running") return;
    const { phase, progress, etaMs, tracker } = operation;
    this.#set({
      phase,
      progress,
      etaMs,
      status: tracker?.status,
      message: tracker?.message,
      state: operation.toJSON(),
    });
  }

  /** The state before a request that must not be repeated; resolves once it is stored. */
  async keep(state: OperationState): Promise<void> {
    const written = this.#writing.then(async () => {
      this.#end.signal.throwIfAborted();
      this.#record = { ...this.#record, state, phase: state.phase };
      await this.#store.putOperation(this.#record);
    });
    this.#writing = written.catch(() => {});
    await written;
    if (!this.#end.signal.aborted) this.#hooks.changed(this.#record, true);
  }

  /** A submit has ended in an error. */
  refused(error: unknown): void {
    const phase = this.#operation?.phase;
    // A revert and a delete give no operation then: all they can end in is told by the error.
    const isOpen = phase === "reconciling" || phase === "tracking" || phase === "resolving";
    const problem = problemOf(error, isOpen ? "watch" : "submit");
    if (isUnclear(error)) this.#leaveUnclear(error, problem);
    else if (isOpen) this.#rest(error, problem);
    else this.#finish({ standing: "refused", problem, errorCode: codeOf(error) });
  }

  /** Until it settles, the run has not ended. */
  #drive(driving: Promise<void>): Promise<void> {
    this.#driving = driving.catch(() => {});
    return driving;
  }

  #takeUp(act: (operation: SnapshotOperation) => void): void {
    this.#set({ standing: "running", problem: undefined, errorCode: undefined, endedAt: undefined });
    try {
      this.#operation = this.client.resume(this.#record.state);
      act(this.#operation);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #submit(operation: SnapshotOperation): Promise<void> {
    this.#operation = operation;
    const { signal } = this.#end;
    try {
      const accepted = operation.submit({ checkpoint: (state) => this.keep(state), signal });
      this.refresh();
      await accepted;
    } catch (error) {
      if (!signal.aborted) this.refused(error);
      throw error;
    }
    this.#hooks.accepted(this.#record);
    void this.#drive(this.#watch(operation));
  }

  async #watch(operation: SnapshotOperation): Promise<void> {
    const signal = AbortSignal.any([this.#end.signal, this.#watching.signal]);
    const wait = { signal, timeoutMs: Number.POSITIVE_INFINITY };
    try {
      this.refresh();
      for await (const _ of operation.watch(wait)) this.refresh();
      this.refresh();
      const snapshot = await operation.result(wait);
      this.refresh();
      this.#finish({
        standing: "finished",
        phase: "finished",
        progress: 100,
        ...(snapshot && { snapshot: factsOf(snapshot) }),
      });
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const problem = problemOf(error, "watch");
    if (isUnclear(error)) this.#leaveUnclear(error, problem);
    else if (this.#operation?.phase === "failed" || this.#operation?.phase === "finished")
      this.#finish({ standing: "failed", problem, errorCode: codeOf(error) });
    else this.#rest(error, problem);
  }

  #leaveUnclear(error: SnapshotError, problem: Problem): void {
    const state = error.state ?? this.#operation?.toJSON() ?? this.#record.state;
    const candidates = error.candidates?.map(factsOf);
    this.#finish({ standing: "unclear", problem, errorCode: error.code, candidates, state });
  }

  /** It goes on at the service, unwatched: until the network is back, or somebody does something about it. */
  #rest(error: unknown, problem: Problem): void {
    if (this.#end.signal.aborted) return;
    this.#set({ standing: "paused", problem, errorCode: codeOf(error), etaMs: undefined });
    this.#hooks.ended(this, this.#record);
    if (!(error instanceof SnapshotError) || !error.retryable || error.code === "unauthorized") return;
    const delay = Math.min(RETRY_MS.first * 2 ** this.failures, RETRY_MS.longest);
    this.#retry = setTimeout(() => this.#hooks.again(this), delay);
  }

  #finish(change: Partial<OperationRecord>): void {
    if (this.#end.signal.aborted) return;
    const operation = this.#operation;
    const state = operation && { state: operation.toJSON(), status: operation.tracker?.status };
    this.#set({ ...state, endedAt: Date.now(), etaMs: undefined, message: undefined, ...change });
    this.#hooks.ended(this, this.#record);
  }

  /** Shows each change, and stores those that a reload would miss. A run that has ended changes nothing. */
  #set(change: Partial<OperationRecord>): void {
    if (this.#end.signal.aborted) return;
    const before = this.#record;
    this.#record = { ...before, ...change };
    const { phase, progress, status, message, standing, problem } = this.#record;
    const isNew =
      phase !== before.phase ||
      progress !== before.progress ||
      status !== before.status ||
      message !== before.message ||
      standing !== before.standing ||
      problem !== before.problem;
    this.#hooks.changed(this.#record, isNew);
    if (isNew) this.#write();
  }

  #write(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    const write = async () => {
      this.#isQueued = false;
      // The newest record, also of a run that is about to end: its owner waits for this.
      await this.#store.putOperation(this.#record);
    };
    // A write that fails loses no operation: the checkpoint, which must not fail, is stored apart.
    this.#writing = this.#writing.then(write).catch((error) => console.warn("not stored:", error));
  }
}

function factsOf({ id, name, createdAt }: SnapshotFacts): SnapshotFacts {
  return { id, name, createdAt };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof SnapshotError ? error.code : undefined;
}

function isUnclear(error: unknown): error is SnapshotError {
  return (
    error instanceof SnapshotError && (error.code === "outcome_unknown" || error.code === "ambiguous_result")
  );
}
