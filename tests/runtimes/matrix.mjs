// The suite in every runtime, or in those named: a process each, some at a time, and at the end the matrix of runtimes
// and topics. Fails if a case fails anywhere, if a runtime cannot be started, and if one has not run every case.
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { HOSTS, LACKING } from "./hosts.mjs";
import { project } from "./project.mjs";
import { printFailures, printMatrix, printNotes } from "./report.mjs";
import { startServices } from "./services.mjs";

/** Cases mostly wait, so that more fit than there are cores. */
const AT_ONCE = 3 * availableParallelism();
/** A runtime that has not ended by then hangs: so long as none takes on a machine that is busy. */
const PATIENCE_MS = 1_800_000;
const RUN = fileURLToPath(new URL("run.mjs", import.meta.url));

const named = process.argv.slice(2);
const names = (named.length > 0 ? named : Object.keys(HOSTS)).filter((name) => !(name in LACKING));
const folder = await project();
const runs = new Map(names.map((name) => [name, undefined]));
const waiting = [...names];
await Promise.all(Array.from({ length: AT_ONCE }, work));

for (const [name, reason] of Object.entries(LACKING)) console.log(`${name}: not run, for ${reason}`);
printFailures(runs);
printNotes(runs);
printMatrix(runs);
const all = [...runs.values()];
const count = Math.max(...all.map(({ results }) => results.length));
const good = ({ results }) => results.length === count && results.every(({ error }) => error === undefined);
process.exitCode = count > 0 && all.every(good) ? 0 : 1;

async function work() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const start = performance.now();
    const results = await resultsOf(name);
    runs.set(name, { results, seconds: (performance.now() - start) / 1000 });
  }
}

/** What the runtime's process tells before it ends; nothing, if it does not come to that. */
async function resultsOf(name) {
  let results = [];
  const { url, services, close } = await startServices(folder);
  const child = fork(RUN, [name, folder], { timeout: PATIENCE_MS });
  child.send({ url, services, stallMs: Number(process.env.SUITE_STALL_MS ?? 0) });
  child.on("message", (told) => {
    results = told;
  });
  await new Promise((resolve) => child.on("exit", resolve));
  await close();
  return results;
}
