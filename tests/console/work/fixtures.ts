import { fileURLToPath } from "node:url";
import { test as base, expect, type Locator, type Page } from "@playwright/test";
import { build } from "vite";
import type { Simulator, SimulatorOptions, SimulatorStats } from "vra-snapshots/simulator";
import { serve } from "../../../simulator/serve.mjs";
import { ServiceTime } from "../../service-time.mjs";
import { axeOf } from "../accessibility.ts";
import { builtOnce } from "../built.ts";
import { PageTime } from "../page-time.ts";
import { UNDER_POLICY } from "../policy.ts";
import { stallWhereAsked } from "../stall.ts";
import type {} from "./main.ts";

export { expect, ServiceTime };

export const MACHINES = {
  web: { id: "8b7e4a52-3c1d-4f60-9a2e-1d5c7b8e9f01", name: "web-prod-01", powerState: "ON" },
  erp: { id: "9e49c1f0a2b34d57", name: "erp-db-01", powerState: "ON" },
  denied: { id: "8091a2b3c4d5e6f7", name: "denied-01", powerState: "ON" },
  failing: { id: "a2b3c4d5e6f70819", name: "failing-01", powerState: "ON" },
  slow: { id: "7f8091a2b3c4d5e6", name: "slow-01", powerState: "ON" },
} as const;

export type TestMachine = { id: string; name: string; powerState: string };

interface Service {
  url: string;
  simulator: Simulator;
  time: ServiceTime;
}

/** A simulator of this test alone, and the page on the same origin. */
interface Fixtures {
  simulation: SimulatorOptions;
  service: Service;
  work: Work;
}

export const test = base.extend<Fixtures, { pageFiles: string }>({
  simulation: [{ speed: 40 }, { option: true }],

  pageFiles: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants it destructured.
    async ({}, use) => {
      const configFile = fileURLToPath(new URL("vite.config.ts", import.meta.url));
      await use(await builtOnce("work", (outDir) => build({ configFile, build: { outDir } })));
    },
    { scope: "worker" },
  ],

  service: async ({ simulation, pageFiles }, use) => {
    const time = new ServiceTime();
    const options = { now: time.now, ...simulation };
    // Connections are not kept: a browser sends a request again by itself where one that it had used is cut.
    const site = { staticDir: pageFiles, staticHeaders: UNDER_POLICY };
    const server = await serve({ port: 0, options, ...site, keepAlive: false });
    await use({ url: server.url, simulator: server.simulator, time });
    await server.close();
  },

  work: async ({ page, service }, use) => {
    await stallWhereAsked(page);
    const work = new Work(page, service);
    await work.open();
    await use(work);
    expect(work.wrong).toEqual([]);
  },
});

/** What the page shows of operations and fleets. */
export class Work {
  readonly wrong: string[] = [];
  readonly page: Page;
  readonly service: Service;
  readonly log: Locator;
  /** Of a page that was opened with its clock. */
  readonly time: PageTime;

  constructor(page: Page, service: Service) {
    this.page = page;
    this.service = service;
    this.time = new PageTime(page);
    this.log = page.getByRole("log", { name: "Announcements" });
    page.on("pageerror", (error) => this.wrong.push(`uncaught: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
        this.wrong.push(message.text());
    });
  }

  /** The page with this query. */
  async open(query = ""): Promise<void> {
    await this.page.goto(`${this.service.url}/${query}`);
    await this.page.waitForFunction(() => "work" in window);
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.page.waitForFunction(() => "work" in window);
  }

  /** A page whose timers can be put forward: what waits for minutes, or would, is seen at once. */
  async openWithClock(query = ""): Promise<void> {
    await this.page.clock.install();
    await this.open(query);
  }

  row(machine: TestMachine): Locator {
    return this.page.locator("#operations").getByRole("article", { name: machine.name }).first();
  }

  /** What the operation's own element says of where it is. */
  phase(machine: TestMachine): Locator {
    return this.row(machine).locator("snapshot-progress [part=phase]");
  }

  async finished(machine: TestMachine): Promise<void> {
    await expect(this.phase(machine)).toHaveText("Finished");
  }

  get fleet(): Locator {
    return this.page.locator("#fleets article").first();
  }

  /** Asks for a snapshot, and does not wait for what comes of it. */
  async create(machine: TestMachine, name = "before-patch"): Promise<Locator> {
    await this.page.evaluate(
      ([asked, specification]) => void window.work.create(asked, specification).catch(() => {}),
      [machine, { name }] as const,
    );
    return this.row(machine);
  }

  /** Begins a fleet of all machines that can be snapshot. */
  async begin({ concurrency = 200 } = {}): Promise<Locator> {
    const begin = await this.plan();
    return begin({ concurrency });
  }

  /** Looks which machines can be snapshot; gives what begins with them. */
  async plan(): Promise<(options: { concurrency: number }) => Promise<Locator>> {
    const name = "nightly-{machine}";
    const plan = await this.page.evaluateHandle(async (name) => {
      const machines: { id: string; name: string }[] = [];
      for await (const { id, name: its } of window.client.listMachines({ pageSize: 1000 }))
        machines.push({ id, name: its ?? id });
      return window.client.planFleet(machines, { name });
    }, name);
    return async (options) => {
      const asked = { name, options };
      await plan.evaluate((plan, { name, options }) => window.work.fleet(plan, { name }, options), asked);
      return this.fleet;
    };
  }

  stats(): SimulatorStats {
    return this.service.simulator.stats();
  }

  made(machine: TestMachine): number {
    return this.stats().made[machine.id] ?? 0;
  }

  /** What axe finds in the work's part of the page. */
  async axe(): Promise<string[]> {
    const { violations } = await axeOf(this.page, ["#operations", "#fleets"]).analyze();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  }
}
