import type { Machine, SnapshotSpecification } from "vra-snapshots";
import { part, setText, showText } from "./dom.ts";
import { machineName, powerWords, snapshotLimit, whyNoMemory } from "./machine.ts";
import type { Beginning } from "./operation-panel.ts";
import { PropertyRows } from "./property-rows.ts";

interface Hooks {
  submit(machine: Machine, specification: SnapshotSpecification): Promise<Beginning>;
  /** What speaks against a snapshot of this machine now, if anything is known. */
  caution(machine: Machine): string | undefined;
  chooseFirst(): void;
  /** A request that may have begun: the choice is taken back, so that a second Enter or click makes no second snapshot. */
  onMayHaveBegun(): void;
}

/** What to snapshot, and how. */
export class SnapshotForm {
  readonly #form: HTMLFormElement;
  readonly #hooks: Hooks;
  readonly #name: HTMLInputElement;
  readonly #description: HTMLTextAreaElement;
  readonly #memory: HTMLInputElement;
  readonly #properties: PropertyRows;
  readonly #button: HTMLButtonElement;
  readonly #outcome: HTMLElement;
  #machine: Machine | undefined;
  #submitting = false;

  constructor(form: HTMLFormElement, hooks: Hooks) {
    this.#form = form;
    this.#hooks = hooks;
    this.#name = part(form, "snapshot-name", HTMLInputElement);
    this.#description = part(form, "snapshot-description", HTMLTextAreaElement);
    this.#memory = part(form, "snapshot-memory", HTMLInputElement);
    this.#properties = new PropertyRows(part(form, "properties", HTMLElement));
    this.#button = part(form, "submit", HTMLButtonElement);
    this.#outcome = part(form, "outcome", HTMLElement);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    this.refresh();
  }

  choose(machine: Machine | undefined): void {
    this.#machine = machine;
    if (machine) this.#outcome.replaceChildren();
    this.refresh();
  }

  /** Shows what is known of the chosen machine now. */
  refresh(): void {
    const machine = this.#machine;
    part(this.#form, "none", HTMLElement).hidden = machine !== undefined;
    part(this.#form, "machine", HTMLElement).hidden = machine === undefined;
    if (machine) {
      setText(part(this.#form, "machine-name", HTMLElement), machineName(machine));
      showText(part(this.#form, "machine-description", HTMLElement), machine.description || undefined);
      setText(part(this.#form, "machine-facts", HTMLElement), factsOf(machine).join(" · "));
    }
    showText(
      part(this.#form, "notice", HTMLElement),
      machine && !this.#submitting ? this.#hooks.caution(machine) : undefined,
    );
    this.#refreshMemory(machine);
    this.#button.setAttribute("aria-disabled", String(this.#submitting || machine === undefined));
    setText(this.#button, this.#submitting ? "Submitting…" : "Take snapshot");
  }

  #refreshMemory(machine: Machine | undefined): void {
    const reason = machine && whyNoMemory(machine);
    this.#memory.disabled = reason !== undefined;
    if (reason) this.#memory.checked = false;
    const hint = reason ?? "Of a running machine; takes much longer.";
    setText(part(this.#form, "memory-hint", HTMLElement), hint);
  }

  async #submit(): Promise<void> {
    // `aria-disabled` keeps the focus on the button, where `disabled` would lose it; so the guard is here.
    if (this.#submitting) return;
    const machine = this.#machine;
    if (!machine) {
      setText(this.#outcome, "Choose a machine first.");
      this.#hooks.chooseFirst();
      return;
    }
    const customProperties = this.#properties.read();
    if (!customProperties) return;

    this.#setSubmitting(true);
    const beginning = await this.#hooks.submit(machine, this.#specification(customProperties));
    this.#setSubmitting(false);
    if (beginning.mayHaveBegun) this.#hooks.onMayHaveBegun();
    this.#showOutcome(beginning);
  }

  #specification(customProperties: Record<string, string>): SnapshotSpecification {
    const name = this.#name.value.trim();
    const description = this.#description.value.trim();
    return {
      ...(name && { name }),
      ...(description && { description }),
      snapshotMemory: this.#memory.checked,
      ...(Object.keys(customProperties).length > 0 && { customProperties }),
    };
  }

  #setSubmitting(submitting: boolean): void {
    this.#submitting = submitting;
    if (submitting) this.#outcome.replaceChildren();
    this.refresh();
  }

  #showOutcome({ summary, show }: Beginning): void {
    this.#outcome.replaceChildren(summary);
    if (!show) return;
    const link = document.createElement("button");
    link.type = "button";
    link.className = "link";
    link.textContent = "Show it";
    link.addEventListener("click", show);
    this.#outcome.append(" ", link);
  }
}

function factsOf(machine: Machine): string[] {
  const limit = snapshotLimit(machine);
  return [
    `Power: ${powerWords(machine).toLowerCase()}`,
    ...(machine.address ? [machine.address] : []),
    ...(limit === undefined ? [] : [`at most ${limit} snapshot${limit === 1 ? "" : "s"}`]),
  ];
}
