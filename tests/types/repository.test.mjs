// The TypeScript projects of this repository compile.
import assert from "node:assert/strict";
import { test } from "node:test";
import { problemsOfProject } from "./projects.mjs";

for (const name of ["www", "tests/console", "edge"]) {
  test(`${name} compiles`, () => assert.deepEqual(problemsOfProject(name), []));
}
