// The package in a page: what its entry does while it loads, and the README's examples as written.
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { serve } from "../../simulator/serve.mjs";
import { installed } from "./install.mjs";
import { elementExample, examples, together } from "./readme.mjs";

const PAGE = fileURLToPath(new URL("page.html", import.meta.url));
let server;
test.beforeAll(async () => {
  server = await serve({ staticDir: await installed() });
});
test.afterAll(() => server.close());

/** What the module logs, up to its end. */
async function runModule(page, code) {
  const lines = [];
  page.on("console", (message) => lines.push(message.text()));
  page.on("pageerror", (error) => lines.push(`uncaught: ${error.message}`));
  await page.route("**/page.html", (route) => route.fulfill({ path: PAGE }));
  await page.goto(`${server.url}/page.html`);
  await page.addScriptTag({ type: "module", content: `${code}\nconsole.log("the end");` });
  await expect.poll(() => lines.find((line) => /^(the end|uncaught)/.test(line))).toBeDefined();
  return lines;
}

test("importing fetches the wasm, once, and does nothing else", async ({ page }) => {
  const fetched = [];
  page.on("request", (request) => {
    if (request.resourceType() === "fetch") fetched.push(new URL(request.url()).pathname);
  });
  await page.addInitScript(() => {
    globalThis.setTimeout = () => console.log("a timer");
    crypto.getRandomValues = Math.random = () => console.log("a random number");
  });
  expect(await runModule(page, `import "vra-snapshots"; import "vra-snapshots/slim";`)).toEqual(["the end"]);
  expect(fetched).toEqual(["/node_modules/vra-snapshots/dist/core_bg.wasm"]);
});

test("the README's first example", async ({ page }) => {
  const lines = await runModule(page, examples[0]);
  expect(lines.slice(-3)).toEqual([
    "99 % Finished",
    expect.stringMatching(/^before-upgrade \S+$/),
    "the end",
  ]);
});

test("the README's element, after its first example", async ({ page }) => {
  const ended = `await new Promise((resolve) => element.addEventListener("snapshot-end", resolve));`;
  const lines = await runModule(page, `${examples[0]}\n${elementExample}\n${ended}`);
  expect(lines.slice(-2)).toEqual(["shown", "the end"]);
  await expect(page.getByRole("progressbar")).toHaveJSProperty("value", 100);
});

test("all of the README's examples", async ({ page }) => {
  const url = "/node_modules/vra-snapshots/dist/core_bg.wasm";
  const lines = await runModule(page, `globalThis.wasmOfThePackage = "${url}";\n${together}`);
  expect(lines).toContain("forbidden 403 false");
  expect(lines.at(-1)).toBe("the end");
});
