// The projects, as their users have them: a workspace with the packed package installed, built by `npm run build`.
import { execFile } from "node:child_process";
import { cp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installed } from "../package/install.mjs";

const run = promisify(execFile);
const workspace = fileURLToPath(new URL("../../target/bundlers", import.meta.url));
const dist = join(workspace, "node_modules/vra-snapshots/dist");

/** What is said of a build that went well, in a line of its own. Every other line is a warning. */
const SUCCESS = /^$|^(webpack|Rspack) compiled successfully|^src\/index\.js → dist\.\.\.$|^created dist in /;

/** No colours, nothing sent anywhere, and of wrangler warnings only. */
const environment = {
  ...process.env,
  FORCE_COLOR: undefined,
  NO_COLOR: "1",
  NPM_CONFIG_UPDATE_NOTIFIER: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_LOG: "warn",
  WRANGLER_LOG_PATH: join(workspace, "logs"),
  WRANGLER_SEND_METRICS: "false",
};

export const folderOf = (project) => join(workspace, project);

/** Puts all of them in place, fresh. */
export async function setUp() {
  const consumer = await installed();
  await rm(workspace, { recursive: true, force: true });
  await cp(new URL("projects", import.meta.url), workspace, { recursive: true });
  // A copy and no link: bundlers follow links, and Vite serves no file from outside of the workspace.
  await cp(join(consumer, "node_modules"), join(workspace, "node_modules"), { recursive: true });
}

/**
 * Builds one; gives the warnings that it printed, the scripts, and the wasm by the names that it has in the package.
 * A build that fails rejects.
 */
export async function build(project, quiet = []) {
  const cwd = folderOf(project);
  const options = { cwd, env: environment, shell: process.platform === "win32" };
  const { stdout, stderr } = await run("npm", ["run", "--silent", "build", "--", ...quiet], options);
  const warnings = `${stdout}\n${stderr}`.split("\n").filter((line) => !SUCCESS.test(line.trim()));

  const files = await readdir(join(cwd, "dist"), { recursive: true });
  const contents = (extension) =>
    Promise.all(
      files.filter((name) => name.endsWith(extension)).map((name) => readFile(join(cwd, "dist", name))),
    );
  const [scripts, modules] = await Promise.all([contents(".js"), contents(".wasm")]);
  return { warnings, scripts, modules, wasm: await namesOf(modules) };
}

/** The package's files that these are, byte for byte. */
async function namesOf(modules) {
  const own = (await readdir(dist)).filter((name) => name.endsWith(".wasm"));
  const bytes = await Promise.all(own.map((name) => readFile(join(dist, name))));
  return modules.map((module) => own[bytes.findIndex((known) => known.equals(module))]).sort();
}

/** Runs what was built for Node. */
export async function runInNode(project, ...args) {
  const { stdout } = await run(process.execPath, ["dist/index.js", ...args], { cwd: folderOf(project) });
  return JSON.parse(stdout);
}
