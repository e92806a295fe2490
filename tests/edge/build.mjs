// Builds the worker for all tests of a run, into the folder that is given: `EDGE_WORKER` names the file with its options.
import { rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { buildInto } from "./worker.mjs";

const [given] = process.argv.slice(2);
const folder = resolve(given);
await rm(folder, { recursive: true, force: true });
const options = await buildInto(folder);
await writeFile(join(folder, "options.json"), JSON.stringify(options));
