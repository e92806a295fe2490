// The project that the suite is run in: the package installed as a user installs it, and beside it the runners.
import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { installed } from "../package/install.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Gives the folder of the runners. They are copied, for a name is resolved from where the importing file lies; the
 * suite is bundled, the same file for every runtime, so that nothing but the package need be installed. Each version of them
 * has a folder of its own, put in place in one step: any number of processes may ask at once.
 */
export async function project() {
  const { outputFiles } = await build({
    entryPoints: [here("collect.mjs")],
    bundle: true,
    format: "esm",
    sourcemap: "inline",
    write: false,
  });
  const [suite] = outputFiles;
  const hash = createHash("sha256").update(suite.contents);
  for (const name of (await readdir(here("runners"))).sort())
    hash.update(await readFile(here(`runners/${name}`)));
  const consumer = await installed();
  const folder = join(consumer, `runtimes-${hash.digest("hex").slice(0, 16)}`);
  if (await exists(folder)) return folder;

  const made = await mkdtemp(join(consumer, "new-"));
  await cp(here("runners"), made, { recursive: true });
  await writeFile(join(made, "collect.mjs"), suite.contents);
  try {
    await rename(made, folder);
  } catch (error) {
    // Somebody else may have been faster.
    if (!(await exists(folder))) throw error;
    await rm(made, { recursive: true });
  }
  return folder;
}

const exists = (path) =>
  stat(path).then(
    () => true,
    () => false,
  );
