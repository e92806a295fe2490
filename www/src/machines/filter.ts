import type { ListedMachine } from "./machine.ts";

/** What the list is narrowed down to; an empty text narrows nothing. */
export interface MachineFilter {
  search: string;
  power: string;
  project: string;
}

export function isFiltering({ search, power, project }: MachineFilter): boolean {
  return search !== "" || power !== "" || project !== "";
}

export function matches(machine: ListedMachine, { search, power, project }: MachineFilter): boolean {
  return (
    machine.searchable.includes(search) &&
    (power === "" || machine.powerState === power) &&
    (project === "" || machine.projectId === project)
  );
}
