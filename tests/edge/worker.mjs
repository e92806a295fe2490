// The worker as wrangler builds it, in a process of its own.
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readFile } from "node:fs/promises";
import { join, parse } from "node:path";
import { createInterface } from "node:readline";
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

const running = new Set();
process.once("exit", () => {
  for (const child of running) kill(child);
});

/**
 * Starts it. `storage`: the folder of what its objects store; without one it is lost. Gives where it is reached, `kill()`,
 * by SIGKILL as a machine that loses power, and `stop()`.
 */
export async function start({ storage, vars, port = 0, script, options = {} }) {
  const told = { options: { ...(await build(script)), ...options }, storage, vars, port };
  // A group of its own: workerd, its child, dies with it.
  const child = spawn(process.execPath, [RUNTIME, JSON.stringify(told)], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.add(child);
  const ended = once(child, "exit").then(() => running.delete(child));
  const lines = createInterface(child.stdout);
  const [line] = await Promise.race([
    once(lines, "line"),
    ended.then(() => Promise.reject(new Error("workerd did not start"))),
  ]);
  const { url } = JSON.parse(line);
  return {
    url,
    pid: child.pid,
    async kill() {
      kill(child);
      await ended;
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function kill(child) {
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
