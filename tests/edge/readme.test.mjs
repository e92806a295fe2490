// What the worker's page says, against the worker.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ask, followed, service, sum, worker } from "./bench.mjs";
import { OPERATOR } from "./worker.mjs";

const file = (path) => new URL(`../../${path}`, import.meta.url);
const text = await readFile(file("edge/README.md"), "utf8");
const firstCells = (heading, from = 0) =>
  text
    .split(`\n## ${heading}\n`)[1]
    .split("\n## ")[0]
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .slice(from)
    .map((line) => line.split("|")[1].trim().replaceAll("`", ""));

test("its examples, as written, one after the other", async () => {
  const { url: serviceUrl, simulator } = await service({ extraMachines: [], speed: 200 });
  const { url } = await worker(serviceUrl);
  const examples = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);
  assert.equal(examples.length, 2);
  // In the repository, where the package is found by its name.
  const script = file(`target/edge-readme-${process.pid}.mjs`);
  await writeFile(script, [`const WORKER = "${url}", CALLER_TOKEN = "${OPERATOR}";`, ...examples].join("\n"));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(script)]);
    const [first, second] = stdout.trim().split("\n");
    assert.equal(first, "web-prod-01 through the worker");
    assert.match(second, /^201 \d+ running$/);
    const { content } = await ask(url, "/fleets");
    const over = await followed(url, content[0].id);
    assert.equal(over.title, "Before the November patches");
    assert.ok(over.counts.finished > 30, JSON.stringify(over.counts));
    assert.ok(sum(simulator.stats().made) >= over.counts.finished);
  } finally {
    await rm(script);
  }
});

test("the table of problems has every code, with its status", async () => {
  const source = await readFile(file("edge/src/http/problem.ts"), "utf8");
  const codes = [...source.matchAll(/^ {2}(\w+): \[(\d+), /gm)].map(([, code, status]) => [code, status]);
  const rows = text.split("\n").filter((line) => /^\| `\w+` \| [0-9, ]+ \|/.test(line));
  const told = rows.map((line) => {
    const [, code, status] = line.split("|").map((cell) => cell.trim());
    return [code.replaceAll("`", ""), status.split(", ")[0]];
  });
  assert.deepEqual(told.sort(), codes.sort());
});

test("the table of settings has every setting", async () => {
  const source = await readFile(file("edge/src/env.ts"), "utf8");
  const declared = [...source.matchAll(/^ {2}([A-Z_]+)\?: string;$/gm)].map(([, name]) => name);
  assert.deepEqual(firstCells("Deploy it").sort(), [...declared, "ratelimits"].sort());
});

test("the table of calls has every call", async () => {
  const source = await readFile(file("edge/src/fleets/routes.ts"), "utf8");
  const routed = [...source.matchAll(/app\.(get|post)\("([^"]+)"/g)].map(
    ([, method, path]) => `${method.toUpperCase()} ${path.replace(":id", "{id}")}`,
  );
  assert.deepEqual(
    firstCells("Fleets")
      .filter((cell) => /^(GET|POST) /.test(cell))
      .sort(),
    routed.sort(),
  );
});
