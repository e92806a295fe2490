// CPU per request: the same work, round by round, in Node and in Chromium, with a stub and over loopback HTTP.

import { launch } from "../../tests/chromium.mjs";
import { load } from "../contestants/index.js";
import { bundle } from "../lib/bundle.mjs";
import { start } from "../lib/child.mjs";
import { cpuClockOf, openPage } from "../lib/page.mjs";
import { inRounds } from "../lib/rounds.mjs";
import { pageOf, withServer } from "../lib/serving.mjs";
import { fixed, table } from "../lib/table.mjs";

const COMPARED = [
  "bare-fetch",
  "hand-written",
  "vra-snapshots",
  "openapi-fetch",
  "fetch-zod",
  "generated-zod",
  "core-lro",
  "ky",
  "axios",
];

/** The works, and how many of each are a round: enough for some garbage to be collected in every round. */
const STUB = { warmUps: 3, rounds: 9, works: { operation: 120, read: 1000 }, listening: true };
/** Over HTTP a request takes far longer, and nearly all of it is the platform's. */
const LOOPBACK_NODE = { warmUps: 4, rounds: 11, works: { operation: 25 }, listening: false };
const LOOPBACK_CHROMIUM = { warmUps: 2, rounds: 9, works: { operation: 10 }, listening: false };

const NODE = "CPU time of the whole process, all of its threads.";
const CHROMIUM = "CPU time of the page's main thread.";

/** Each takes `only`, the contestants beside the first, and `times`, so many times the rounds. */
export const stubNode = part("Node, stubbed fetch", NODE, STUB, inNode);
export const stubChromium = part("Chromium, stubbed fetch", CHROMIUM, STUB, inChromium(false));
export const loopbackNode = part("Node, loopback HTTP", NODE, LOOPBACK_NODE, overHttp);
export const loopbackChromium = part(
  "Chromium, loopback HTTP",
  CHROMIUM,
  LOOPBACK_CHROMIUM,
  inChromium(true),
);

const TITLES = { operation: "a whole operation", read: "one GET of a request tracker" };
const COLUMNS = ["", "µs", "× bare fetch", "quartiles", "requests"];

function part(title, note, { warmUps, rounds, works, listening }, place) {
  return async ({ only = COMPARED, times = 1 }) => {
    const entrants = await entrantsOf(only, listening);
    return place(entrants, async (runners) => {
      const tables = [];
      for (const [work, count] of Object.entries(works)) {
        const results = await inRounds(runners, { work, count, warmUps, rounds: rounds * times });
        tables.push(table(`CPU per request, ${title}: ${TITLES[work]}`, COLUMNS, results.map(rowOf), [note]));
      }
      return tables;
    });
  };
}

function rowOf({ name, cost, ratio: [low, middle, high], requests }) {
  const interval = `${fixed(low, 2)}-${fixed(high, 2)}`;
  return [name, fixed(cost, 1), fixed(middle, 2), interval, fixed(requests, 0)];
}

/** The contestants; those that offer it, once more with a signal and a listener for events. */
async function entrantsOf(only, listening) {
  const [limit, ...others] = COMPARED;
  const compared = [limit, ...others.filter((contestant) => only.includes(contestant))];
  const entrants = [];
  for (const { contestant, name, reports } of await load(compared)) {
    entrants.push({ contestant, name, listens: false });
    if (listening && reports)
      entrants.push({ contestant, name: `${name}, signal and onEvent`, listens: true });
  }
  return entrants;
}

/** One process for each. */
async function inNode(entrants, use, baseUrl) {
  const started = [];
  try {
    for (const { contestant, name, listens } of entrants) {
      const side = await start("sides/node.mjs", [JSON.stringify({ contestant, listens, baseUrl })]);
      started.push({ name, run: (work, count) => side.ask({ work, count }), end: side.end });
    }
    return await use(started);
  } finally {
    for (const side of started) side.end();
  }
}

function overHttp(entrants, use) {
  return withServer(new Map(), (url) => inNode(entrants, use, url));
}

/** One page for each, in a process of its own; the service serves it too, so that there is but one origin. */
function inChromium(http) {
  return async (entrants, use) => {
    const files = await bundle(`import "./sides/page.js";`);
    files.set("index.html", pageOf("./entry.js"));
    return withServer(files, async (url) => {
      const browser = await launch();
      try {
        const runners = [];
        for (const { contestant, name, listens } of entrants) {
          const options = { contestant, listens, baseUrl: http ? url : undefined };
          runners.push({ name, run: await pageRunner(browser, url, options) });
        }
        return await use(runners);
      } finally {
        await browser.close();
      }
    });
  };
}

async function pageRunner(browser, url, options) {
  const { context, page } = await openPage(browser, `${url}/index.html`);
  await page.waitForFunction(() => "begin" in window);
  await page.evaluate((options) => window.begin(options), options);
  const clock = await cpuClockOf(context, page);
  return async (work, count) => {
    const before = await clock();
    const requests = await page.evaluate((task) => window.work(task), { work, count });
    return { requests, cpuMs: (await clock()) - before };
  };
}
