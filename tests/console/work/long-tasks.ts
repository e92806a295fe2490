import type { CDPSession, Page } from "@playwright/test";

/** From so long on, a task keeps a person waiting. */
const LONG_MS = 50;

interface Sample {
  at: number;
  cpu: number;
}

/** What the page writes down of itself. */
interface Seen {
  tasks: { start: number; ms: number }[];
  /** The most that one drawing has changed in the document. */
  mostChanges: number;
}

interface LongTask {
  /** By the clock: other processes may have had the processor for a part of it. */
  ms: number;
  /** What the page's main thread has computed meanwhile; at the most, since it is read between tasks. */
  cpuMs: number;
}

/** What a page did while it was watched. */
export interface Watched {
  /** Those that took long by the clock. */
  tasks: LongTask[];
  /** Those of them that computed for long. */
  guilty: LongTask[];
  mostChanges: number;
}

/**
 * The tasks of a page that took long, each with the processor time that its main thread used: on a machine that is busy
 * with other things every task takes long by the clock, and none of them is the page's fault.
 */
export class LongTasks {
  readonly #page: Page;
  readonly #session: CDPSession;
  readonly #samples: Sample[] = [];
  #ended = false;
  #sampling: Promise<void>;

  private constructor(page: Page, session: CDPSession) {
    this.#page = page;
    this.#session = session;
    this.#sampling = this.#sample();
  }

  static async watch(page: Page): Promise<LongTasks> {
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable");
    await page.evaluate(() => {
      const seen: Seen = { tasks: [], mostChanges: 0 };
      Object.assign(window, { seen });
      new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries())
          seen.tasks.push({ start: startTime, ms: duration });
      }).observe({ type: "longtask" });
      // Its records come together for all that was changed in one go.
      new MutationObserver(({ length }) => {
        seen.mostChanges = Math.max(seen.mostChanges, length);
      }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    });
    return new LongTasks(page, session);
  }

  async end(): Promise<Watched> {
    const seen = await this.#page.evaluate(async () => {
      // The browser tells of a task some time after it.
      await new Promise((resolve) => requestIdleCallback(resolve));
      return (window as unknown as { seen: Seen }).seen;
    });
    const { NavigationStart = 0 } = await this.#metrics();
    this.#ended = true;
    await this.#sampling;
    await this.#session.detach();
    const tasks = seen.tasks.map(({ start, ms }) => {
      const from = NavigationStart * 1000 + start;
      const after = this.#samples.find(({ at }) => at >= from + ms);
      const before = this.#samples.filter(({ at }) => at <= from).at(-1);
      const cpuMs = before && after ? after.cpu - before.cpu : ms;
      return { ms: Math.round(ms), cpuMs: Math.round(Math.min(ms, cpuMs)) };
    });
    const guilty = tasks.filter(({ cpuMs }) => cpuMs > LONG_MS);
    return { tasks, guilty, mostChanges: seen.mostChanges };
  }

  /** Asks again as soon as it is answered, which is between two tasks. */
  async #sample(): Promise<void> {
    while (!this.#ended) {
      const { Timestamp = 0, ThreadTime = 0 } = await this.#metrics();
      this.#samples.push({ at: Timestamp * 1000, cpu: ThreadTime * 1000 });
    }
  }

  async #metrics(): Promise<Record<string, number>> {
    const { metrics } = await this.#session.send("Performance.getMetrics");
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  }
}
