// The imports show the structure: no circle between folders, and none between files but a module and its own children.
import assert from "node:assert/strict";
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
