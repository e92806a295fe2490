// The declarations of the packed package, compiled with what users write, wherever they write it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PLATFORMS, problemsOf, programOf, RESOLUTIONS } from "./projects.mjs";

const read = (name) => readFileSync(new URL(name, import.meta.url), "utf8");
const everywhere = { "usage.ts": read("usage.ts"), "refused.ts": read("refused.ts") };
const onPlatforms = { ...everywhere, "platform.ts": read("platform.ts") };

for (const [name, platform] of Object.entries(PLATFORMS)) {
  for (const resolution of Object.keys(RESOLUTIONS)) {
    test(`${resolution}, globals of ${name}`, () => {
      const sources = name === "none" ? everywhere : onPlatforms;
      assert.deepEqual(problemsOf(programOf(sources, resolution, platform)), []);
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
