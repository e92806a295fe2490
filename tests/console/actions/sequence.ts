// A sequence of what a person may do, in any order and too fast, by a seed.
import type { BrowserContext, Page } from "@playwright/test";
import { type Fault, Simulator } from "vra-snapshots/simulator";
import { serve } from "../../../simulator/serve.mjs";
import { generator } from "../../generator.mjs";
import { type Hand, installHand, type Manner } from "./hand.ts";

/** How many times as fast the page's time runs, and the service's. */
const PAGE_SPEED = 20;
const SERVICE_SPEED = 100;

/** A request for a snapshot, as it reached the service. */
interface Post {
  machine: string;
  /** What marks the request, in the description. */
  key: string;
  status: number | undefined;
  isAccepted: boolean;
  /** Whether its machine had its snapshot already. */
  isLate: boolean;
}

/** What happened in some sequences. */
export interface Tally {
  sequences: number;
  actions: number;
  clicks: number;
  reloads: number;
  tabs: number;
  calls: number;
  posts: number;
  accepted: number;
  made: number;
  finished: number;
  doubles: number;
  failed: number;
}

export function noTally(): Tally {
  return {
    sequences: 0,
    actions: 0,
    clicks: 0,
    reloads: 0,
    tabs: 0,
    calls: 0,
    posts: 0,
    accepted: 0,
    made: 0,
    finished: 0,
    doubles: 0,
    failed: 0,
  };
}

/** What can be asked for, by the beginning of the machines' names: no two intents are about the same machine. */
const INTENTS: readonly [prefix: string, machines: number][] = [
  ["alpha-", 2],
  ["beta-", 3],
  ["gamma-", 5],
  ["one", 1],
  ["two", 1],
  ["three", 1],
];
const MACHINES = INTENTS.flatMap(([prefix, machines]) =>
  machines === 1 ? [prefix] : Array.from({ length: machines }, (_, index) => `${prefix}${index + 1}`),
);

/** A browser of its own for one sequence after the other: the service behind the page is another one each time. */
export class Lane {
  readonly #context: BrowserContext;
  readonly #server: Awaited<ReturnType<typeof serve>>;
  #page: Page;
  #service = new Simulator();
  #posts: Post[] = [];
  #calls = 0;
  #wakes: (() => void)[] = [];
  #wrong: string[] = [];

  private constructor(context: BrowserContext, page: Page, server: Awaited<ReturnType<typeof serve>>) {
    this.#context = context;
    this.#page = page;
    this.#server = server;
  }

  static async open(context: BrowserContext, staticDir: string): Promise<Lane> {
    const server = await serve({ port: 0, staticDir });
    await context.addInitScript(installHand, PAGE_SPEED);
    const lane = new Lane(context, await context.newPage(), server);
    Object.assign(server.simulator, { fetch: lane.#fetch });
    return lane;
  }

  async close(): Promise<void> {
    await this.#context.close();
    await this.#server.close();
  }

  /**
   * Carries out the sequence of this seed; `false` if something is wrong. The lane is then not to be used again, and what
   * happened is among the stories.
   */
  async run(seed: number, tally: Tally, stories: string[]): Promise<boolean> {
    const chance = new Chance(seed);
    const told: string[] = [];
    this.#posts = [];
    this.#calls = 0;
    this.#wrong = [];
    const faults = faultsBy(chance);
    let ahead = 0;
    this.#service = new Simulator({
      now: () => Date.now() + ahead,
      machines: 1,
      speed: SERVICE_SPEED,
      snapshotSpread: 0.5,
      extraMachines: MACHINES,
      faults,
    });
    const service = this.#service;
    const problems: string[] = [];
    let finished = 0;
    try {
      if (this.#page.url() === "about:blank") await this.#open(this.#page);
      const script = new Script(this.#context, this.#page, chance, tally, told, {
        open: (page) => this.#open(page),
        calls: (more) => this.#next(more),
        refuse: (times) => service.inject({ on: "any", times, answer: { status: 401 } }),
        accept: () => {
          service.clearFaults();
          service.inject(faults);
        },
      });
      await script.play();
      service.clearFaults();
      for (const page of script.pages.slice(1)) await page.close();
      const [page = this.#page] = script.pages;
      this.#page = page;
      // A tab that was closed may have stored what it told no other tab.
      if (script.hadTabs) await page.reload({ waitUntil: "domcontentloaded" });
      // Nothing that was said before it is refused now: with another token all goes on to its end.
      await page.evaluate(() => window.hand.press(["Connect"], 0, "once"));
      finished = await page.evaluate(() => window.hand.finish());
      const left = await page.evaluate(() => window.hand.clear());
      problems.push(...left.map((what) => `left: ${what}`));
    } catch (error) {
      problems.push(String(error));
    }
    problems.push(...this.#wrong);
    // What is under way unseen is made by now.
    ahead = 3_600_000;
    const { made } = service.stats();
    const total = Object.values(made).reduce((sum, count) => sum + count, 0);
    const doubles = this.#doubles(made);
    if (problems.length === 0 && total < finished)
      problems.push(`${finished} are shown as finished, and only ${total} snapshots were made`);
    tally.sequences += 1;
    tally.calls += this.#calls;
    tally.posts += this.#posts.length;
    tally.accepted += this.#posts.filter(({ isAccepted }) => isAccepted).length;
    tally.made += total;
    tally.finished += finished;
    tally.doubles += doubles.length;
    problems.push(...doubles);
    if (problems.length === 0) return true;
    tally.failed += 1;
    const lines = [...[...new Set(problems)].map((problem) => `! ${problem}`), ...told];
    stories.push([`ACTIONS_SEED=${seed}`, ...lines].join("\n  "));
    // At once: should a later sequence hang, this one is known.
    console.log(stories.at(-1));
    return false;
  }

  /**
   * What a second driver leaves. Each machine is asked for once, so that it may have one snapshot, and no request may come
   * while one is under way, or after its snapshot was made. Only where the service has failed an attempt may there be another.
   */
  #doubles(made: Record<string, number>): string[] {
    const doubles: string[] = [];
    for (const { machine, key, status, isLate } of this.#posts) {
      if (status === 409) doubles.push(`${machine}: a request while one was under way [${key}]`);
      if (isLate) doubles.push(`${machine}: a request after its snapshot [${key}]`);
    }
    for (const [machine, count] of Object.entries(made))
      if (count > 1) doubles.push(`${machine}: ${count} snapshots`);
    return doubles;
  }

  async #open(page: Page): Promise<void> {
    page.on("pageerror", (error) => this.#wrong.push(`uncaught: ${error.message}`));
    await page.goto(`${this.#server.url}/`, { waitUntil: "domcontentloaded" });
  }

  readonly #fetch: Simulator["fetch"] = async (input, init) => {
    const service = this.#service;
    this.#calls += 1;
    for (const wake of this.#wakes.splice(0)) wake();
    const request = input as Request;
    const [, machine] =
      /\/machines\/([^/]+)\/operations\/snapshots$/.exec(new URL(request.url).pathname) ?? [];
    if (request.method !== "POST" || machine === undefined) return service.fetch(input, init);
    const body = (await request.clone().json()) as { description?: string };
    const count = () => service.stats().created[machine] ?? 0;
    const post: Post = {
      machine,
      key: /\[([^\]]+)\]$/.exec(body.description ?? "")?.[1] ?? "",
      status: undefined,
      isAccepted: false,
      isLate: (service.stats().made[machine] ?? 0) > 0,
    };
    this.#posts.push(post);
    const before = count();
    try {
      const response = await service.fetch(input, init);
      post.status = response.status;
      return response;
    } finally {
      post.isAccepted = count() > before;
    }
  };

  /** Until so many more calls have come, or none comes. */
  async #next(more: number): Promise<void> {
    const end = this.#calls + more;
    while (this.#calls < end) {
      const isCalled = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), 150);
        this.#wakes.push(() => {
          clearTimeout(timer);
          resolve(true);
        });
      });
      if (!isCalled) return;
    }
  }
}

interface World {
  open(page: Page): Promise<void>;
  calls(more: number): Promise<void>;
  refuse(times: number): void;
  accept(): void;
}

/** The actions of one sequence. */
class Script {
  readonly pages: Page[];
  hadTabs = false;
  readonly #context: BrowserContext;
  readonly #chance: Chance;
  readonly #tally: Tally;
  readonly #told: string[];
  readonly #world: World;
  readonly #wanted: [prefix: string, size: number][];
  #asked = 0;

  constructor(
    context: BrowserContext,
    page: Page,
    chance: Chance,
    tally: Tally,
    told: string[],
    world: World,
  ) {
    this.pages = [page];
    this.#context = context;
    this.#chance = chance;
    this.#tally = tally;
    this.#told = told;
    this.#world = world;
    this.#wanted = chance.shuffled(INTENTS);
  }

  async play(): Promise<void> {
    await this.#begin();
    const actions = this.#chance.between(3, 6);
    for (let index = 0; index < actions; index += 1) {
      await this.#world.calls(this.#chance.of([0, 0, 0, 1, 2, 4, 8]));
      await this.#act();
    }
  }

  async #act(): Promise<void> {
    const press =
      (...labels: string[]) =>
      () =>
        this.#press(labels);
    const action = this.#chance.weighted<() => Promise<void>>([
      [3, () => this.#begin()],
      [2, () => this.#reload()],
      [1, () => this.#tab()],
      [1, () => this.#refuse()],
      [1, () => this.#renew()],
      [6, () => this.#interrupt()],
      [5, () => this.#reloadAndTryAgain()],
      [2, press("Connect")],
      [2, press("^Go on$", "Connect")],
      [2, press("^Go on$")],
      [3, press("^(Pause|Go on) submitting$")],
      [5, press("^Try .*again$")],
      [2, press("^Try .*again$", "Connect")],
      [2, press("^(Watch again|Stop watching|Look)")],
      [2, press("^Dismiss$")],
    ]);
    this.#tally.actions += 1;
    await action();
  }

  get #page(): Page {
    return this.#chance.of(this.pages);
  }

  #manner(): Manner {
    return this.#chance.of<Manner>(["once", "sameTick", "sameTick", "double"]);
  }

  async #begin(): Promise<void> {
    const wanted = this.#wanted.pop();
    if (!wanted) return;
    const [prefix, size] = wanted;
    const manner = this.#manner();
    const became = await this.#page.evaluate(([its, count, how]) => window.hand.begin(its, count, how), [
      prefix,
      size,
      manner,
    ] as const);
    if (became === "asked for") this.#asked += 1;
    this.#tell(`begin ${prefix} (${size}), ${manner}: ${became}`);
  }

  async #press(labels: string[], page = this.#page): Promise<void> {
    const manner = this.#manner();
    const nth = this.#chance.between(0, 3);
    const pressed = await page.evaluate(([what, which, how]) => window.hand.press(what, which, how), [
      labels,
      nth,
      manner,
    ] as const);
    this.#tally.clicks += pressed * (manner === "once" ? 1 : 2);
    this.#tell(
      `press ${labels.join(" and ")} (${nth}) in tab ${this.pages.indexOf(page)}, ${manner}: ${pressed} buttons`,
    );
  }

  async #reload(page = this.#page): Promise<void> {
    await page.reload({ waitUntil: "domcontentloaded" });
    this.#tally.reloads += 1;
    this.#tell(`reload tab ${this.pages.indexOf(page)}`);
    // What the next action is about is to be seen; whether it is taken up already is another matter.
    if (this.#asked > 0 && this.#chance.between(0, 3) > 0) await page.evaluate(() => window.hand.shows(1));
  }

  async #tab(): Promise<void> {
    const last = this.pages.length - 1;
    if (last > 0) {
      const [page] = this.pages.splice(this.#chance.between(0, last), 1);
      await page?.close();
      this.#tell("close a tab");
      return;
    }
    const page = await this.#context.newPage();
    await this.#world.open(page);
    this.pages.push(page);
    this.hadTabs = true;
    this.#tally.tabs += 1;
    this.#tell("open another tab");
  }

  async #refuse(): Promise<void> {
    const times = this.#chance.of([2, 4, 10, 0]);
    this.#world.refuse(times);
    this.#tell(`the token is refused ${times || "from now on"}`);
  }

  async #renew(): Promise<void> {
    this.#world.accept();
    this.#tell("the token is accepted");
    await this.#press(["Connect"]);
  }

  /** The token ends while something is under way, and a person is impatient with the new one. */
  async #interrupt(): Promise<void> {
    this.#world.refuse(0);
    const page = this.#page;
    const isAtRest = await page.evaluate(() => window.hand.offers("^(Go on|Watch again)$"));
    this.#world.accept();
    this.#tell(`the token is refused until something rests: ${isAtRest}`);
    await this.#press(
      ["^(Go on|Watch again)$", ...(this.#chance.between(0, 2) > 0 ? ["Connect"] : [])],
      page,
    );
  }

  async #reloadAndTryAgain(): Promise<void> {
    const page = this.#page;
    // A page that loads is a third of a sequence's work: only where there is something to try again.
    const isFailed = await page.evaluate(() => window.hand.offers("^Try .*again$"));
    if (!isFailed) return this.#tell("nothing to try again");
    await this.#reload(page);
    const isOffered = await page.evaluate(() => window.hand.offers("^Try .*again$"));
    if (isOffered) await this.#press(["^Try .*again$"], page);
  }

  #tell(line: string): void {
    this.#told.push(line);
  }
}

/** What goes wrong on the way, each once. */
function faultsBy(chance: Chance): Fault[] {
  const machine = () => chance.of(MACHINES);
  const fault = (): Fault => {
    const on = { call: "createSnapshot", machine: machine() } as const;
    return chance.weighted<Fault>([
      [4, { on, operation: { fails: { message: "no space" } } }],
      // Carried out, and not; nobody can tell by the answer.
      [1, { on, effect: "after", answer: { status: 502 } }],
      [1, { on, answer: { status: 502 } }],
      [2, { on, answer: { status: 429, retryAfter: 1 } }],
      [2, { on, answer: { status: 403 } }],
      [1, { on: { call: "listSnapshots" }, times: 2, answer: { status: 500 } }],
    ]);
  };
  return Array.from({ length: chance.between(2, 7) }, fault);
}

/** Choices by a seed. */
class Chance {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = generator(seed);
  }

  between(least: number, most: number): number {
    return least + Math.floor(this.#next() * (most - least + 1));
  }

  of<T>(list: readonly T[]): T {
    return list[this.between(0, list.length - 1)] as T;
  }

  weighted<T>(list: readonly [weight: number, value: T][]): T {
    let rest = this.#next() * list.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of list) {
      rest -= weight;
      if (rest < 0) return value;
    }
    return (list[0] as [number, T])[1];
  }

  shuffled<T>(list: readonly T[]): T[] {
    const rest = [...list];
    return list.map(() => rest.splice(this.between(0, rest.length - 1), 1)[0] as T);
  }
}

export type { Hand };
