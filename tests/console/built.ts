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
  const [making, failed] = [`${folder}.making`, `${folder}.failed`];
  try {
    await mkdir(making);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    while (!(await exists(folder))) {
      if (await exists(failed)) throw new Error(`${name} could not be built; another test says why`);
      await sleep(50);
    }
    return folder;
  }
  try {
    await build(making);
    await rename(making, folder);
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
