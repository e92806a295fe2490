import { fileURLToPath } from "node:url";
import { test as base, expect, type Locator, type Page } from "@playwright/test";
import type { SimulatorOptions } from "vra-snapshots/simulator";
import { serve } from "../../simulator/serve.mjs";
import { ServiceTime } from "../service-time.mjs";
import { axeOf } from "./accessibility.ts";
import { PageTime } from "./page-time.ts";
import { UNDER_POLICY } from "./policy.ts";
import { stallWhereAsked } from "./stall.ts";

export { expect };

const STATIC_DIR = fileURLToPath(new URL("../../www/dist", import.meta.url));

interface Fixtures {
  /** Options of the simulator that the page talks to. */
  simulation: SimulatorOptions;
  /** Whether the page may call other origins too. */
  beyond: boolean;
  /** Whether the simulator's time stands still until the test lets it pass: `Console.finish`. */
  held: boolean;
  /** The time of the simulator that the page talks to. */
  time: ServiceTime;
  /** A simulator of this test alone, and the page on the same origin. */
  origin: string;
  /** The console, opened. Errors in the page and requests that leave its origin fail the test. */
  console: Console;
}

export const test = base.extend<Fixtures>({
  simulation: [{ speed: 4 }, { option: true }],
  beyond: [false, { option: true }],

  held: [true, { option: true }],

  time: async ({ held }, use) => {
    const time = new ServiceTime();
    if (held) time.hold();
    await use(time);
  },

  origin: async ({ simulation, time, beyond }, use) => {
    const options = { now: time.now, ...simulation };
    const staticHeaders = beyond ? {} : UNDER_POLICY;
    const server = await serve({ port: 0, options, staticDir: STATIC_DIR, staticHeaders });
    await use(server.url);
    await server.close();
  },

  console: async ({ page, origin, time, beyond }, use) => {
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(`uncaught: ${error.message}`));
    page.on("console", (message) => {
      // Chromium's own line for every answer from 400 on; the page has to deal with those.
      const text = message.text();
      const expected = text.startsWith("Failed to load resource") || (beyond && text.includes("CORS policy"));
      if (message.type() === "error" && !expected) wrong.push(text);
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(`${origin}/`) && !beyond) wrong.push(`left the origin: ${request.url()}`);
    });
    await stallWhereAsked(page);
    // It runs on by itself, and can be put forward.
    await page.clock.install();
    const opened = new Console(page, origin, time);
    await opened.open();
    await use(opened);
    expect(wrong).toEqual([]);
  },
});

/** The page as a person sees it. */
export class Console {
  readonly page: Page;
  readonly origin: string;
  readonly time: ServiceTime;
  readonly list: Locator;
  readonly search: Locator;
  readonly name: Locator;
  readonly memory: Locator;
  readonly submitButton: Locator;
  readonly count: Locator;
  readonly announcements: Locator;
  readonly #pageTime: PageTime;

  constructor(page: Page, origin: string, time: ServiceTime) {
    this.page = page;
    this.origin = origin;
    this.time = time;
    this.#pageTime = new PageTime(page);
    this.list = page.getByRole("listbox", { name: "Machines" });
    this.search = page.getByRole("searchbox", { name: "Search machines by name" });
    this.name = page.getByRole("textbox", { name: "Name", exact: true });
    this.memory = page.getByRole("checkbox", { name: "Include memory" });
    this.submitButton = page.locator("#snapshot-form button[type=submit]");
    this.count = page.locator("#machines-count");
    this.announcements = page.getByRole("log", { name: "Announcements" });
  }

  async open(): Promise<void> {
    await this.page.goto(`${this.origin}/`);
  }

  machine(name: string): Locator {
    // After its name come its power state and its project.
    return this.list.getByRole("option", { name: new RegExp(`^${escaped(name)} `) });
  }

  /** The newest card of this machine. */
  card(machine: string): Locator {
    return this.page.getByRole("article", { name: machine }).first();
  }

  async isChosen(machine: string, yes = true): Promise<void> {
    await expect(this.machine(machine)).toHaveAttribute("aria-selected", String(yes));
  }

  /** What axe finds wrong with the page as it is; shown by what, and where. By one rule only, or by all of them. */
  async axe(rule?: string): Promise<string[]> {
    const axe = axeOf(this.page);
    if (rule !== undefined) axe.withRules(rule);
    const { violations, passes } = await axe.analyze();
    // One that looked at nothing finds nothing, too.
    expect(passes.length).toBeGreaterThan(rule === undefined ? 5 : 0);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
  }

  async choose(machine: string): Promise<void> {
    await this.search.fill(machine);
    await this.machine(machine).click();
  }

  /** Chooses one more. */
  async chooseAlso(machine: string): Promise<void> {
    await this.search.fill(machine);
    await this.machine(machine).click({ modifiers: ["ControlOrMeta"] });
  }

  /** Chooses the machine and submits. */
  async take(machine: string, name = "before-patch"): Promise<Locator> {
    await this.choose(machine);
    await this.name.fill(name);
    await this.submitButton.click();
    return this.card(machine);
  }

  /** Begins a fleet of all machines that can be snapshot; gives its card. */
  async beginFleet(concurrency = "20"): Promise<Locator> {
    await expect(this.count).toHaveText(/^\d+ machines/);
    await this.page.getByRole("button", { name: "Select all shown" }).click();
    await this.name.fill("patch-night");
    await this.page.getByLabel("At once, at most").fill(concurrency);
    await this.submitButton.click();
    await this.page.getByRole("button", { name: /^Start \d+ snapshots$/ }).click();
    return this.page.locator("#fleets article").first();
  }

  /** Lets the page's time pass until this is shown. */
  async passTimeUntil(shown: Locator, eachStep?: () => void): Promise<void> {
    await this.#pageTime.passUntil(shown, eachStep);
  }

  /** From now on the page's time passes only when the test lets it pass. */
  async pauseTime(): Promise<void> {
    await this.#pageTime.pause();
  }

  /** Lets every operation under way come to its end at the service, and waits until the page shows this of it. */
  async finishUntil(shown: Locator): Promise<void> {
    // At each step: what the page has submitted may not be under way yet.
    await this.passTimeUntil(shown, () => this.time.pass());
  }

  /** The same, until the newest card of this machine contains these words. */
  async finish(machine: string, words = "Finished"): Promise<void> {
    await this.finishUntil(
      this.card(machine)
        .getByText(new RegExp(escaped(words)))
        .first(),
    );
  }

  /** The bodies of the snapshots asked for from now on. */
  submitted(): unknown[] {
    const bodies: unknown[] = [];
    this.page.on("request", (request) => {
      if (request.method() === "POST") bodies.push(request.postDataJSON());
    });
    return bodies;
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
