// Memory for each operation that waits for its next poll.

import { load } from "../contestants/index.js";
import { start } from "../lib/child.mjs";
import { fixed, table } from "../lib/table.mjs";

/** The others leave the waiting to the same loop as bare fetch. */
const IDLE = ["bare-fetch", "hand-written", "vra-snapshots", "core-lro"];

export async function idle() {
  const rows = [];
  for (const { contestant, name } of await load(IDLE)) {
    const { first } = await start("sides/idle.mjs", [contestant], { execArgv: ["--expose-gc"] });
    rows.push([name, fixed(first.js, 0), fixed(first.wasm, 0), fixed(first.js + first.wasm, 0)]);
  }
  return [
    table("Memory of a waiting operation, bytes, in Node", ["", "JS heap", "wasm", "both"], rows, NOTES),
  ];
}

const NOTES = [
  "The last request tracker, as it was parsed, is part of each, and so are the promise and its name.",
];
