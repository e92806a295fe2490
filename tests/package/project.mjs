// Modules that are run where the package is installed.
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installed } from "./install.mjs";

const module = (path) => fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url));

/** How each runtime starts a module. Deno is allowed nothing, and does not ask. */
export const RUNTIMES = {
  Node: [process.execPath, "--enable-source-maps"],
  Deno: [process.execPath, module("deno/bin.cjs"), "run", "--no-prompt"],
  // So named on every platform.
  Bun: [module("bun/bin/bun.exe"), "run"],
};

/** Writes a file beside the installed package; gives its path. */
export async function written(name, text) {
  const folder = join(await installed(), "modules");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

/** What a program writes. */
export async function outputOf([program, ...args], options) {
  const { stdout } = await promisify(execFile)(program, args, options);
  return stdout;
}

/** What a module writes that is run in Node. */
export async function outputInNode(name, code) {
  return outputOf([...RUNTIMES.Node, await written(name, code)]);
}
