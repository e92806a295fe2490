import type { Machine } from "vra-snapshots";

// What the page reads out of a machine.

/** A machine as the page passes it around: what it is told apart by, and what decides about its snapshots. */
export interface MachineRow {
  id: string;
  name: string;
  deploymentId?: string;
  powerState: string;
  projectId?: string;
}

export function machineRow(machine: Machine): MachineRow {
  const { id, deploymentId, projectId } = machine;
  return {
    id,
    name: machineName(machine),
    powerState: String(machine.powerState),
    ...(deploymentId && { deploymentId }),
    ...(projectId && { projectId }),
  };
}

/** A machine in the list: what is shown of it and searched in it, and whatever else the service has told. */
export interface ListedMachine extends MachineRow {
  readonly machine: Machine;
  /** Its name in small letters. */
  readonly searchable: string;
  /** Why it cannot be snapshot, as far as is known. */
  reason: string | undefined;
}

export function listedMachine(machine: Machine): ListedMachine {
  const row = machineRow(machine);
  return { ...row, machine, searchable: row.name.toLowerCase(), reason: whyNoSnapshot(machine) };
}

/** What the machine is called here. */
export function machineName(machine: Machine): string {
  return String(machine.name ?? machine.hostname ?? machine.id);
}

const POWER_WORDS: Record<string, string> = {
  ON: "On",
  OFF: "Off",
  GUEST_OFF: "Guest off",
  SUSPEND: "Suspended",
  UNKNOWN: "Unknown",
};

/** The power state in words; one that is not known keeps the service's text. */
export function powerWords(machine: { powerState: string }): string {
  return POWER_WORDS[machine.powerState] ?? String(machine.powerState);
}

/**
 * Why no snapshot can be asked for, or `undefined` when it can. What decides is the list of operations that the
 * service says it supports on this machine now, not the kind of cloud.
 */
export function whyNoSnapshot(machine: Machine): string | undefined {
  const operations = machine._links?.operations;
  const paths = typeof operations === "object" ? operations.hrefs : undefined;
  if (!Array.isArray(paths)) return "The service lists no operations for it";
  if (paths.some((path) => /\/operations\/snapshots\/?$/.test(path))) return undefined;
  if (machine.provisioningStatus === "PROVISIONING") return "Still being provisioned: no snapshot yet";
  return "The service offers no snapshot here";
}

/** Why its memory cannot be captured, or `undefined` when it can. */
export function whyNoMemory(machine: { powerState: string }): string | undefined {
  if (machine.powerState === "ON") return undefined;
  return `Only a machine that is on has memory to capture. This one is: ${powerWords(machine).toLowerCase()}.`;
}

/** How many snapshots the service lets the machine have, if it sets a limit. */
export function snapshotLimit(machine: Machine): number | undefined {
  const text = machine.customProperties?.snapshotLimit;
  const limit = Number(text);
  return text && Number.isInteger(limit) ? limit : undefined;
}
