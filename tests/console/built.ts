import { mkdir, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * The folder of this name that the first one of Playwright's processes to ask has built, for all of them: each takes seconds of
 * the processor.
 */
export async function builtOnce(name: string, build: (outDir: string) => Promise<unknown>): Promise<string> {
  // Of this run alone: playwright.config.ts.
  const run = process.env.CONSOLE_BUILDS;
  if (run === undefined) throw new Error("there is no folder for what is built: CONSOLE_BUILDS");
  const folder = join(run, name);
  const [unfinished, failed] = [`${folder}.unfinished`, `${folder}.failed`];
  try {
    // It stays there, for those who ask when the folder is long built.
    await mkdir(`${folder}.asked`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    while (!(await exists(folder))) {
      if (await exists(failed)) throw new Error(`${name} could not be built; another test says why`);
      await sleep(50);
    }
    return folder;
  }
  try {
    await build(unfinished);
    await rename(unfinished, folder);
  } catch (error) {
    await writeFile(failed, "");
    throw error;
  }
  return folder;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
