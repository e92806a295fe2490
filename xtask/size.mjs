// What a browser loads of the package: one import, built and minified as a user's bundler would. Fails above the
// budget. A KB is 1,000 bytes; compression is at its best, as a server does it ahead of time.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "vite";

const BUDGET_KB = 83;

// Inside the repository, so that the package's name resolves to what was built.
const root = fileURLToPath(new URL("../target/size", import.meta.url));
mkdirSync(root, { recursive: true });
writeFileSync(
  `${root}/entry.js`,
  `import { SnapshotClient, SnapshotError, SnapshotOperation } from "vra-snapshots";
globalThis.used = [SnapshotClient, SnapshotError, SnapshotOperation];
`,
);
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

const kb = (bytes) => (bytes / 1000).toFixed(1).padStart(8);
const rows = output.map(({ fileName, code, source }) => {
  const bytes = Buffer.from(code ?? source);
  return [
    fileName.replace(/-[\w-]{8}\./, "."),
    bytes.length,
    gzipSync(bytes, { level: 9 }).length,
    brotliCompressSync(bytes).length,
  ];
});
const total = rows.reduce(([, ...sums], [, ...sizes]) => ["all", ...sums.map((sum, i) => sum + sizes[i])]);

console.log(`${"KB".padEnd(24)}     raw     gzip   brotli`);
for (const [name, ...sizes] of [...rows, total]) console.log(name.padEnd(20) + sizes.map(kb).join(" "));
const brotli = total[3] / 1000;
console.log(`budget: ${BUDGET_KB} KB brotli`);
if (brotli > BUDGET_KB) {
  console.error(`${brotli.toFixed(1)} KB is above the budget`);
  process.exit(1);
}
