// The time to the first request from a cold start, over that of bare fetch.

import { launch } from "../../tests/chromium.mjs";
import { load } from "../contestants/index.js";
import { bundle } from "../lib/bundle.mjs";
import { start } from "../lib/child.mjs";
import { openPage } from "../lib/page.mjs";
import { pageOf, withServer } from "../lib/serving.mjs";
import { median, quartiles } from "../lib/statistics.mjs";
import { fixed, signed, table } from "../lib/table.mjs";

const STARTS = 11;
const COLD = ["bare-fetch", "hand-written", "vra-snapshots", "core-lro", "fetch-zod", "ky-zod", "axios"];

export async function coldNode() {
  const once = async (contestant) => (await start("sides/cold-node.mjs", [contestant])).first;
  return [await startsOf("in Node: from the import to the call, not bundled", once)];
}

export async function coldChromium() {
  return withServer(await pages(), async (url) => {
    const browser = await launch();
    try {
      const once = async (contestant) => {
        const { context, page } = await openPage(browser, `${url}/${contestant}/index.html`);
        const call = await page.waitForFunction(() => window.firstCallMs, undefined, { polling: 50 });
        const ms = await call.jsonValue();
        await context.close();
        return ms;
      };
      const title =
        "in Chromium: from the arrival of the page to the call, bundled, uncompressed, from loopback";
      return [await startsOf(title, once)];
    } finally {
      await browser.close();
    }
  });
}

/** A page for each, and its bundle. */
async function pages() {
  const files = new Map();
  for (const contestant of COLD) {
    const bundled = await bundle(`
      import { connect } from "./contestants/${contestant}.js";
      import { measure } from "./sides/cold-page.js";
      measure(connect);`);
    for (const [name, bytes] of bundled) files.set(`${contestant}/${name}`, bytes);
    files.set(`${contestant}/index.html`, pageOf("./entry.js"));
  }
  return files;
}

/** Each in turn, as often as it takes; the first round warms up the disk. */
async function startsOf(title, once) {
  const times = new Map(COLD.map((contestant) => [contestant, []]));
  for (let round = 0; round <= STARTS; round += 1) {
    for (const contestant of COLD) times.get(contestant).push(await once(contestant));
  }
  for (const own of times.values()) own.shift();
  const [limit] = times.values();
  const rows = (await load(COLD)).map(({ contestant, name }) => {
    const own = times.get(contestant);
    const [low, middle, high] = quartiles(own.map((ms, round) => ms - limit[round]));
    return [name, fixed(median(own), 1), signed(middle, 1), `${signed(low, 1)} to ${signed(high, 1)}`];
  });
  return table(`Cold start to the first request ${title}`, ["", "ms", "over bare fetch", "quartiles"], rows);
}
