import type { FleetOptions } from "vra-snapshots";
import { part, showText } from "../ui/dom.ts";

const MOST_AT_ONCE = 1_000;
const KEY = /^[A-Za-z0-9._:-]{1,55}$/;

/** How a selection is worked through: so many at once, until so many have failed, under which key. */
export class FleetFields {
  readonly #concurrency: HTMLInputElement;
  readonly #stopAfter: HTMLInputElement;
  readonly #key: HTMLInputElement;
  readonly #error: HTMLElement;

  constructor(root: HTMLElement) {
    this.#concurrency = part(root, "concurrency", HTMLInputElement);
    this.#stopAfter = part(root, "stop-after", HTMLInputElement);
    this.#key = part(root, "key", HTMLInputElement);
    this.#error = part(root, "fleet-error", HTMLElement);
    root.addEventListener("input", () => this.#clearError());
  }

  /** The options, or `undefined` when a field is not right; the reader is then told which and why. */
  read(): FleetOptions | undefined {
    this.#clearError();
    const concurrency = Number(this.#concurrency.value);
    if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MOST_AT_ONCE)
      return this.#refuse(this.#concurrency, "At once: a whole number from 1 to 1,000.");
    const stopAfterFailures = Number(this.#stopAfter.value);
    if (this.#stopAfter.value && (!Number.isInteger(stopAfterFailures) || stopAfterFailures < 1))
      return this.#refuse(this.#stopAfter, "Failures: a whole number from 1, or empty for no limit.");
    const key = this.#key.value.trim();
    if (key && !KEY.test(key))
      return this.#refuse(
        this.#key,
        "Key: at most 55 letters, digits, dots, colons, hyphens or underscores.",
      );
    return {
      concurrency,
      ...(this.#stopAfter.value && { stopAfterFailures }),
      ...(key && { idempotencyKey: key }),
    };
  }

  #refuse(field: HTMLInputElement, reason: string): undefined {
    showText(this.#error, reason);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-errormessage", this.#error.id);
    field.focus();
  }

  #clearError(): void {
    showText(this.#error, undefined);
    for (const field of [this.#concurrency, this.#stopAfter, this.#key]) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-errormessage");
    }
  }
}
