// The step before: what the package is compared with, only if it is not there yet, and the package as it was built.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
/** What the set-up depends on. */
const SOURCES = ["package-lock.json", "openapi.yaml", "generate.mjs"];

export async function setUp(dist = here("../dist")) {
  await setUpPeers();
  installOwn(resolve(dist));
}

async function setUpPeers() {
  const sources = createHash("sha256");
  for (const file of SOURCES) sources.update(readFileSync(here(file)));
  const wanted = sources.digest("hex");
  const stamp = here("node_modules/.set-up");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.error("setting up what is compared with");
  // On Windows npm is a script, which only a shell starts.
  const shell = process.platform === "win32";
  const options = { cwd: here("."), stdio: ["ignore", "ignore", "inherit"], shell };
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], options);
  if (status !== 0) throw new Error("npm ci failed in bench/");
  // Only now is there what this imports.
  const { generate } = await import("./generate.mjs");
  await generate();
  writeFileSync(stamp, wanted);
}

/** As an installation puts it there, so that it is imported by its name. */
function installOwn(dist) {
  if (!existsSync(dist)) throw new Error(`there is no ${dist}: build the package first`);
  const place = here("node_modules/vra-snapshots");
  rmSync(place, { recursive: true, force: true });
  cpSync(dist, `${place}/dist`, { recursive: true });
  cpSync(resolve(dist, "../package.json"), `${place}/package.json`);
}
