import type { Connection } from "./connection/connection.ts";
import type { Shared, Work } from "./context.ts";
import { FleetList } from "./fleets/list.ts";
import { TabFleets } from "./fleets/tab/fleets.ts";
import { WorkerFleets } from "./fleets/worker/fleets.ts";
import { OperationList } from "./operations/list.ts";
import { Channel } from "./storage/channel.ts";
import { Store } from "./storage/store.ts";
import { byId } from "./ui/dom.ts";
import { Notifier } from "./ui/notifier.ts";
import { Painter } from "./ui/painter.ts";
import { Voice } from "./ui/voice.ts";

let mounted: { work: Work; connect(connection: Connection): void } | undefined;

/**
 * Shows what has been asked for in `#operations` and `#fleets`, and takes up what earlier pages have left. Called again,
 * it is the same work at another connection: what was begun goes on.
 */
export function mountWork(connection: Connection, tokenRefused = () => {}): Work {
  if (mounted) mounted.connect(connection);
  else mounted = mount(connection, tokenRefused);
  return mounted.work;
}

function mount(first: Connection, tokenRefused: () => void): NonNullable<typeof mounted> {
  let connection = first;
  const listeners = new Set<() => void>();
  let isTold = false;
  const changed = () => {
    if (isTold) return;
    isTold = true;
    requestAnimationFrame(() => {
      isTold = false;
      for (const listener of listeners) listener();
    });
  };
  const ready = start({ connection: () => connection, changed, tokenRefused });
  let lists: Awaited<typeof ready> | undefined;
  ready.then(
    (started) => {
      lists = started;
    },
    (error: unknown) => showNoStore(error),
  );
  const work: Work = {
    create: async (...asked) => (await ready).operations.create(...asked),
    revert: async (...asked) => (await ready).operations.revert(...asked),
    remove: async (...asked) => (await ready).operations.remove(...asked),
    fleet: async (plan, specification, options, place = "tab") => {
      const fleets = (await ready)[place === "worker" ? "workerFleets" : "tabFleets"];
      await fleets.begin(plan, specification, options);
    },
    caution: (machineId) => lists?.operations.caution(machineId) ?? lists?.fleets.caution(machineId),
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const connect = (next: Connection) => {
    connection = next;
    void ready.then(({ operations, tabFleets, workerFleets }) => {
      operations.connected();
      tabFleets.connected();
      workerFleets.connected();
    });
  };
  return { work, connect };
}

async function start(page: Pick<Shared, "connection" | "changed" | "tokenRefused">) {
  const notifier = new Notifier();
  const store = await Store.open();
  const channel = new Channel((news) => {
    operations.hear(news);
    tabFleets.hear(news);
  });
  const voice = new Voice(byId("announcements", HTMLElement));
  const shared: Shared = { store, channel, voice, notifier, painter: new Painter(), ...page };
  const operations = new OperationList(byId("operations", HTMLElement), shared, notifier.control());
  const fleets = new FleetList(byId("fleets", HTMLElement), shared);
  const tabFleets = new TabFleets(fleets, shared);
  const workerFleets = new WorkerFleets(fleets, shared);
  workerFleets.connected();
  await Promise.all([operations.load(), tabFleets.load()]);
  return { operations, fleets, tabFleets, workerFleets };
}

/** Without a store nothing is sent: what is sent has to survive the page. */
function showNoStore(error: unknown): void {
  const notice = document.createElement("p");
  notice.className = "operation-note";
  notice.setAttribute("role", "alert");
  notice.textContent = `This browser keeps no data for this page (${String(error)}), so nothing can be begun: a reload would lose it. A private window may be the reason.`;
  byId("operations", HTMLElement).append(notice);
}
