// Rounds in turn: each contestant does the same work in each round, so that what disturbs the machine disturbs all.
import { median, quartiles } from "./statistics.mjs";

const LONGEST_ROUND_MS = 60_000;

/**
 * `runners` have a name and `run(work, count)`, which gives `{ cpuMs, requests }`. Gives for each what one request
 * costs, in µs, and as a ratio to the first of them, taken round by round.
 */
export async function inRounds(runners, { work, count, warmUps, rounds }) {
  const samples = new Map(runners.map((runner) => [runner, []]));
  for (let round = 0; round < warmUps + rounds; round += 1) {
    // Another order each time: whoever follows the heaviest would always pay for it.
    for (const runner of rotated(runners, round)) {
      const sample = await withinLimit(runner.run(work, count), runner.name);
      if (round >= warmUps) samples.get(runner).push(sample);
    }
  }
  const costs = (runner) => samples.get(runner).map(({ cpuMs, requests }) => (1000 * cpuMs) / requests);
  const limit = costs(runners[0]);
  return runners.map((runner) => ({
    name: runner.name,
    requests: samples.get(runner)[0].requests / count,
    cost: median(costs(runner)),
    ratio: quartiles(costs(runner).map((cost, round) => cost / limit[round])),
  }));
}

/** Who waits for ever is wrong too. */
export async function withinLimit(sample, name, limitMs = LONGEST_ROUND_MS) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} does not come to an end`)), limitMs);
  });
  return Promise.race([sample, late]).finally(() => clearTimeout(timer));
}

function rotated(items, by) {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
