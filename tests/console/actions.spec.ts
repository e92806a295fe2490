import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { Lane, noTally } from "./actions/sequence.ts";

// Whatever a person does, in whatever order and however fast: no second driver, and so no second snapshot.
// ACTIONS_SEED=n repeats one sequence, ACTIONS_SEQUENCES=n says how many there are, ACTIONS_PAGE names another build.

const PAGE = process.env.ACTIONS_PAGE ?? fileURLToPath(new URL("../../www/dist", import.meta.url));
const SEED = process.env.ACTIONS_SEED;
// One for each of the processes that Playwright starts: a browser, and its lanes, cost as much as several sequences.
const PARTS = SEED === undefined ? 3 : 1;
const LANES = SEED === undefined ? 2 : 1;
const SEQUENCES = SEED === undefined ? Number(process.env.ACTIONS_SEQUENCES ?? 300) : 1;

test.describe.configure({ mode: "parallel" });

for (let part = 1; part <= PARTS; part += 1) {
  test(`random actions make no snapshot twice (${part} of ${PARTS})`, async ({ browser }) => {
    const sequences = Math.ceil(SEQUENCES / PARTS);
    test.setTimeout(60_000 + sequences * 30_000);
    const first = SEED === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(SEED);
    const tally = noTally();
    const stories: string[] = [];
    let started = 0;
    const run = async () => {
      let lane: Lane | undefined;
      while (started < sequences) {
        started += 1;
        lane ??= await Lane.open(await browser.newContext(), PAGE);
        if (await lane.run(first + started - 1, tally, stories)) continue;
        await lane.close();
        lane = undefined;
      }
      await lane?.close();
    };
    await Promise.all(Array.from({ length: LANES }, run));
    console.log(`random actions from seed ${first}:`, JSON.stringify(tally));
    expect(stories.join("\n"), "sequences that went wrong").toBe("");
    expect(tally.doubles).toBe(0);
    expect(tally.sequences).toBe(sequences);
    // A sequence that makes nothing proves nothing.
    expect(tally.made).toBeGreaterThanOrEqual(sequences);
    if (SEED === undefined) expect(tally.reloads).toBeGreaterThan(0);
  });
}
