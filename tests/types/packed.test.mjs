// What is published: its public declarations, and what the checkers of packages say of it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { folder } from "./projects.mjs";
import { REPORT, report } from "./report.mjs";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

test("the public declarations are those of the report", async () => {
  // `npm run api` writes it anew: a change of it is a change for users, and belongs into the changelog.
  assert.equal(report(), await readFile(REPORT, "utf8"));
});

test("publint has nothing to say", async () => {
  const { messages, pkg } = await publint({
    pkgDir: join(folder, "node_modules/vra-snapshots"),
    pack: false,
  });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

test("attw finds the types of every entry right", async () => {
  const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
  // The package is ES modules: no CommonJS build, and nothing for resolvers that do not know `exports`.
  const args = [join(folder, tarball), "--profile", "esm-only", "--no-color"];
  await run(process.execPath, ["node_modules/@arethetypeswrong/cli/dist/index.js", ...args], {
    cwd: root,
  }).catch(({ stdout }) => assert.fail(stdout));
});
