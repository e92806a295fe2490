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

// A platform decides which globals there are, a resolution which files are loaded: one is checked with all of the
// other, not each with each. Every resolution is checked with the fewest and with the most globals.
for (const [name, platform] of Object.entries(PLATFORMS)) {
  const resolutions = ["none", "node and dom"].includes(name) ? Object.keys(RESOLUTIONS) : ["nodenext"];
  for (const resolution of resolutions) {
    test(`${resolution}, globals of ${name}`, () => {
      assert.deepEqual(problemsOf(programOf(sourcesOn(name), resolution, platform)), []);
    });
  }
}

test("every resolution loads the same declarations", () => {
  const [first, ...others] = Object.keys(RESOLUTIONS).map((resolution) =>
    programOf(importing, resolution, PLATFORMS.none)
      .getSourceFiles()
      .map(({ fileName }) => fileName),
  );
  for (const files of others) assert.deepEqual(files, first);
});

test("the lines that tell React's types of the element", () => {
  const [, comment] = /```ts\n(.*?)```/s.exec(
    readFileSync(new URL("../../js/element.d.ts", import.meta.url), "utf8"),
  );
  const sources = {
    // What these lines need of React's types, by the same names.
    "react.d.ts": `declare module "react" {
      export interface HTMLAttributes<T> { className?: string; onClick?: (event: { currentTarget: T }) => void }
      export interface RefAttributes<T> { ref?: { current: T | null } }
      export namespace JSX { interface IntrinsicElements { div: HTMLAttributes<HTMLDivElement> } }
    }`,
    "lines.ts": comment.replaceAll(/^ \* ?/gm, ""),
    "used.ts": `import type { JSX } from "react";
      export type Element = JSX.IntrinsicElements["snapshot-progress"];
      const element: Element = { operation: null, "onsnapshot-end": ({ detail }) => detail.snapshot?.id };
      // @ts-expect-error: no operation
      element.operation = "tracking";`,
  };
  assert.deepEqual(problemsOf(programOf(sources, "bundler", PLATFORMS.dom)), []);
});

const required = {
  "required.cts": `import lib = require("vra-snapshots");\nnew lib.SnapshotClient({ baseUrl: "/" });`,
};
test("a CommonJS module may require it where the runtime may", () => {
  assert.deepEqual(problemsOf(programOf(required, "nodenext", PLATFORMS.node)), []);
  const [problem] = problemsOf(programOf(required, "node16", PLATFORMS.node));
  assert.match(problem, /ES module/);
});
