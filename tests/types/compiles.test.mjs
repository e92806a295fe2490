// The declarations of the packed package, compiled with what users write, wherever they write it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { importing, PLATFORMS, problemsOf, programOf, RESOLUTIONS } from "./projects.mjs";

const read = (name) => readFileSync(new URL(name, import.meta.url), "utf8");
// All entries, also those that nobody would use there: their declarations may be loaded by what is.
const everywhere = { ...importing, "usage.ts": read("usage.ts"), "refused.ts": read("refused.ts") };
const onPlatforms = { ...everywhere, "platform.ts": read("platform.ts") };
const withElements = { ...onPlatforms, "element.ts": read("element.ts") };
const sourcesOn = (name) =>
  name === "none" ? everywhere : name.endsWith("dom") ? withElements : onPlatforms;

for (const [name, platform] of Object.entries(PLATFORMS)) {
  for (const resolution of Object.keys(RESOLUTIONS)) {
    test(`${resolution}, globals of ${name}`, () => {
      assert.deepEqual(problemsOf(programOf(sourcesOn(name), resolution, platform)), []);
    });
  }
}

const required = {
  "required.cts": `import lib = require("vra-snapshots");\nnew lib.SnapshotClient({ baseUrl: "/" });`,
};
test("a CommonJS module may require it where the runtime may", () => {
  assert.deepEqual(problemsOf(programOf(required, "nodenext", PLATFORMS.node)), []);
  const [problem] = problemsOf(programOf(required, "node16", PLATFORMS.node));
  assert.match(problem, /ES module/);
});
