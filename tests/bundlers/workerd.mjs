// What wrangler has built, in the runtime that it is built for.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Miniflare } from "miniflare";
import { folderOf } from "./project.mjs";

/** Calls the worker once; gives what it answers. */
export async function call(project, bindings) {
  const folder = folderOf(project);
  const { compatibility_date } = JSON.parse(await readFile(join(folder, "wrangler.json"), "utf8"));
  const modulesRoot = join(folder, "dist");
  const worker = new Miniflare({
    modules: true,
    modulesRoot,
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    scriptPath: join(modulesRoot, "index.js"),
    compatibilityDate: compatibility_date,
    bindings,
    // Nothing is asked of Cloudflare.
    cf: false,
  });
  try {
    const response = await worker.dispatchFetch("http://worker.test/");
    return await response.json();
  } finally {
    await worker.dispose();
  }
}
