// What is in the tarball, and what npm is told of it.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { installed, pack } from "./install.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(await installed(), "node_modules/vra-snapshots");
const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
const { files } = await pack();
const paths = files.map(({ path }) => path);

test("its files, exactly", async () => {
  const expected = JSON.parse(await readFile(new URL("files.json", import.meta.url), "utf8"));
  assert.deepEqual(paths.sort(), expected);
});

test("nothing comes with it, and nothing runs when it is installed", () => {
  const { dependencies, optionalDependencies, peerDependencies, scripts } = manifest;
  assert.deepEqual([dependencies, optionalDependencies, peerDependencies], [undefined, undefined, undefined]);
  assert.deepEqual(
    Object.keys(scripts).filter((name) => /install|prepare|^prepack|^postpack/.test(name)),
    [],
  );
});

test("every condition names a file, the types first", () => {
  const order = ["types", "workerd", "edge-light", "deno", "bun", "node", "browser", "default"];
  for (const entry of [".", "./simulator"]) assert.deepEqual(Object.keys(manifest.exports[entry]), order);
  const named = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === "string" ? entry : Object.values(entry),
  );
  for (const path of [...named, ...manifest.sideEffects]) assert.ok(paths.includes(path.slice(2)), path);
});

test("a bundler is told of every entry that does more than export", () => {
  const entries = [".", "./element", "./simulator"].flatMap((entry) =>
    Object.values(manifest.exports[entry]),
  );
  const loading = entries.filter((path) => path.endsWith(".js"));
  assert.deepEqual([...new Set([...loading, "./dist/exports.js"])].sort(), manifest.sideEffects.toSorted());
});

test("what is built names no folder of the machine that built it", async () => {
  for (const name of await readdir(join(folder, "dist"))) {
    const text = (await readFile(join(folder, "dist", name))).toString("latin1");
    for (const local of [process.env.HOME, root]) assert.ok(!text.includes(local), `${name}: ${local}`);
  }
});
