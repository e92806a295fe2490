// What the README says, against the package as it is installed.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { promises } from "../runtimes/suite/promises.mjs";
import { outputInNode } from "./project.mjs";
import { examples, text, together } from "./readme.mjs";

const WASM = `import { readFileSync } from "node:fs";
globalThis.wasmOfThePackage = readFileSync(new URL(import.meta.resolve("vra-snapshots/wasm")));
`;

test("the first example, as written", async () => {
  assert.ok(examples[0].split("\n").filter((line) => line.trim() && !line.startsWith("//")).length <= 15);
  const lines = (await outputInNode("first.mjs", examples[0])).trim().split("\n");
  assert.equal(lines.at(-2), "99 % Finished");
  assert.match(lines.at(-1), /^before-upgrade \S+$/);
});

test("all of the examples, as written", async () => {
  const stdout = await outputInNode("all.mjs", WASM + together);
  for (const expected of ["finished", "true", "2021-07-15", "forbidden 403 false"])
    assert.ok(stdout.includes(expected), expected);
});

const rows = (heading) => {
  const section = text.split(`\n## ${heading}\n`)[1].split("\n## ")[0];
  return section
    .split("\n")
    .filter((line) => /^\| (?!\.\.\.|`code`|`status`)/.test(line))
    .map((line) => line.split("|")[1].trim());
};

test("the table of errors has every code", async () => {
  const declarations = await readFile(new URL("../../js/error.d.ts", import.meta.url), "utf8");
  const declared = /SnapshotErrorCode =([^;]+);/.exec(declarations)[1];
  const codes = [...declared.matchAll(/"(\w+)"/g)].map(([, code]) => `\`${code}\``);
  assert.deepEqual(rows("Errors").sort(), codes.sort());
});

test("the table of statuses has every status", async () => {
  const declarations = await readFile(new URL("../../js/fleet.d.ts", import.meta.url), "utf8");
  const declared = /MachineStatus =([^;]+);/.exec(declarations)[1];
  const statuses = [...declared.matchAll(/"(\w+)"/g)].map(([, status]) => `\`${status}\``);
  assert.deepEqual(rows("A thousand machines").sort(), statuses.sort());
});

test("what is promised is what the suite holds the package to", () => {
  assert.deepEqual(rows("What happens when ..."), Object.keys(promises));
});
