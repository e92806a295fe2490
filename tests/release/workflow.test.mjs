// What the workflow that publishes may not lose: it is trusted by the registry, and everybody trusts what it publishes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";

const text = readFileSync(new URL("../../.github/workflows/package.yml", import.meta.url), "utf8");
const { permissions, concurrency, jobs } = parse(text);
const { build, tarball, publish } = jobs;

test("every action is pinned by a commit, with its version beside it", () => {
  const uses = text.match(/uses: .*/g);
  assert.ok(uses.length > 0);
  for (const use of uses) assert.match(use, /^uses: actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test("a job may do what it needs, and only the one that publishes may say who it is", () => {
  assert.deepEqual(permissions, {});
  const { publish, ...others } = Object.fromEntries(
    Object.entries(jobs).map(([name, job]) => [name, job.permissions]),
  );
  assert.deepEqual(publish, { "id-token": "write" });
  for (const granted of Object.values(others)) assert.deepEqual(granted, { contents: "read" });
});

test("what is published is what was tested, and runs nothing of its own", () => {
  assert.deepEqual([...publish.needs].sort(), ["source", "tarball"]);
  assert.equal(tarball.needs, "build");
  assert.equal(publish.if, "startsWith(github.ref, 'refs/tags/v')");
  const run = publish.steps.map((step) => step.run ?? step.uses.split("@")[0]);
  assert.deepEqual(run, [
    "actions/setup-node",
    "actions/download-artifact",
    "npm publish ./packed/*.tgz --provenance --access public --ignore-scripts",
  ]);
  assert.match(concurrency["cancel-in-progress"], /!startsWith\(github.ref, 'refs\/tags\/'\)/);
});

test("one tarball goes through all jobs, and no credentials stay behind in a checkout", () => {
  const given = (name) =>
    Object.values(jobs).flatMap(({ steps }) => steps.filter(({ uses }) => uses?.startsWith(name)));
  assert.equal(given("actions/upload-artifact").length, 1);
  assert.ok(build.steps.includes(given("actions/upload-artifact")[0]));
  for (const { with: options } of given("actions/download-artifact"))
    assert.deepEqual(options, { name: "package", path: "packed" });
  for (const { with: options } of given("actions/checkout"))
    assert.deepEqual(options, { "persist-credentials": false });
});
