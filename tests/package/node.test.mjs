// What the package promises, in Node.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { promisify } from "node:util";
import { promises } from "../runtimes/suite/promises.mjs";
import { examples, together } from "./readme.mjs";

const run = promisify(execFile);
const at = (path) => new URL(`../../${path}`, import.meta.url);
const BYTES = "globalThis.wasmOfThePackage = readFileSync(new URL('../dist/core_bg.wasm', import.meta.url));";

/** Runs a module in a process of its own, where the package has its name. */
async function runModule(name, code) {
  await mkdir(at("test-results"), { recursive: true });
  const file = at(`test-results/${name}.mjs`);
  await writeFile(file, code);
  const { stdout } = await run(process.execPath, ["--no-warnings", file.pathname]);
  return stdout;
}

test("the README's first example, as written", async () => {
  assert.ok(examples[0].split("\n").filter((line) => line.trim() && !line.startsWith("//")).length <= 15);
  const lines = (await runModule("readme-first", examples[0])).trim().split("\n");
  assert.match(lines.at(-2), /^\d+ % Finished$/);
  assert.match(lines.at(-1), /^before-upgrade \S+$/);
});

test("all of the README's examples, as written", async () => {
  const stdout = await runModule(
    "readme-all",
    `import { readFileSync } from "node:fs";\n${BYTES}\n${together}`,
  );
  for (const expected of ["finished", "true", "2021-07-15", "forbidden 403 false"])
    assert.ok(stdout.includes(expected), expected);
});

test("slim: nothing works before init, a failed init is tried again, and once is enough", async () => {
  const stdout = await runModule(
    "slim",
    `import { readFileSync } from "node:fs";
    ${BYTES}
    import { init, SnapshotClient } from "vra-snapshots/slim";
    const attempt = () => new SnapshotClient({ baseUrl: "https://a.test" });
    try { attempt(); console.log("worked too soon"); } catch { console.log("not yet"); }
    await init(new Uint8Array([1, 2, 3])).catch((error) => console.log(error.name));
    const [first, second] = [init(globalThis.wasmOfThePackage), init(globalThis.wasmOfThePackage)];
    console.log(first === second, await first, await init("https://unreachable.test/"));
    attempt();`,
  );
  assert.deepEqual(stdout.trim().split("\n"), ["not yet", "CompileError", "true undefined undefined"]);
});

test("importing does nothing but load: no fetch, no timer, no random number", async () => {
  const stdout = await runModule(
    "import",
    `for (const name of ["fetch", "setTimeout"]) globalThis[name] = () => console.log(name);
    crypto.getRandomValues = Math.random = () => console.log("random");
    await import("vra-snapshots");
    await import("vra-snapshots/slim");`,
  );
  assert.equal(stdout, "");
});

const readme = await readFile(at("README.md"), "utf8");
const rows = (heading) => {
  const section = readme.split(`\n## ${heading}\n`)[1].split("\n## ")[0];
  return section
    .split("\n")
    .filter((line) => /^\| (?!\.\.\.|`code`)/.test(line))
    .map((line) => line.split("|")[1].trim());
};

test("the README's table of errors has every code", async () => {
  const declared = /SnapshotErrorCode =([^;]+);/.exec(await readFile(at("js/error.d.ts"), "utf8"))[1];
  const codes = [...declared.matchAll(/"(\w+)"/g)].map(([, code]) => `\`${code}\``);
  assert.deepEqual(rows("Errors").sort(), codes.sort());
});

test("the README promises what the suite holds it to", () => {
  assert.deepEqual(rows("What happens when ..."), Object.keys(promises));
});

test("the package's files, exactly", async () => {
  const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: at(".").pathname,
  });
  const [{ files }] = JSON.parse(stdout);
  const expected = JSON.parse(await readFile(new URL("files.json", import.meta.url), "utf8"));
  assert.deepEqual(files.map(({ path }) => path).sort(), expected);
  const { dependencies, scripts } = JSON.parse(await readFile(at("package.json"), "utf8"));
  assert.equal(dependencies, undefined);
  assert.deepEqual(
    Object.keys(scripts).filter((name) => /install|prepare/.test(name)),
    [],
  );
});

test("what is built names no folder of the machine that built it", async () => {
  for (const name of await readdir(at("dist"))) {
    const text = (await readFile(at(`dist/${name}`))).toString("latin1");
    for (const folder of [process.env.HOME, at(".").pathname])
      assert.ok(!text.includes(folder), `${name}: ${folder}`);
  }
});
