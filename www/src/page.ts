import { type Connection, DEMO_TOKEN, OWN_ORIGIN, type Target } from "./connection/connection.ts";
import { ConnectionPanel } from "./connection/panel.ts";
import type { Work } from "./context.ts";
import type { ListedMachine } from "./machines/machine.ts";
import { MachinePanel } from "./machines/panel.ts";
import { SnapshotForm } from "./snapshots/form.ts";
import { MachineSnapshots } from "./snapshots/of-machine.ts";
import { Announcer } from "./ui/announcer.ts";
import { byId, part } from "./ui/dom.ts";
import { mountWork } from "./workspace.ts";

/** On a static host there is no service beside the page, so it brings one along. */
const BUILT_IN: Target = { kind: "simulator", machines: 60 };
const BESIDE: Target = { kind: "service", baseUrl: OWN_ORIGIN, secret: { type: "token", token: DEMO_TOKEN } };
/** The worker that serves the page knows who calls by a token that a person has to enter. */
const WORKER: Target = { kind: "edge", baseUrl: OWN_ORIGIN, secret: { type: "token", token: "" } };
const FIRST: Record<string, Target> = { static: BUILT_IN, edge: WORKER };

/** Joins the parts of the page to each other; none of them knows another. */
export function start(): void {
  const announcer = new Announcer(byId("announcements", HTMLElement));
  const announce = (text: string) => announcer.say(text);
  let connection: Connection | undefined;
  let work: Work | undefined;
  let stopListening = () => {};
  /** The machine that is chosen, if it is one alone. */
  let chosen: ListedMachine | undefined;
  /** A look at the chosen machine that is not the last one is not shown. */
  let looks = 0;

  const form = new SnapshotForm(byId("snapshot-form", HTMLFormElement), {
    create: (machine, specification) => there(work).create(machine, specification),
    plan: (machines, specification, options) =>
      there(connection).client.planFleet(
        machines.map(({ id, name, deploymentId }) => ({ id, name, ...(deploymentId && { deploymentId }) })),
        specification,
        options,
      ),
    fleet: (...asked) => there(work).fleet(...asked),
    hasWorker: () => connection?.worker !== undefined,
    announce,
    chooseFirst: () => machines.focus(),
    showOperations: () => showNewest("operations"),
    showFleets: () => showNewest("fleets"),
    showSnapshots: () => snapshots.focus(),
    caution: (machineId) => work?.caution(machineId),
    onMayHaveBegun: () => machines.clearChoice(),
  });

  const snapshots = new MachineSnapshots(byId("machine-snapshots", HTMLElement), {
    revert: (machine, snapshot) => there(work).revert(machine, snapshot),
    remove: (machine, snapshot) => there(work).remove(machine, snapshot),
    announce,
    onDifferent: () => {
      if (!chosen) return;
      machines.checks?.forget(chosen.id);
      void look(chosen);
    },
  });

  const machines = new MachinePanel(byId("machines", HTMLElement), {
    onSelect: (selected) => {
      form.choose(selected);
      const only = selected.length === 1 ? selected[0] : undefined;
      if (only && only === chosen) return;
      chosen = only;
      looks += 1;
      snapshots.show(connection, only);
      if (only) void look(only);
    },
    onToken: (accepted) => panel.showToken(accepted),
    changeToken: () => panel.open(),
  });

  async function look(machine: ListedMachine): Promise<void> {
    looks += 1;
    const number = looks;
    try {
      const check = await machines.checks?.of(machine.id);
      if (!check || number !== looks) return;
      form.showCheck(check);
      snapshots.showCheck(check);
      const reason = check.reasons.find(
        ({ code }) => code === "snapshot_unsupported" || code === "snapshot_limit",
      );
      machines.showReason(machine, machine.reason ?? reason?.message);
    } catch {
      // The list of its snapshots fails for the same reason, and says so.
    }
  }

  const panel = new ConnectionPanel(byId("connection", HTMLDetailsElement), {
    onConnect: (next) => {
      connection = next;
      stopListening();
      work = mountWork(next, () => panel.showToken(false));
      stopListening = work.onChanged(() => {
        snapshots.changed();
        form.refreshNotice();
      });
      machines.load(next);
    },
    onNone: () => machines.unload(),
  });

  panel.start(FIRST[import.meta.env.MODE] ?? BESIDE);
}

/** Goes to what was begun last; the newest stands first. */
function showNewest(id: string): void {
  const section = byId(id, HTMLElement);
  const goal = section.querySelector<HTMLElement>("article[tabindex]") ?? part(section, "title", HTMLElement);
  goal.scrollIntoView({ block: "nearest" });
  goal.focus({ preventScroll: true });
}

/** Nothing can be chosen, and so nothing asked for, before there is a connection. */
function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("not connected yet");
  return value;
}
