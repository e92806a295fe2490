import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, test as base, type Locator, type Page } from "@playwright/test";
import { build } from "vite";
import type { Simulator, SimulatorOptions, SimulatorStats } from "vra-snapshots/simulator";
import { serve } from "../../../simulator/serve.mjs";
import { OPERATOR, READER, type RunningWorker, start, vars } from "../../edge/worker.mjs";
import { builtOnce } from "../built.ts";
import { Console } from "../fixtures.ts";
import { stallWhereAsked } from "../stall.ts";
import { expect, ServiceTime } from "../work/fixtures.ts";

export { expect, OPERATOR, READER };

const WWW = fileURLToPath(new URL("../../../www", import.meta.url));

/** Fast enough for tests: its patience is proved elsewhere. */
const CLIENT = {
  polling: { initialDelayMs: 50, maxDelayMs: 200 },
  reconcile: { settleMs: 800, intervalMs: 50 },
};

interface Fixtures {
  /** Options of the simulator that the worker talks to. */
  simulation: SimulatorOptions;
  /** A worker of this test alone, in front of a service of this test alone. */
  edge: Edge;
}

export const test = base.extend<Fixtures, { pageFiles: string }>({
  simulation: [{ speed: 40 }, { option: true }],

  // What the worker would serve, under its own policy.
  pageFiles: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants it destructured.
    async ({}, use) => {
      const settings = { root: WWW, mode: "edge", logLevel: "warn" } as const;
      const built = (outDir: string) => build({ ...settings, build: { outDir, emptyOutDir: true } });
      await use(await builtOnce("edge", built));
    },
    { scope: "worker" },
  ],

  edge: async ({ browser, simulation, pageFiles }, use) => {
    const time = new ServiceTime();
    const site = await serve({ options: { now: time.now, ...simulation }, staticDir: pageFiles });
    const edge = new Edge(browser, site, time);
    await edge.start();
    await use(edge);
    await edge.end();
    await site.close();
    expect(edge.wrong).toEqual([]);
  },
});

/** A page of a person who is connected to the worker. */
export class EdgeConsole extends Console {
  readonly fleets: Locator;
  /** The newest. */
  readonly fleet: Locator;
  readonly standing: Locator;
  readonly banner: Locator;
  readonly token: Locator;

  constructor(page: Page, origin: string, time: ServiceTime) {
    super(page, origin, time);
    this.fleets = page.locator("#fleets");
    this.fleet = this.fleets.locator("article").first();
    this.standing = this.fleet.locator(".operation-standing");
    this.banner = page.getByRole("banner");
    this.token = page.getByLabel("Caller token");
  }

  async connect(workerUrl: string, token = OPERATOR): Promise<void> {
    await this.page.getByLabel("Worker URL").fill(workerUrl);
    await this.token.fill(token);
    await this.page.getByRole("button", { name: "Connect", exact: true }).click();
  }

  /** Plans a fleet of all machines, and leaves it at that. */
  async plan(machines = 60, concurrency = "20"): Promise<Locator> {
    await expect(this.count).toHaveText(`${machines.toLocaleString("en")} machines`);
    await this.page.getByRole("button", { name: "Select all shown" }).click();
    await this.name.fill("patch-night");
    await this.page.getByLabel("At once, at most").fill(concurrency);
    await this.submitButton.click();
    const start = this.page.getByRole("button", { name: /^Start [\d,]+ snapshots$/ });
    await expect(start).toBeVisible();
    return start;
  }

  button(name: string | RegExp): Locator {
    return this.fleet.getByRole("button", { name });
  }
}

export class Edge {
  readonly wrong: string[] = [];
  readonly time: ServiceTime;
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];
  readonly #site: { url: string; simulator: Simulator };
  #storage = "";
  #worker: RunningWorker | undefined;

  constructor(browser: Browser, site: { url: string; simulator: Simulator }, time: ServiceTime) {
    this.#browser = browser;
    this.#site = site;
    this.time = time;
  }

  get url(): string {
    return this.#worker?.url ?? "";
  }

  get stats(): SimulatorStats {
    return this.#site.simulator.stats();
  }

  get simulator(): Simulator {
    return this.#site.simulator;
  }

  async start(port = 0, more: Record<string, string> = {}): Promise<void> {
    this.#storage ||= await mkdtemp(join(tmpdir(), "edge-console-"));
    const { url } = this.#site;
    const told = vars(url, { ALLOWED_ORIGINS: url, CLIENT: JSON.stringify(CLIENT), ...more });
    this.#worker = await start({ storage: this.#storage, port, vars: told });
  }

  /** The worker's process dies. Gives what starts it again at the same address, with other settings where they are given. */
  async die(): Promise<(more?: Record<string, string>) => Promise<void>> {
    const port = Number(new URL(this.url).port);
    await this.#worker?.kill();
    return (more) => this.start(port, more);
  }

  async end(): Promise<void> {
    // Nobody else does: their pages would ask a worker that is gone, again and again, beside all tests that follow.
    await Promise.all(this.#contexts.map((context) => context.close()));
    await this.#worker?.kill();
    await rm(this.#storage, { recursive: true, force: true });
  }

  /** The page in a browser that knows nothing of any other. */
  async open(): Promise<EdgeConsole> {
    const context = await this.#browser.newContext();
    this.#contexts.push(context);
    return this.tab(await context.newPage());
  }

  async tab(page: Page): Promise<EdgeConsole> {
    page.on("pageerror", (error) => this.wrong.push(`uncaught: ${error.message}`));
    page.on("console", (message) => {
      // Chromium's own lines for answers from 400 on, and for none.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
        this.wrong.push(message.text());
    });
    await stallWhereAsked(page);
    const opened = new EdgeConsole(page, this.#site.url, this.time);
    await opened.open();
    return opened;
  }

  /** The page, connected. */
  async enter(token = OPERATOR): Promise<EdgeConsole> {
    const opened = await this.open();
    await opened.connect(this.url, token);
    return opened;
  }

  /** Begins a fleet of all machines on the worker, and waits until it is under way. */
  async begun(): Promise<EdgeConsole> {
    const opened = await this.enter();
    await (await opened.plan()).click();
    await expect(opened.button(/^Under way [1-9]/)).toBeVisible();
    return opened;
  }

  /** Asks the worker, as another program would. */
  async ask(path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(this.url + path, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${OPERATOR}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return answer.json();
  }

  /**
   * Each machine has one snapshot, but for those that cannot. A request whose operation failed may be sent again after the
   * worker has died: it left no snapshot, and nobody has stored that it was accepted.
   */
  madeOnce(): void {
    const { made, created } = this.stats;
    expect(Object.keys(made).length).toBeGreaterThan(40);
    for (const [machine, times] of Object.entries(made)) expect(times, machine).toBe(1);
    for (const machine of Object.keys(made)) expect(created[machine], machine).toBe(1);
  }
}
