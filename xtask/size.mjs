// What a browser loads of the package: one import, built and minified as a user's bundler would. Fails above the
// budget. A KB is 1,000 bytes; compression is at its best, as a server does it ahead of time.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "vite";

const BUDGET_KB = 96;

/** Not in the budget: only those load it who ask for it. */
const APART = { "element.js": `import "vra-snapshots/element";` };

// Inside the repository, so that the package's name resolves to what was built.
const root = fileURLToPath(new URL("../target/size", import.meta.url));
mkdirSync(root, { recursive: true });

/** What a bundler makes of this code: a row for each file, with its sizes. */
async function filesOf(code) {
  writeFileSync(`${root}/entry.js`, code);
  const { output } = await build({
    root,
    logLevel: "error",
    configFile: false,
    build: {
      write: false,
      target: "esnext",
      rolldownOptions: { input: `${root}/entry.js` },
      assetsInlineLimit: 0,
    },
  });
  return output.map(({ fileName, code, source }) => {
    const bytes = Buffer.from(code ?? source);
    return [
      fileName.replace(/-[\w-]{8}\./, "."),
      bytes.length,
      gzipSync(bytes, { level: 9 }).length,
      brotliCompressSync(bytes).length,
    ];
  });
}

const kb = (bytes) => (bytes / 1000).toFixed(1).padStart(8);
const rows = await filesOf(`import { SnapshotClient, SnapshotError, SnapshotOperation } from "vra-snapshots";
globalThis.used = [SnapshotClient, SnapshotError, SnapshotOperation];
`);
const total = rows.reduce(([, ...sums], [, ...sizes]) => ["all", ...sums.map((sum, i) => sum + sizes[i])]);
const apart = [];
for (const [name, code] of Object.entries(APART)) {
  const files = await filesOf(code);
  if (files.length !== 1) throw new Error(`${name} brings more than itself: ${files.map(([file]) => file)}`);
  apart.push([`apart: ${name}`, ...files[0].slice(1)]);
}

console.log(`${"KB".padEnd(24)}     raw     gzip   brotli`);
for (const [name, ...sizes] of [...rows, total, ...apart]) {
  console.log(name.padEnd(20) + sizes.map(kb).join(" "));
}
const brotli = total[3] / 1000;
console.log(`budget: ${BUDGET_KB} KB brotli`);
if (brotli > BUDGET_KB) {
  console.error(`${brotli.toFixed(1)} KB is above the budget`);
  process.exit(1);
}
