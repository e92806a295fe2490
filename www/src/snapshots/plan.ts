import type { FleetPlan, PlannedMachine } from "vra-snapshots";
import type { Place } from "../context.ts";
import { part, setText, showText } from "../ui/dom.ts";
import { count, estimate } from "../ui/format.ts";
import { PlaceChoice } from "./place.ts";

/** So many names are told of machines that something keeps from a snapshot; the rest is a number. */
const NAMED = 12;

/** What a fleet would do, before it does anything. */
export class PlanView {
  readonly #root: HTMLElement;
  readonly #start: HTMLButtonElement;
  readonly #place: PlaceChoice;

  constructor(root: HTMLElement, onStart: () => void) {
    this.#root = root;
    this.#start = part(root, "start", HTMLButtonElement);
    this.#start.addEventListener("click", onStart);
    this.#place = new PlaceChoice(part(root, "places", HTMLElement));
  }

  /** Shows the plan, and where it can run; gives it in a sentence, for those who do not see it. */
  show({ machines, ready, estimatedCalls, estimatedMs }: FleetPlan, hasWorker: boolean): string {
    const words = `${count(ready.length)} of ${count(machines.length, "machine")} ready`;
    setText(part(this.#root, "ready", HTMLElement), words);
    const cost = `About ${count(estimatedCalls, "call")} to the service, in about ${estimate(estimatedMs)}.`;
    showText(part(this.#root, "cost", HTMLElement), ready.length > 0 ? cost : undefined);
    const blocked = machines.filter(({ canSnapshot }) => !canSnapshot);
    part(this.#root, "blocked", HTMLElement).hidden = blocked.length === 0;
    part(this.#root, "reasons", HTMLElement).replaceChildren(...[...byReason(blocked)].map(reasonItem));
    this.#place.offer(hasWorker && ready.length > 0, ready.length);
    this.#start.hidden = ready.length === 0;
    setText(this.#start, `Start ${count(ready.length, "snapshot")}`);
    this.#root.hidden = false;
    return `${words}. ${ready.length > 0 ? cost : ""}`;
  }

  /** Where it is to run; `undefined` when it cannot run there, which is then told. */
  place(): Place | undefined {
    return this.#place.read();
  }

  hide(): void {
    this.#root.hidden = true;
  }

  focus(): void {
    part(this.#root, "title", HTMLElement).focus();
  }
}

/** Where the service tells of each machine in numbers of its own, what they have in common is told. */
const SHARED_WORDS: Record<string, string> = { snapshot_limit: "No more snapshots are allowed of it" };

/** Machines by what keeps them, the most frequent first. */
function byReason(machines: readonly PlannedMachine[]): [string, PlannedMachine[]][] {
  const groups = new Map<string, PlannedMachine[]>();
  for (const machine of machines) {
    const words = machine.reasons.map(({ code, message }) => SHARED_WORDS[code] ?? message);
    const reason = words.join("; ") || "The service does not say why";
    const group = groups.get(reason);
    if (group) group.push(machine);
    else groups.set(reason, [machine]);
  }
  return [...groups].sort(([, a], [, b]) => b.length - a.length);
}

function reasonItem([reason, machines]: [string, PlannedMachine[]]): HTMLElement {
  const item = document.createElement("li");
  const title = document.createElement("p");
  title.className = "plan-reason";
  title.textContent = `${count(machines.length)} × ${reason}`;
  const names = machines.slice(0, NAMED).map(({ name, machineId }) => name ?? machineId);
  const rest = machines.length - names.length;
  const list = document.createElement("p");
  list.className = "plan-names";
  list.textContent = rest > 0 ? `${names.join(", ")} and ${count(rest)} more` : names.join(", ");
  item.append(title, list);
  return item;
}
