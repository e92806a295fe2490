const KEPT = 5;

/**
 * Tells a screen reader what has happened: that a request was accepted, and how it ended. Progress is not announced;
 * whoever wants it reads the progress bar.
 */
export class Announcer {
  readonly #log: HTMLElement;

  constructor(log: HTMLElement) {
    this.#log = log;
  }

  say(text: string): void {
    const line = document.createElement("p");
    line.textContent = text;
    this.#log.append(line);
    while (this.#log.childElementCount > KEPT) this.#log.firstElementChild?.remove();
  }
}
