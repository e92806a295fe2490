// The package in the bundlers that its users have: built with no word about it in any configuration, the output loaded
// where it is meant to run, and a snapshot made.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createLogger, createServer } from "vite";
import { serve } from "../../simulator/serve.mjs";
import { launch } from "../chromium.mjs";
import { emptyRow, print, weigh } from "./matrix.mjs";
import { build, folderOf, runInNode, setUp } from "./project.mjs";
import { visit } from "./visit.mjs";
import { call } from "./workerd.mjs";

const CLIENT = ["core_bg.wasm"];
const BOTH = ["core_bg.wasm", "simulator_core_bg.wasm"];
/** A word that only the simulator's own script has. */
const SIMULATORS_OWN = "latencyMs";

/**
 * Those for pages: the folder that is served, the wasm, and what leaves the bundler nothing to print but warnings.
 * webpack builds the simulator for development, where it belongs: for production it warns of every file above 244 KiB.
 */
const PAGES = [
  { project: "vite", served: "dist", wasm: CLIENT, quiet: ["--logLevel", "warn"] },
  { project: "vite-simulator", served: "dist", wasm: BOTH, quiet: ["--logLevel", "warn"] },
  { project: "vite-worker", served: "dist", wasm: CLIENT, quiet: ["--logLevel", "warn"] },
  { project: "webpack", served: ".", wasm: CLIENT, quiet: ["--stats", "errors-warnings"] },
  { project: "webpack-simulator", served: ".", wasm: BOTH, quiet: ["--stats", "errors-warnings"] },
  { project: "webpack-worker", served: ".", wasm: CLIENT, quiet: ["--stats", "errors-warnings"] },
  { project: "rspack", served: ".", wasm: CLIENT },
  { project: "esbuild", served: ".", wasm: CLIENT, quiet: ["--log-level=warning"] },
  { project: "rollup", served: ".", wasm: CLIENT },
];

const rows = [];
let browser;
before(async () => {
  await setUp();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  print(rows);
});

for (const { project, served, wasm, quiet } of PAGES) {
  bundled(project, "built, and loaded in Chromium", async (row, context) => {
    await built(row, project, wasm, quiet);
    const service = await start(context, join(folderOf(project), served));
    const visited = await visit(browser, `${service.url}/?service=${service.url}`);
    assert.deepEqual(visited.complaints, []);
    assert.equal(visited.loaded.length, wasm.length);
    checkMade(row, visited.result, service);
  });
}

for (const { project, wasm } of PAGES.filter(({ project }) => project.startsWith("vite"))) {
  bundled(`${project} (dev)`, "served as it is, and loaded in Chromium", async (row, context) => {
    const warnings = [];
    const customLogger = createLogger("silent");
    customLogger.warn = customLogger.warnOnce = customLogger.error = (message) => warnings.push(message);
    const root = folderOf(project);
    const server = await createServer({ root, customLogger, server: { host: "127.0.0.1", port: 0 } });
    context.after(() => server.close());
    await server.listen();

    const service = await start(context);
    const visited = await visit(browser, `${server.resolvedUrls.local[0]}?service=${service.url}`);
    Object.assign(row, { wasm: visited.loaded.length, warnings: warnings.length });
    assert.deepEqual([...warnings, ...visited.complaints], []);
    assert.deepEqual(visited.loaded.sort(), wasm);
    checkMade(row, visited.result, service);
  });
}

bundled("vite-ssr", "built for a server, and run in Node", async (row, context) => {
  // A server's build leaves dependencies where they are installed, and their wasm with them.
  await built(row, "vite-ssr", [], ["--logLevel", "warn"]);
  const service = await start(context);
  checkMade(row, await runInNode("vite-ssr", service.url), service);
});

bundled("wrangler", "built, and loaded in workerd", async (row, context) => {
  await built(row, "wrangler", CLIENT);
  const service = await start(context);
  checkMade(row, await call("wrangler", { SERVICE: service.url }), service);
});

function bundled(name, what, body) {
  test(`${name}: ${what}`, (context) => {
    const row = emptyRow(name);
    rows.push(row);
    return body(row, context);
  });
}

/** Builds without a warning; in the output is what is imported, once, and no entry that nobody asked for. */
async function built(row, project, expected, quiet) {
  const { warnings, scripts, modules, wasm } = await build(project, quiet);
  const weight = await weigh([...scripts, ...modules]);
  Object.assign(row, { build: "ok", wasm: wasm.length, warnings: warnings.length, "KB brotli": weight });
  assert.deepEqual(warnings, []);
  assert.deepEqual(wasm, expected);
  const simulated = scripts.some((script) => script.includes(SIMULATORS_OWN));
  assert.equal(simulated, expected === BOTH);
}

async function start(context, staticDir) {
  const service = await serve({ options: { speed: 100 }, staticDir });
  context.after(service.close);
  return service;
}

/** One snapshot was made: as the project tells, and at the service's end, in the page or outside of it. */
function checkMade(row, { made, error, snapshots }, { simulator }) {
  assert.equal(error, "SnapshotError: invalid_input");
  assert.equal(made.length, 1);
  const [{ machine, status, snapshot }] = made;
  assert.equal(status, "FINISHED");
  const there = (snapshots ?? simulator.snapshotsOf(machine)).filter((one) => one.madeByRequest !== null);
  assert.deepEqual(
    there.map(({ id }) => id),
    [snapshot],
  );
  row.snapshots = there.length;
}

test("the README's lines are those that are built here", async () => {
  const read = (path) => readFile(new URL(path, import.meta.url), "utf8");
  const readme = await read("../../README.md");
  const slim = await read("projects/esbuild/src/index.js");
  const worker = await read("projects/vite-worker/src/worker.js");
  const lines = [/^import wasm .*$/m, /^await init.*$/m].map((line) => line.exec(slim)[0]);
  for (const line of [...lines, /^const ready = .*$/m.exec(worker)[0]])
    assert.ok(readme.includes(line), line);
});
