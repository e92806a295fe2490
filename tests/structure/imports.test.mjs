// The imports show the structure: no circle between folders, and none between files but a module and its own children.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { circlesOf, rustImports, typescriptImports } from "./imports.mjs";

const folder = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

for (const name of ["src", "simulator/src"])
  test(`${name} has no circle`, () => holds(rustImports(folder(name))));
for (const name of ["www/src", "edge/src"])
  test(`${name} has no circle`, () => holds(typescriptImports(folder(name))));

function holds(imports) {
  // One that found no import would find no circle.
  assert.ok([...imports.values()].some((others) => others.size > 3));
  assert.deepEqual(circlesOf(imports), []);
}

test("imports are read in every spelling", (context) => {
  const root = mkdtempSync(join(tmpdir(), "imports-"));
  context.after(() => rmSync(root, { recursive: true }));
  const files = {
    "a.rs": "use crate::{b::{One, two as other}, c};\n// use crate::d::Four;\n",
    "b.rs": "fn f() -> crate::c::Three { super::d::four() }",
    "c.rs": "",
    "d.rs": "",
    "e/mod.rs": "mod f;\nuse f::F;",
    "e/f.rs": "    use super::super::c::Three;",
    "one.ts": 'import type { Two } from "./two.ts";\nimport "package";',
    "two.ts": 'const later = () => import("./g/three.ts");',
    "g/three.ts": 'export { one } from "../one.ts";',
  };
  for (const folder of ["e", "g"]) mkdirSync(join(root, folder));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  const read = (imports) =>
    Object.fromEntries([...imports].map(([file, others]) => [file, [...others].sort()]));
  assert.deepEqual(read(rustImports(root)), {
    "a.rs": ["b.rs", "c.rs"],
    "b.rs": ["c.rs", "d.rs"],
    "c.rs": [],
    "d.rs": [],
    "e/f.rs": ["c.rs"],
    "e/mod.rs": ["e/f.rs"],
  });
  assert.deepEqual(read(typescriptImports(root)), {
    "g/three.ts": ["one.ts"],
    "one.ts": ["two.ts"],
    "two.ts": ["g/three.ts"],
  });
});

test("a circle is found between files, between folders, and over three of them", () => {
  const circles = (imports) => circlesOf(new Map(Object.entries(imports).map(([a, b]) => [a, new Set(b)])));
  assert.deepEqual(circles({ "a.rs": ["b.rs"], "b.rs": [] }), []);
  assert.equal(circles({ "a.rs": ["b.rs"], "b.rs": ["a.rs"] }).length, 1);
  assert.equal(circles({ "x/a.rs": ["y/b.rs"], "y/c.rs": ["x/d.rs"] }).length, 1);
  assert.equal(circles({ "a.rs": ["b.rs"], "b.rs": ["x/c.rs"], "x/d.rs": ["a.rs"] }).length, 1);
  // A module and its own children are one.
  assert.deepEqual(circles({ "x/mod.rs": ["x/a.rs"], "x/a.rs": ["x/mod.rs"] }), []);
  assert.equal(circles({ "x/mod.rs": ["y.rs"], "y.rs": ["x/a.rs"] }).length, 1);
});
