import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { test as base, expect } from "@playwright/test";
import { build } from "esbuild";
import { serve } from "../../simulator/serve.mjs";
import { installed } from "../package/install.mjs";

export { expect };

/** No style at all, but those that are constructed. */
export const STRICT_CSP = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const HTML = `<!doctype html><html lang="en"><meta name="color-scheme" content="light dark"><title>waiting</title>
<main><h1>Operations</h1></main>`;

/** A page of these scripts; `open` resolves once they have run. Whatever its console complains of fails the test. */
export const test = base.extend({
  service: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants to see one
    async ({}, use) => {
      const server = await serve({ staticDir: await installed() });
      await use(server.url);
      await server.close();
    },
    { scope: "worker" },
  ],

  /** What is asked for. */
  requests: async ({ page }, use) => {
    const requests = [];
    page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    await use(requests);
  },

  open: async ({ page, service, requests: _ }, use) => {
    const wrong = [];
    page.on("pageerror", (error) => wrong.push(`uncaught: ${error.message}`));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) wrong.push(message.text());
    });
    await use(async (scripts, csp = STRICT_CSP) => {
      const tags = Object.keys(scripts).map((name) => `<script type="module" src="${name}"></script>`);
      await page.route(`${service}/page/*`, (route) => {
        const name = new URL(route.request().url()).pathname.split("/").at(-1);
        return name === "index.html"
          ? route.fulfill({
              contentType: "text/html",
              headers: { "content-security-policy": csp },
              body: HTML + tags.join(""),
            })
          : route.fulfill({ contentType: "text/javascript", body: scripts[name] ?? "" });
      });
      await page.goto(`${service}/page/index.html`);
      await expect(page).toHaveTitle("ready");
    });
    expect(wrong).toEqual([]);
  },
});

export const ownScript = await readFile(new URL("page.mjs", import.meta.url), "utf8");

/** An app of a framework, with what it imports; the element comes from the installed package. */
export async function appOf(name) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`apps/${name}.mjs`, import.meta.url))],
    bundle: true,
    format: "esm",
    target: "es2022",
    // Another copy of the element: the page's own script has defined it already.
    define: {
      "process.env.NODE_ENV": `"production"`,
      __VUE_OPTIONS_API__: "true",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
    },
    write: false,
  });
  return outputFiles[0].text;
}
