import {
  type FleetOptions,
  type FleetPlan,
  type MachineCheck,
  SnapshotError,
  type SnapshotSpecification,
} from "vra-snapshots";
import type { Caution, Place } from "../context.ts";
import { type ListedMachine, powerWords, snapshotLimit, whyNoMemory } from "../machines/machine.ts";
import { problemElement } from "../problems/problem.ts";
import { problemOf } from "../problems/problem-of.ts";
import { button, part, setText, showText } from "../ui/dom.ts";
import { count } from "../ui/format.ts";
import { FleetFields } from "./fleet-fields.ts";
import { nameFor } from "./name.ts";
import { PlanView } from "./plan.ts";
import { PropertyRows } from "./property-rows.ts";

interface Hooks {
  create(machine: ListedMachine, specification: SnapshotSpecification): Promise<void>;
  plan(
    machines: readonly ListedMachine[],
    specification: SnapshotSpecification,
    options: FleetOptions,
  ): Promise<FleetPlan>;
  fleet(
    plan: FleetPlan,
    specification: SnapshotSpecification,
    options: FleetOptions,
    place: Place,
  ): Promise<void>;
  /** Whether a fleet can run on a worker. */
  hasWorker(): boolean;
  announce(text: string): void;
  chooseFirst(): void;
  showOperations(): void;
  showFleets(): void;
  showSnapshots(): void;
  /** What has been begun here that speaks against another snapshot of this machine now. */
  caution(machineId: string): Caution | undefined;
  /** A request for what is chosen may have begun: the choice is taken back, so that a second Enter or click makes no second snapshot. */
  onMayHaveBegun(): void;
}

const CAUTIONS: Record<Caution, string> = {
  underWay:
    "Something is under way on this machine. The service runs one operation at a time, and is likely to refuse another",
  unknown:
    "It is not known what became of an earlier request for this machine. Look at its snapshots first: another may be one too many",
};

/** A plan, and what it was made for. */
interface Planned {
  plan: FleetPlan;
  specification: SnapshotSpecification;
  options: FleetOptions;
}

/** What to snapshot, and how: one machine at once, a selection after a look at what it would do. */
export class SnapshotForm {
  readonly #form: HTMLFormElement;
  readonly #hooks: Hooks;
  readonly #name: HTMLInputElement;
  readonly #description: HTMLTextAreaElement;
  readonly #memory: HTMLInputElement;
  readonly #properties: PropertyRows;
  readonly #fleet: FleetFields;
  readonly #plan: PlanView;
  readonly #button: HTMLButtonElement;
  readonly #outcome: HTMLElement;
  #machines: readonly ListedMachine[] = [];
  #check: MachineCheck | undefined;
  #planned: Planned | undefined;
  /** What is under way, in the words of the button. */
  #busy: string | undefined;
  /** Counts what a plan depends on; a plan of an earlier count is none of this form any more. */
  #version = 0;

  constructor(form: HTMLFormElement, hooks: Hooks) {
    this.#form = form;
    this.#hooks = hooks;
    this.#name = part(form, "snapshot-name", HTMLInputElement);
    this.#description = part(form, "snapshot-description", HTMLTextAreaElement);
    this.#memory = part(form, "snapshot-memory", HTMLInputElement);
    this.#properties = new PropertyRows(part(form, "properties", HTMLElement));
    this.#fleet = new FleetFields(part(form, "fleet-fields", HTMLElement));
    this.#plan = new PlanView(part(form, "plan", HTMLElement), () => void this.#startFleet());
    this.#button = part(form, "submit", HTMLButtonElement);
    this.#outcome = part(form, "outcome", HTMLElement);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    form.addEventListener("input", () => this.#changed());
    part(form, "show-snapshots", HTMLElement).addEventListener("click", () => hooks.showSnapshots());
    for (const insert of form.querySelectorAll<HTMLButtonElement>("[data-insert]"))
      insert.addEventListener("click", () => this.#insert(insert.dataset.insert ?? ""));
    this.#refresh();
  }

  choose(machines: readonly ListedMachine[]): void {
    this.#machines = machines;
    this.#check = undefined;
    if (machines.length > 0) this.#outcome.replaceChildren();
    this.#changed();
  }

  /** What a look at the one chosen machine has told. */
  showCheck(check: MachineCheck): void {
    this.#check = check;
    this.#refresh();
  }

  /** Something was begun or has ended; it may speak against a snapshot, or no longer. */
  refreshNotice(): void {
    const [machine, another] = this.#machines;
    const words = machine && !another ? this.#notice(machine) : undefined;
    showText(part(this.#form, "notice", HTMLElement), words);
  }

  /** What was planned is no longer what would be done. */
  #changed(): void {
    this.#version += 1;
    this.#planned = undefined;
    this.#plan.hide();
    this.#refresh();
  }

  #refresh(): void {
    const [machine] = this.#machines;
    const isFleet = this.#machines.length > 1;
    part(this.#form, "none", HTMLElement).hidden = machine !== undefined;
    part(this.#form, "machine", HTMLElement).hidden = machine === undefined;
    part(this.#form, "fleet-fields", HTMLElement).hidden = !isFleet;
    if (machine) this.#showChosen(machine, isFleet);
    this.refreshNotice();
    this.#showName(machine);
    this.#refreshMemory();
    this.#button.setAttribute("aria-disabled", String(this.#busy !== undefined || machine === undefined));
    // One primary action at a time: once there is a plan, it is to start it.
    this.#button.classList.toggle("is-primary", this.#planned === undefined);
    setText(this.#button, this.#busy ?? this.#action());
  }

  #action(): string {
    if (this.#machines.length < 2) return "Take snapshot";
    return this.#planned ? "Check again" : `Check ${count(this.#machines.length, "machine")}`;
  }

  #showChosen(machine: ListedMachine, isFleet: boolean): void {
    const { description } = machine.machine;
    setText(
      part(this.#form, "machine-name", HTMLElement),
      isFleet ? `${count(this.#machines.length)} machines` : machine.name,
    );
    showText(
      part(this.#form, "machine-description", HTMLElement),
      isFleet ? undefined : description || undefined,
    );
    const show = part(this.#form, "show-snapshots", HTMLElement);
    show.hidden = isFleet || !this.#check?.snapshotCount;
    setText(show, this.#check?.canRevert ? "Revert to a snapshot, or delete one" : "Delete a snapshot");
    setText(
      part(this.#form, "machine-facts", HTMLElement),
      isFleet ? namesOf(this.#machines) : factsOf(machine, this.#check).join(" · "),
    );
  }

  /** What speaks against a snapshot: what was begun here, and what a look at the machine has told, or else the list. */
  #notice(machine: ListedMachine): string | undefined {
    const caution = this.#hooks.caution(machine.id);
    const reasons = this.#check
      ? this.#check.reasons.filter(({ code }) => code !== "revert_unsupported").map(({ message }) => message)
      : [machine.reason];
    const words = [caution && CAUTIONS[caution], ...reasons].filter((reason) => reason !== undefined);
    return words.length > 0 ? words.map(sentence).join(" ") : undefined;
  }

  #showName(machine: ListedMachine | undefined): void {
    const template = this.#name.value.trim();
    const filled = machine && template.includes("{") ? nameFor(template, machine.name) : undefined;
    const hint = part(this.#form, "name-hint", HTMLElement);
    if (!filled || filled === template) setText(hint, "Optional, and need not be unique.");
    else setText(hint, `${this.#machines.length > 1 ? "The first becomes" : "Becomes"} “${filled}”.`);
  }

  #refreshMemory(): void {
    const without = this.#machines.filter((machine) => whyNoMemory(machine) !== undefined);
    const [first] = without;
    const none = first !== undefined && without.length === this.#machines.length;
    this.#memory.disabled = none;
    if (none) this.#memory.checked = false;
    let hint = "Of a running machine; takes much longer.";
    if (none && this.#machines.length === 1) hint = whyNoMemory(first) ?? hint;
    else if (none) hint = "Only a machine that is on has memory to capture. None of these is.";
    else if (first) {
      const [are, them] = without.length === 1 ? ["is", "it"] : ["are", "them"];
      hint = `${count(without.length)} of these ${are} not on: with memory, the check leaves ${them} out.`;
    }
    setText(part(this.#form, "memory-hint", HTMLElement), hint);
  }

  #insert(word: string): void {
    const { selectionStart, selectionEnd, value } = this.#name;
    this.#name.setRangeText(word, selectionStart ?? value.length, selectionEnd ?? value.length, "end");
    this.#name.focus();
    this.#changed();
  }

  async #submit(): Promise<void> {
    // `aria-disabled` keeps the focus on the button, where `disabled` would lose it; so the guard is here.
    if (this.#busy !== undefined) return;
    const [machine] = this.#machines;
    if (!machine) {
      setText(this.#outcome, "Choose a machine first.");
      this.#hooks.chooseFirst();
      return;
    }
    const customProperties = this.#properties.read();
    if (!customProperties) return;
    const specification = this.#specification(customProperties);
    if (this.#machines.length > 1) await this.#planFleet(specification);
    else await this.#take(machine, specification);
  }

  async #take(machine: ListedMachine, specification: SnapshotSpecification): Promise<void> {
    const { name } = specification;
    this.#setBusy("Submitting…");
    let problem: unknown;
    try {
      await this.#hooks.create(machine, {
        ...specification,
        ...(name && { name: nameFor(name, machine.name) }),
      });
    } catch (error) {
      problem = error;
    }
    this.#setBusy(undefined);
    if (problem === undefined || isUnclear(problem)) this.#takeBack([machine]);
    const words = problem === undefined ? "accepted." : `${problemOf(problem, "submit").title}.`;
    this.#outcome.replaceChildren(
      `${machine.name}: ${words} `,
      link("Show it", () => this.#hooks.showOperations()),
    );
  }

  /** Asks what a fleet of these would do; nothing is begun. */
  async #planFleet(specification: SnapshotSpecification): Promise<void> {
    const options = this.#fleet.read();
    if (!options) return;
    const version = this.#version;
    this.#setBusy("Checking…");
    try {
      const plan = await this.#hooks.plan(this.#machines, specification, options);
      // What was changed meanwhile is to be looked at again.
      if (version !== this.#version) return;
      this.#planned = { plan, specification, options };
      this.#hooks.announce(this.#plan.show(plan, this.#hooks.hasWorker()));
      this.#plan.focus();
    } catch (error) {
      if (version === this.#version) this.#outcome.replaceChildren(problemElement(problemOf(error, "plan")));
    } finally {
      this.#setBusy(undefined, true);
    }
  }

  async #startFleet(): Promise<void> {
    const planned = this.#planned;
    const machines = this.#machines;
    if (!planned || this.#busy !== undefined) return;
    const place = this.#plan.place();
    if (!place) return;
    this.#setBusy("Starting…");
    try {
      await this.#hooks.fleet(planned.plan, planned.specification, planned.options, place);
    } catch (error) {
      // The plan stays, to be started again.
      this.#setBusy(undefined);
      this.#outcome.replaceChildren(problemElement(problemOf(error, "submit")));
      return;
    }
    this.#setBusy(undefined);
    this.#takeBack(machines);
    const show = link("Show it", () => this.#hooks.showFleets());
    this.#outcome.replaceChildren(`${count(planned.plan.ready.length, "snapshot")} begun. `, show);
    show.focus();
  }

  /** Who has chosen others by now keeps them. */
  #takeBack(machines: readonly ListedMachine[]): void {
    const isSame =
      machines.length === this.#machines.length &&
      machines.every(({ id }, index) => id === this.#machines[index]?.id);
    if (isSame) this.#hooks.onMayHaveBegun();
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

  #setBusy(words: string | undefined, keepOutcome = false): void {
    this.#busy = words;
    if (!keepOutcome) this.#outcome.replaceChildren();
    this.#refresh();
  }
}

function link(label: string, onClick: () => void): HTMLButtonElement {
  const element = button(label, onClick);
  element.className = "link";
  return element;
}

function isUnclear(error: unknown): boolean {
  return (
    error instanceof SnapshotError && (error.code === "outcome_unknown" || error.code === "ambiguous_result")
  );
}

function sentence(text: string): string {
  const words = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

function namesOf(machines: readonly ListedMachine[]): string {
  const names = machines.slice(0, 3).map(({ name }) => name);
  const rest = machines.length - names.length;
  return rest > 0 ? `${names.join(", ")} and ${count(rest)} more` : names.join(", ");
}

function factsOf(machine: ListedMachine, check: MachineCheck | undefined): string[] {
  const limit = check?.snapshotLimit ?? snapshotLimit(machine.machine);
  const { address } = machine.machine;
  const counted = check && (limit === undefined ? count(check.snapshotCount, "snapshot") : undefined);
  const limited =
    limit !== undefined &&
    (check
      ? `${check.snapshotCount} of at most ${count(limit, "snapshot")}`
      : `at most ${count(limit, "snapshot")}`);
  return [
    `Power: ${powerWords(machine).toLowerCase()}`,
    ...(address ? [address] : []),
    ...(limited ? [limited] : []),
    ...(counted ? [counted] : []),
  ];
}
