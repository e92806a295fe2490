import { Announcer } from "./announcer.ts";
import { ConnectionPanel } from "./connection-panel.ts";
import { byId } from "./dom.ts";
import { MachinePanel } from "./machine-panel.ts";
import { OperationPanel } from "./operation-panel.ts";
import { SnapshotForm } from "./snapshot-form.ts";

/** Joins the parts of the page to each other; none of them knows another. */
export function start(): void {
  const announcer = new Announcer(byId("announcements", HTMLElement));

  const operations = new OperationPanel(byId("operations", HTMLElement), {
    announce: (text) => announcer.say(text),
    onChange: () => form.refresh(),
  });

  const form = new SnapshotForm(byId("snapshot-form", HTMLFormElement), {
    submit: (machine, specification) => operations.begin(connection.current, machine, specification),
    caution: (machine) => operations.caution(connection.current, machine),
    chooseFirst: () => machines.focus(),
    onMayHaveBegun: () => machines.clearChoice(),
  });

  const machines = new MachinePanel(byId("machines", HTMLElement), {
    onChoose: (machine) => form.choose(machine),
    onToken: (accepted) => connection.showToken(accepted),
    changeToken: () => connection.open(),
  });

  const connection = new ConnectionPanel(byId("connection", HTMLDetailsElement), {
    onConnect: ({ client }) => machines.load(client),
  });

  connection.connect();
}
