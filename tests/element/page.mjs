// The page's own script: the client, a simulated service whose time the tests set, and what the element tells.
import { SnapshotClient } from "/node_modules/vra-snapshots/dist/browser.js";
import "/node_modules/vra-snapshots/dist/element.js";
import { Simulator } from "/node_modules/vra-snapshots/dist/simulator.browser.js";

const START = Date.UTC(2026, 10, 24);

/** How much of an operation's eight seconds has passed. */
let passed = 0;
const simulator = new Simulator({ now: () => START + passed });
const client = new SnapshotClient({
  baseUrl: "https://service.test",
  auth: simulator.token,
  fetch: simulator.fetch,
  polling: { initialDelayMs: 20, maxDelayMs: 40 },
  retry: { initialDelayMs: 1, maxDelayMs: 2 },
});

// A page that has no colours of its own is white to axe, whatever its scheme.
const sheet = new CSSStyleSheet();
sheet.replaceSync(":root { background: Canvas; color: CanvasText; }");
document.adoptedStyleSheets = [sheet];

const events = [];
for (const type of ["snapshot-progress", "snapshot-end", "snapshot-interrupted"]) {
  document.addEventListener(type, ({ detail, target }) => events.push({ type, detail, target }));
}

Object.assign(globalThis, {
  simulator,
  client,
  events,
  pass(ms) {
    passed += ms;
  },
  calls() {
    return Object.values(simulator.stats().calls).reduce((sum, count) => sum + count, 0);
  },
  put(operation, attributes = {}) {
    const element = document.createElement("snapshot-progress");
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.operation = operation;
    document.querySelector("main").append(element);
    globalThis.element = element;
  },
});
document.title = "ready";
