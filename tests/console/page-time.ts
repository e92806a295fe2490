import { expect, type Locator, type Page, type Request } from "@playwright/test";

/** Longer than any pause between two polls, and half as long as a call may take. */
const STEP_MS = 16_000;
/** A client gives everything up within minutes. */
const MOST_STEPS = 100;
/** For the page to do what is due; too short a one costs another step, and nothing else. */
const GLANCE_MS = 200;
/** The clock pauses at a time to come: far beyond what it takes to tell the page so, on a machine that is busy too. */
const AHEAD_MS = 600_000;

/** The time of a page whose clock the test has installed. */
export class PageTime {
  readonly #page: Page;
  /** The calls to the service that have not been answered yet. */
  readonly #open = new Set<Request>();

  constructor(page: Page) {
    this.#page = page;
    page.on("request", (request) => {
      if (request.url().includes("/iaas/api/")) this.#open.add(request);
    });
    for (const end of ["requestfinished", "requestfailed"] as const)
      page.on(end as "requestfinished", (request) => this.#open.delete(request));
  }

  /** From now on it passes only when the test lets it pass. */
  async pause(): Promise<void> {
    await this.#answered();
    const now = await this.#page.evaluate(() => Date.now());
    await this.#page.clock.pauseAt(now + AHEAD_MS);
  }

  /** Puts it forward. A call that is not answered yet is waited for first: else it would exceed its own time limit. */
  async pass(ms: number): Promise<void> {
    await this.#answered();
    await this.#page.clock.fastForward(ms);
  }

  /** Lets it pass until this is shown: polls and the client's patience cost no time. */
  async passUntil(shown: Locator, eachStep = () => {}): Promise<void> {
    for (let step = 0; step < MOST_STEPS && !(await shown.isVisible()); step += 1) {
      eachStep();
      await this.pass(STEP_MS);
      await shown.waitFor({ timeout: GLANCE_MS }).catch(() => {});
    }
    await expect(shown).toBeVisible();
  }

  async #answered(): Promise<void> {
    await expect.poll(() => this.#open.size, { intervals: [20] }).toBe(0);
  }
}
