// How the entries load: at once, without a permission, and without doing anything else.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { installed } from "./install.mjs";
import { outputInNode, outputOf, RUNTIMES, written } from "./project.mjs";

const CLIENT = `new SnapshotClient({ baseUrl: "https://service.test" });
console.log("loaded");`;
const WASM = `import { readFileSync } from "node:fs";
const wasm = readFileSync(new URL(import.meta.resolve("vra-snapshots/wasm")));`;

for (const [name, start] of Object.entries(RUNTIMES)) {
  test(`${name}: importing does nothing but load: no fetch, no timer, no random number`, async () => {
    const module = await written(
      "import.mjs",
      `for (const name of ["fetch", "setTimeout", "setInterval"]) globalThis[name] = () => console.log(name);
      crypto.getRandomValues = crypto.randomUUID = Math.random = () => console.log("random");
      await import("vra-snapshots");
      await import("vra-snapshots/slim");`,
    );
    assert.equal(await outputOf([...start, module]), "");
  });
}

for (const [name, start] of Object.entries(RUNTIMES)) {
  test(`${name}: where there is no DOM the element can be imported, twice, and is only a class`, async () => {
    const module = await written(
      "element.mjs",
      `const WebAssembly = globalThis.WebAssembly;
      globalThis.WebAssembly = new Proxy(WebAssembly, { get: (_, name) => console.log("wasm", name) });
      const { SnapshotProgress } = await import("vra-snapshots/element");
      await import(import.meta.resolve("vra-snapshots/element") + "?again");
      console.log(typeof SnapshotProgress, typeof customElements);`,
    );
    assert.equal(await outputOf([...start, module]), "function undefined\n");
  });
}

for (const name of ["Node", "Bun"]) {
  const lacking = name === "Node" && !process.features.require_module && "this Node cannot require() modules";
  test(`${name}: require() loads it`, { skip: lacking }, async () => {
    const script = await written(
      "require.cjs",
      `const { SnapshotClient } = require("vra-snapshots");
      const { Simulator } = require("vra-snapshots/simulator");
      new Simulator();
      ${CLIENT}`,
    );
    assert.equal(await outputOf([...RUNTIMES[name], script]), "loaded\n");
  });
}

for (const condition of ["workerd", "edge-light"]) {
  test(`${condition}: nothing is awaited at the top level, and the wasm stays a file`, async () => {
    const { metafile } = await build({
      entryPoints: [
        await written("bundled.mjs", `import "vra-snapshots"; import "vra-snapshots/simulator";`),
      ],
      bundle: true,
      // It has no top-level await, and is refused if it needs one.
      format: "cjs",
      conditions: [condition],
      external: ["*.wasm", "*.wasm?module"],
      metafile: true,
      write: false,
    });
    const imported = Object.values(metafile.inputs).flatMap(({ imports }) => imports);
    const wasm = imported.filter(({ external }) => external).map(({ path }) => path.split("?")[0]);
    assert.deepEqual(wasm.sort(), ["./core_bg.wasm", "./simulator_core_bg.wasm"]);
  });
}

test("bun build: the wasm goes with what is built, which runs from anywhere", async () => {
  const entry = await written("built.mjs", `import { SnapshotClient } from "vra-snapshots";\n${CLIENT}`);
  const outdir = join(dirname(entry), "bun");
  const [bun] = RUNTIMES.Bun;
  await outputOf([bun, "build", "--target=bun", `--outdir=${outdir}`, entry]);
  assert.equal(await outputOf([bun, "run", join(outdir, "built.js")], { cwd: "/" }), "loaded\n");
});

test("slim: nothing works before init, a failed init is tried again, and once is enough", async () => {
  const stdout = await outputInNode(
    "slim.mjs",
    `${WASM}
    import { init, SnapshotClient } from "vra-snapshots/slim";
    const attempt = () => new SnapshotClient({ baseUrl: "https://a.test" });
    try { attempt(); console.log("worked too soon"); } catch { console.log("not yet"); }
    await init(new Uint8Array([1, 2, 3])).catch((error) => console.log(error.name));
    const [first, second] = [init(wasm), init(wasm)];
    console.log(first === second, await first, await init("https://unreachable.test/"));
    attempt();`,
  );
  assert.deepEqual(stdout.trim().split("\n"), ["not yet", "CompileError", "true undefined undefined"]);
});

const sources = {
  "the bytes": "init(wasm)",
  "the compiled module": "init(new WebAssembly.Module(wasm))",
  "a Response": `init(new Response(wasm, { headers: { "content-type": "application/wasm" } }))`,
  "a promise of one": "init(Promise.resolve(new Response(wasm)))",
  "a URL": `init("data:application/wasm;base64," + wasm.toString("base64"))`,
  "the bytes, at once": "initSync(wasm)",
  "the compiled module, at once": "initSync(new WebAssembly.Module(wasm))",
};
for (const [what, call] of Object.entries(sources)) {
  test(`slim: loaded from ${what}`, async () => {
    const slim = `import { init, initSync, SnapshotClient } from "vra-snapshots/slim";`;
    const stdout = await outputInNode("source.mjs", `${WASM}\n${slim}\nawait ${call};\n${CLIENT}`);
    assert.equal(stdout, "loaded\n");
  });
}

test("whichever entry is imported, it is one package: one wasm, one error class", async () => {
  const stdout = await outputInNode(
    "both.mjs",
    `import * as full from "vra-snapshots";
    import * as slim from "vra-snapshots/slim";
    console.log(Object.keys(full).every((name) => full[name] === slim[name]));
    await slim.init("https://unreachable.test/");`,
  );
  assert.equal(stdout, "true\n");
});

test("package.json and the wasm are exported", async () => {
  const folder = join(await installed(), "node_modules/vra-snapshots");
  const wasm = await readFile(join(folder, "dist/core_bg.wasm"));
  const stdout = await outputInNode(
    "exported.mjs",
    `${WASM}
    import { createRequire } from "node:module";
    console.log(createRequire(import.meta.url)("vra-snapshots/package.json").name, wasm.length);`,
  );
  assert.equal(stdout, `vra-snapshots ${wasm.length}\n`);
});
