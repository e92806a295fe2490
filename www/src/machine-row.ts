import type { Machine } from "vra-snapshots";
import { copyOf, part, setText, showText } from "./dom.ts";
import { machineName, powerWords, whyNoSnapshot } from "./machine.ts";

/** How much of a project's id is always shown. */
const TAIL = 6;

/** A machine in the list: a radio button with what an operator tells machines apart by. */
export class MachineRow {
  readonly element = copyOf("machine-row", HTMLElement);
  readonly machine: Machine;
  readonly choice = part(this.element, "choice", HTMLInputElement);
  readonly #searchable: string;

  constructor(machine: Machine) {
    this.machine = machine;
    const name = machineName(machine);
    this.#searchable = name.toLowerCase();
    const power = part(this.element, "power", HTMLElement);
    const reason = whyNoSnapshot(machine);

    setText(part(this.element, "name", HTMLElement), name);
    setText(power, powerWords(machine));
    power.dataset.power = machine.powerState;
    this.#showProject(machine.projectId);
    showText(part(this.element, "reason", HTMLElement), reason);
    this.choice.value = machine.id;
    this.choice.disabled = reason !== undefined;
  }

  /** Ids of projects often differ at their ends only, so it is the middle that gives way where there is no room. */
  #showProject(id: string | undefined): void {
    const words = id ? `Project ${id}` : "No project";
    setText(part(this.element, "project-head", HTMLElement), words.slice(0, -TAIL));
    setText(part(this.element, "project-tail", HTMLElement), words.slice(-TAIL));
    part(this.element, "project", HTMLElement).title = words;
  }

  is(search: string): boolean {
    return this.#searchable === search;
  }

  matches(search: string): boolean {
    return this.#searchable.includes(search);
  }
}
