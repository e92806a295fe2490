import { Announcer } from "./announcer.ts";

const PAUSE_MS = 1500;
const SINGLY = 3;

/**
 * What a screen reader is told, without a flood: what comes together is said together, and of much only how much.
 */
export class Voice {
  readonly #announcer: Announcer;
  #waiting: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #quietUntil = 0;

  constructor(log: HTMLElement) {
    this.#announcer = new Announcer(log);
  }

  say(text: string): void {
    this.#waiting.push(text);
    const wait = Math.max(0, this.#quietUntil - Date.now());
    this.#timer ??= setTimeout(() => this.#speak(), wait);
  }

  #speak(): void {
    this.#timer = undefined;
    this.#quietUntil = Date.now() + PAUSE_MS;
    const texts = this.#waiting;
    this.#waiting = [];
    if (texts.length <= SINGLY) for (const text of texts) this.#announcer.say(text);
    else this.#announcer.say(`${texts.length} changes; the last: ${texts.at(-1)}`);
  }
}
