import type { ClientEvent } from "vra-snapshots";

/** A wait shorter than this is not worth an alarm, which is a row to be written. */
const SHORT_MS = 750;
/** A process that dies while it is awake is missed so much later at the most. */
const HEARTBEAT_MS = 5_000;

/**
 * The object's alarm as the one timer of its client. An object without timers and requests sleeps, may be taken out of
 * memory, and costs nothing; an alarm wakes it. An alarm also outlives a crash, so as long as anything is to be done there
 * is one.
 */
export class AlarmClock {
  readonly #storage: DurableObjectStorage;
  #wake: () => void = () => {};
  /** When the client wants to be woken. */
  #due = Number.POSITIVE_INFINITY;
  /** The alarm that is known to be set. */
  #alarm = Number.POSITIVE_INFINITY;
  #timeout: ReturnType<typeof setTimeout> | undefined;
  /** Requests on their way. */
  #open = 0;
  calls = 0;
  alarms = 0;
  /** Alarms that have been set: each is a row. */
  sets = 0;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** `ClientOptions.timer` */
  readonly timer = (delayMs: number | undefined, wake: () => void): void => {
    if (this.#timeout !== undefined) clearTimeout(this.#timeout);
    this.#timeout = undefined;
    this.#wake = wake;
    this.#due = delayMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + delayMs;
    if (delayMs !== undefined && delayMs < SHORT_MS)
      this.#timeout = setTimeout(() => {
        this.#timeout = undefined;
        this.#wakeUp();
      }, delayMs);
    this.#keep();
  };

  /** `ClientOptions.onEvent` */
  readonly hear = ({ type }: ClientEvent): void => {
    if (type === "request") {
      this.#open += 1;
      this.calls += 1;
      this.#keep();
    } else if (type === "response") this.#open -= 1;
  };

  /** The alarm has gone off, and none is set any more. It does no harm if it is early: the client looks at its clock. */
  ring(): void {
    this.alarms += 1;
    this.#alarm = Number.POSITIVE_INFINITY;
    this.#wakeUp();
    this.#keep();
  }

  /** Sees to it that there is an alarm then, or before. */
  set(at: number): void {
    if (at >= this.#alarm) return;
    this.#alarm = at;
    this.sets += 1;
    void this.#storage.setAlarm(at);
  }

  #wakeUp(): void {
    // It says anew when it is to be woken next.
    this.#due = Number.POSITIVE_INFINITY;
    this.#wake();
  }

  /** An alarm for what the client waits for; while it is awake, one for the case that its process dies. */
  #keep(): void {
    const isShort = this.#timeout !== undefined;
    const isAwake = isShort || this.#open > 0;
    const heartbeat = isAwake ? Date.now() + HEARTBEAT_MS : Number.POSITIVE_INFINITY;
    const at = Math.min(isShort ? heartbeat : this.#due, heartbeat);
    if (at < Number.POSITIVE_INFINITY) this.set(at);
  }
}
