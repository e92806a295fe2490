// The package as its users get it: packed, and installed into a project that holds nothing else.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
const target = join(root, "target");
const run = promisify(execFile);
const npm = async (args, cwd) => {
  // On Windows npm is a script, which only a shell starts.
  const shell = process.platform === "win32";
  const { stdout } = await run("npm", [...args, "--ignore-scripts"], { cwd, shell });
  return stdout;
};
const exists = (path) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Packs `dist/` as it is; gives the tarball's bytes, and what npm tells of it. */
export async function pack() {
  const folder = await newFolder("packed");
  const [told] = JSON.parse(await npm(["pack", "--json", "--pack-destination", folder], root));
  const bytes = await readFile(join(folder, told.filename));
  await rm(folder, { recursive: true });
  return { ...told, bytes };
}

let installation;

/**
 * The folder of a project with the package installed and nothing else. Each tarball has a folder of its own, put in
 * place in one step: any number of processes may ask at once, and none loses its files to a later build.
 */
export function installed() {
  installation ??= install();
  return installation;
}

async function install() {
  const { bytes, filename } = await pack();
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  const project = join(target, "consumer", hash);
  if (await exists(project)) return project;

  const folder = await newFolder("consumer");
  await writeFile(join(folder, filename), bytes);
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await npm(["install", "--offline", "--no-audit", "--no-fund", `./${filename}`], folder);
  try {
    await rename(folder, project);
  } catch (error) {
    // Somebody else may have been faster.
    if (!(await exists(project))) throw error;
    await rm(folder, { recursive: true });
  }
  return project;
}

async function newFolder(name) {
  await mkdir(join(target, name), { recursive: true });
  return mkdtemp(join(target, name, "new-"));
}
