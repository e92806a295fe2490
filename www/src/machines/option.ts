import { copyOf, part, setText, showText } from "../ui/dom.ts";
import { type ListedMachine, powerWords } from "./machine.ts";

/** How much of a project's id is always shown. */
const TAIL = 6;

/** A machine in the list, with what an operator tells machines apart by. */
export function machineOption(machine: ListedMachine): HTMLElement {
  const element = copyOf("machine-option", HTMLElement);
  const power = part(element, "power", HTMLElement);
  setText(part(element, "name", HTMLElement), machine.name);
  setText(power, powerWords(machine));
  power.dataset.power = machine.powerState;
  showProject(element, machine.projectId);
  showText(part(element, "reason", HTMLElement), machine.reason);
  return element;
}

/** Ids of projects often differ at their ends only, so it is the middle that gives way where there is no room. */
function showProject(element: HTMLElement, id: string | undefined): void {
  const words = id ? `Project ${id}` : "No project";
  setText(part(element, "project-head", HTMLElement), words.slice(0, -TAIL));
  setText(part(element, "project-tail", HTMLElement), words.slice(-TAIL));
  part(element, "project", HTMLElement).title = words;
}
