// The package in a page with a Content-Security-Policy: what it needs of one, and what it says where that is missing.
import { expect, test } from "@playwright/test";
import { serve } from "../../simulator/serve.mjs";
import { installed } from "../package/install.mjs";

const WITH = "'self' 'wasm-unsafe-eval'";
const WITHOUT = "'self'";
const ENTRIES = "/node_modules/vra-snapshots/dist";

let server;
test.beforeAll(async () => {
  server = await serve({ staticDir: await installed(), options: { speed: 100 } });
});
test.afterAll(() => server.close());

/**
 * What the body of an async function gives in a page that may run these scripts: a text, or the error and its cause.
 * It comes as the page's own script does, since what a test evaluates in a page is not held to the policy.
 */
async function run(page, scripts, body) {
  const told = `[error, error.cause].join(" < ")`;
  const module = `document.title = await (async () => { ${body} })().catch((error) => ${told});`;
  const served = {
    "/page.html": ["text/html", `<title>waiting</title><script type="module" src="page.mjs"></script>`],
    "/page.mjs": ["text/javascript", module],
  };
  const headers = {
    "content-security-policy": `default-src 'none'; script-src ${scripts}; connect-src 'self'`,
  };
  await page.route(
    ({ pathname }) => pathname in served,
    (route) => {
      const [contentType, body] = served[new URL(route.request().url()).pathname];
      return route.fulfill({ contentType, body, headers });
    },
  );
  await page.goto(`${server.url}/page.html`);
  await expect(page).not.toHaveTitle("waiting");
  return page.title();
}

const snapshot = `
  const client = new SnapshotClient({ baseUrl: "/", auth: "simulated-token" });
  const operation = await client.createSnapshot("9e49c1f0a2b34d57", { name: "allowed" });
  return (await operation.result()).name;`;
const slim = (wasm) => `
  const { init, SnapshotClient } = await import("${ENTRIES}/slim.js");
  await init("${ENTRIES}/${wasm}"); ${snapshot}`;
const entries = {
  "vra-snapshots": `const { SnapshotClient } = await import("${ENTRIES}/browser.js"); ${snapshot}`,
  "vra-snapshots/slim": slim("core_bg.wasm"),
};

for (const [entry, body] of Object.entries(entries)) {
  test(`${entry}: a snapshot is made under 'wasm-unsafe-eval'`, async ({ page }) => {
    expect(await run(page, WITH, body)).toBe("allowed");
  });
  test(`${entry}: without it, the error says what to add`, async ({ page }) => {
    expect(await run(page, WITHOUT, body)).toMatch(
      /^Error: the page's Content-Security-Policy .* add 'wasm-unsafe-eval' to its script-src < CompileError/,
    );
  });
}

test("what fails for another reason fails as it did", async ({ page }) => {
  expect(await run(page, WITH, slim("nowhere.wasm"))).toMatch(/^Error: .* 404 .* <$/);
});
