// What a browser loads for the same work: create, poll until it is over, get the snapshot. A KB is 1,000 bytes, and
// compression at its best, as in `npm run size`.
import { brotliCompressSync, gzipSync } from "node:zlib";
import { CONTESTANTS, load } from "../contestants/index.js";
import { bundle } from "../lib/bundle.mjs";
import { fixed, table } from "../lib/table.mjs";

export async function size() {
  const rows = [];
  for (const { contestant, name, does } of await load(Object.keys(CONTESTANTS))) {
    const entry = `import { connect } from "./contestants/${contestant}.js"; globalThis.connect = connect;`;
    const files = await bundle(entry);
    rows.push({ name, does, sizes: sizesOf([...files.values()]) });
  }
  rows.sort((a, b) => a.sizes.at(-1) - b.sizes.at(-1));
  const cells = rows.map(({ name, does, sizes }) => [
    name,
    ...sizes.map((bytes) => fixed(bytes / 1000, 1)),
    does,
  ]);
  return [table("Size in a browser, KB, minified: the client and the same use of it", COLUMNS, cells)];
}

const COLUMNS = ["", "raw", "gzip", "brotli", "does"];

function sizesOf(files) {
  const sum = (compress) => files.reduce((total, bytes) => total + compress(bytes).length, 0);
  return [
    sum((bytes) => bytes),
    sum((bytes) => gzipSync(bytes, { level: 9 })),
    sum((bytes) => brotliCompressSync(bytes)),
  ];
}
