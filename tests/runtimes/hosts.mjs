// How each runtime is started from outside. Each is given the folder of the runners and what the suite is told, and
// gives the results. What a runtime is started with is loaded for that one only: it takes a second of the processor.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { RUNTIMES } from "../package/project.mjs";

const post = (given) => ({ method: "POST", body: JSON.stringify(given) });

function inChromium(page) {
  return async (folder, given) => {
    const { launch } = await import("../chromium.mjs");
    const browser = await launch();
    try {
      const tab = await browser.newPage();
      // The matrix ends what hangs; how soon a page is there is the machine's affair.
      tab.setDefaultTimeout(0);
      await tab.goto(`${given.url}/${basename(folder)}/${page}`);
      await tab.waitForFunction(() => "run" in window);
      return await tab.evaluate((given) => window.run(given), given);
    } finally {
      await browser.close();
    }
  };
}

/** A program that writes the results as the last line of its output. */
function asProgram([program, ...args], ...more) {
  return async (folder, given) => {
    const options = { cwd: folder, maxBuffer: 2 ** 26 };
    const running = promisify(execFile)(program, [...args, ...more, JSON.stringify(given)], options);
    process.once("exit", () => running.child.kill());
    const { stdout } = await running;
    return JSON.parse(stdout.trimEnd().split("\n").at(-1));
  };
}

async function inWorkerd(folder, given) {
  // As wrangler does it: the wasm is a module of its own, beside the script.
  const outdir = join(folder, "workerd");
  await build({
    entryPoints: [join(folder, "workerd.mjs")],
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker", "browser"],
    loader: { ".wasm": "copy" },
    outdir,
  });
  const { Miniflare } = await import("miniflare");
  const worker = new Miniflare({
    modules: true,
    scriptPath: join(outdir, "workerd.js"),
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    compatibilityDate: "2026-04-01",
    serviceBindings: { SERVICE: { external: { address: new URL(given.url).host, http: {} } } },
  });
  try {
    return await (await worker.dispatchFetch("https://worker.test/", post(given))).json();
  } finally {
    await worker.dispose();
  }
}

async function inEdgeRuntime(folder, given) {
  const modules = {};
  const { outputFiles } = await build({
    entryPoints: [join(folder, "edge.mjs")],
    bundle: true,
    format: "iife",
    // A script is not strict by itself, and modules are.
    banner: { js: '"use strict";' },
    conditions: ["edge-light", "worker", "browser"],
    plugins: [compiledOutside(modules)],
    write: false,
  });
  const extend = (context) => Object.assign(context, modules);
  const { EdgeRuntime } = await import("edge-runtime");
  const runtime = new EdgeRuntime({ initialCode: outputFiles[0].text, extend });
  return (await runtime.dispatchFetch("https://edge.test/", post(given))).json();
}

/** As Next.js does it: what is imported with `?module` is compiled outside, and a global inside. */
function compiledOutside(modules) {
  const namespace = "compiled";
  return {
    name: namespace,
    setup(build) {
      build.onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => {
        return { path: join(resolveDir, path.replace("?module", "")), namespace };
      });
      build.onLoad({ filter: /.*/, namespace }, async ({ path }) => {
        const name = basename(path, ".wasm");
        modules[name] = await WebAssembly.compile(await readFile(path));
        return { contents: `export default globalThis.${name}` };
      });
    },
  };
}

/** By the names that the matrix gives them. */
export const HOSTS = {
  page: inChromium("page.html"),
  worker: inChromium("worker.html"),
  node: asProgram(RUNTIMES.Node, "process.mjs"),
  require: asProgram(RUNTIMES.Node, "require.cjs"),
  deno: asProgram(RUNTIMES.Deno, "--allow-net=127.0.0.1", "deno.mjs"),
  bun: asProgram(RUNTIMES.Bun, "process.mjs"),
  workerd: inWorkerd,
  edge: inEdgeRuntime,
};

/** What cannot be run here at all, and why. */
export const LACKING = process.features.require_module
  ? {}
  : { require: "this Node cannot require() modules" };
