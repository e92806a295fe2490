// The worker as wrangler builds it, in a workerd of its own: it may be killed.
import { execFile, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readFile } from "node:fs/promises";
import { join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const path = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const CONFIG = path("edge/wrangler.jsonc");
const RUNTIME = path("tests/edge/runtime.mjs");

/** The tokens of callers that tests have. */
export const OPERATOR = "operator-token-of-the-tests-0123456789";
export const READER = "reader-token-of-the-tests-0123456789";

export const hash = (token) => createHash("sha256").update(token).digest("hex");
const CALLERS = [
  { name: "operator", role: "operate", sha256: hash(OPERATOR) },
  { name: "reader", role: "read", sha256: hash(READER) },
];

/** What a worker of the tests is told, but for what `more` says; what is undefined there is not set. */
export function vars(serviceUrl, more = {}) {
  return {
    SERVICE_URL: serviceUrl,
    REFRESH_TOKEN: "simulated-refresh-token",
    CALLERS: JSON.stringify(CALLERS),
    ALLOWED_ORIGINS: "https://console.example.com",
    ...more,
  };
}

const MAIN = path("edge/src/index.ts");
const built = new Map();

/**
 * The worker, for `start`: the one that `npm test` has built for all of its stages, whose options are in the file that
 * `EDGE_WORKER` names. Without that one it is built here, once a process, and so is another `script` in its place.
 */
export function build(script = MAIN) {
  const { EDGE_WORKER } = process.env;
  if (!built.has(script)) {
    const isBuilt = script === MAIN && EDGE_WORKER !== undefined;
    built.set(script, isBuilt ? readFile(EDGE_WORKER, "utf8").then(JSON.parse) : buildForThisProcess(script));
  }
  return built.get(script);
}

async function buildForThisProcess(script) {
  await mkdir(path("target"), { recursive: true });
  // Others may build at the same time.
  const out = await mkdtemp(path("target/edge-"));
  process.once("exit", () => rmSync(out, { recursive: true }));
  return buildInto(out, script);
}

/** Builds the worker, or another `script`, into this folder; gives the options of its runtime. */
export async function buildInto(out, script = MAIN) {
  // It takes seconds to load, and is of no use to who has a worker that is built.
  const { unstable_getMiniflareWorkerOptions: optionsOf } = await import("wrangler");
  // Files of the console that there are none of must not fail the build.
  await mkdir(path("www/edge"), { recursive: true });
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", CI: "1" };
  const args = ["deploy", script, "--dry-run", "--config", CONFIG, "--outdir", out];
  await promisify(execFile)(process.execPath, [path("node_modules/wrangler/bin/wrangler.js"), ...args], {
    env,
  });
  const { workerOptions } = optionsOf(CONFIG);
  const { assets: _, modulesRules: __, rootPath: ___, ...options } = workerOptions;
  return {
    ...options,
    modules: true,
    modulesRoot: out,
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    scriptPath: join(out, `${parse(script).name}.js`),
  };
}

/** The process that runs the workers of this one: it is started once, for loading Miniflare takes a second of the processor. */
let host;
let workers = 0;
const waiting = new Map();

function startHost() {
  // A group of its own: every workerd, its children, ends with it.
  host = fork(RUNTIME, { detached: true, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  process.once("exit", () => endGroup(host));
  host.on("message", ({ id, url, error }) =>
    settle(id, (call) => (error ? call.reject(new Error(error)) : call.resolve(url))),
  );
  host.once("exit", () => {
    for (const id of waiting.keys())
      settle(id, ({ reject }) => reject(new Error("the process of the workers has ended")));
  });
  host.unref();
}

function settle(id, how) {
  how(waiting.get(id));
  waiting.delete(id);
  // What waits for an answer keeps this process alive, and the other process alone does not.
  if (waiting.size === 0) host.channel?.unref();
}

function askHost(id, told) {
  if (host === undefined) startHost();
  host.channel?.ref();
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    host.send({ id, told });
  });
}

/**
 * Starts it. `storage`: the folder of what its objects store; without one it is lost. Gives where it is reached, and `kill()`,
 * by SIGKILL as a machine that loses power.
 */
export async function start({ storage, vars, port = 0, script, options = {} }) {
  const told = { options: { ...(await build(script)), ...options }, storage, vars, port };
  workers += 1;
  const id = workers;
  const url = await askHost(id, told);
  return { url, group: host.pid, kill: () => askHost(id) };
}

function endGroup(child) {
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
