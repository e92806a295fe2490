import type { MachineCheck, Snapshot } from "vra-snapshots";
import type { Connection } from "../connection/connection.ts";
import type { MachineRow } from "../machines/machine.ts";
import { problemElement } from "../problems/problem.ts";
import { problemOf } from "../problems/problem-of.ts";
import { button, copyOf, part, setText, showText } from "../ui/dom.ts";
import { dateTime } from "../ui/format.ts";
import { confirmed } from "./confirm.ts";

/** Changes come in bursts; the list is read once for all of them. */
const SETTLED_MS = 1_000;

interface Hooks {
  revert(machine: MachineRow, snapshot: Snapshot): Promise<void>;
  remove(machine: MachineRow, snapshot: Snapshot): Promise<void>;
  announce(text: string): void;
  /** There are others than before: what was known of the machine is old. */
  onDifferent(): void;
}

/** The snapshots of the one machine that is chosen, and what can be done to them. */
export class MachineSnapshots {
  readonly #root: HTMLElement;
  readonly #hooks: Hooks;
  readonly #list: HTMLElement;
  readonly #status: HTMLElement;
  #machine: MachineRow | undefined;
  #connection: Connection | undefined;
  #check: MachineCheck | undefined;
  /** What is shown is written down here, so that it is drawn anew only where it has changed. */
  #drawn = "";
  /** The list for which another look was asked for, since the last one had counted others. */
  #lookedAgain = "";
  #reading = new AbortController();
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(root: HTMLElement, hooks: Hooks) {
    this.#root = root;
    this.#hooks = hooks;
    this.#list = part(root, "snapshots", HTMLElement);
    this.#status = part(root, "status", HTMLElement);
    part(root, "refresh", HTMLButtonElement).addEventListener("click", () => void this.#read());
  }

  show(connection: Connection | undefined, machine: MachineRow | undefined): void {
    this.#connection = connection;
    this.#machine = machine;
    this.#check = undefined;
    this.#drawn = "";
    this.#lookedAgain = "";
    this.#list.replaceChildren();
    this.#root.hidden = machine === undefined;
    this.#reading.abort();
    if (!machine) return;
    setText(part(this.#root, "of", HTMLElement), machine.name);
    setText(this.#status, "Reading the snapshots");
    showText(part(this.#root, "no-revert", HTMLElement), undefined);
    void this.#read();
  }

  /** Whether it can be reverted comes from a look at the machine, which may come later than the list. */
  showCheck(check: MachineCheck): void {
    this.#check = check;
    const reason = check.reasons.find(({ code }) => code === "revert_unsupported");
    showText(
      part(this.#root, "no-revert", HTMLElement),
      check.canRevert
        ? undefined
        : `It cannot be reverted: ${reason?.message ?? "the service does not offer it"}.`,
    );
    for (const revert of this.#list.querySelectorAll<HTMLButtonElement>("[data-part=revert]"))
      revert.disabled = !check.canRevert;
    if (this.#drawn && check.snapshotCount !== this.#list.childElementCount) this.#lookAgain();
  }

  /** What was known of the machine is older than its list. Once for each list: the two may never agree. */
  #lookAgain(): void {
    if (this.#lookedAgain === this.#drawn) return;
    this.#lookedAgain = this.#drawn;
    this.#hooks.onDifferent();
  }

  focus(): void {
    const title = part(this.#root, "title", HTMLElement);
    title.focus({ preventScroll: true });
    this.#root.scrollIntoView({ block: "nearest" });
  }

  /** Something was begun or has ended; it may have been about this machine. */
  changed(): void {
    if (!this.#machine) return;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => void this.#read(), SETTLED_MS);
  }

  async #read(): Promise<void> {
    const machine = this.#machine;
    if (!machine || !this.#connection) return;
    this.#reading.abort();
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    try {
      const snapshots = await this.#connection.client.listSnapshots(machine.id, { signal });
      if (!signal.aborted) this.#draw(machine, snapshots);
    } catch (error) {
      if (signal.aborted) return;
      this.#drawn = "";
      setText(this.#status, "");
      const item = document.createElement("li");
      item.append(
        problemElement(problemOf(error, "list")),
        button("Try again", () => void this.#read()),
      );
      this.#list.replaceChildren(item);
    }
  }

  #draw(machine: MachineRow, snapshots: Snapshot[]): void {
    const drawn = JSON.stringify(snapshots);
    if (drawn === this.#drawn) return;
    const isOther = this.#drawn !== "";
    this.#drawn = drawn;
    setText(this.#status, snapshots.length === 0 ? "It has no snapshots." : "");
    // The newest first: it is the one that is looked for.
    const newest = [...snapshots].sort((a, b) => (b.createdAt ?? "").localeCompare(a.createdAt ?? ""));
    const had = this.#list.contains(document.activeElement);
    this.#list.replaceChildren(...newest.map((snapshot) => this.#item(machine, snapshot)));
    if (had) part(this.#root, "title", HTMLElement).focus();
    if (isOther) this.#lookAgain();
    if (this.#check) this.showCheck(this.#check);
  }

  #item(machine: MachineRow, snapshot: Snapshot): HTMLElement {
    const item = copyOf("kept-snapshot", HTMLElement);
    const name = snapshot.name || "(without a name)";
    setText(part(item, "name", HTMLElement), name);
    part(item, "current", HTMLElement).hidden = snapshot.isCurrent !== true;
    showText(part(item, "description", HTMLElement), snapshot.description || undefined);
    showText(part(item, "created", HTMLElement), snapshot.createdAt && dateTime(snapshot.createdAt));
    for (const [action, act] of [
      ["revert", () => this.#revert(machine, snapshot, name)],
      ["delete", () => this.#remove(machine, snapshot, name)],
    ] as const) {
      const element = part(item, action, HTMLButtonElement);
      element.setAttribute("aria-label", `${element.textContent?.replace("…", "")} ${name}`);
      element.addEventListener("click", () => void act());
    }
    return item;
  }

  async #revert(machine: MachineRow, snapshot: Snapshot, name: string): Promise<void> {
    const sure = await confirmed({
      title: `Revert ${machine.name}?`,
      text: `It goes back to the snapshot “${name}”. Everything it did since is lost, and cannot be brought back.`,
      action: "Revert the machine",
      typed: machine.name,
    });
    if (sure) await this.#do(() => this.#hooks.revert(machine, snapshot));
  }

  async #remove(machine: MachineRow, snapshot: Snapshot, name: string): Promise<void> {
    const sure = await confirmed({
      title: "Delete this snapshot?",
      text: `“${name}” of ${machine.name} is deleted for good. The machine itself stays as it is.`,
      action: "Delete the snapshot",
    });
    if (sure) await this.#do(() => this.#hooks.remove(machine, snapshot));
  }

  async #do(act: () => Promise<void>): Promise<void> {
    setText(this.#status, "");
    try {
      await act();
    } catch (error) {
      const { title, detail, next } = problemOf(error, "act");
      setText(this.#status, [title, detail, next].filter(Boolean).join(". "));
      this.#hooks.announce(title);
    }
    this.changed();
  }
}
