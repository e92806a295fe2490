// The project that the suite is run in: the package installed as a user installs it, and beside it the runners.
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { installed } from "../package/install.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Gives the folder of the runners. They are copied, for a name is resolved from where the importing file lies; the
 * suite is bundled, the same file for every runtime, so that nothing but the package need be installed.
 */
export async function project() {
  const folder = join(await installed(), "runtimes");
  await rm(folder, { recursive: true, force: true });
  await cp(here("runners"), folder, { recursive: true });
  await build({
    entryPoints: [here("collect.mjs")],
    outfile: join(folder, "collect.mjs"),
    bundle: true,
    format: "esm",
    sourcemap: "inline",
  });
  return folder;
}
