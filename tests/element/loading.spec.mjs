// How the element comes into a page: what it loads, and what it finds there.
import { appOf, expect, ownScript, STRICT_CSP, test } from "./fixtures.mjs";

const ELEMENT = "/node_modules/vra-snapshots/dist/element.js";
const shown = (page) => page.locator("snapshot-progress");
const MACHINE = "9e49c1f0a2b34d57";

test("importing it loads one file: no wasm, and nothing of the client", async ({ page, open, requests }) => {
  await open({ "only.mjs": `import "${ELEMENT}"; document.title = "ready";` });
  expect(await page.evaluate(() => typeof customElements.get("snapshot-progress"))).toBe("function");
  expect(requests.filter((path) => path.startsWith("/node_modules/"))).toEqual([ELEMENT]);
});

test("a bundler keeps it, though nothing of it is used by name", async ({ page, open }) => {
  await open({ "app.mjs": `${await appOf("react")}\ndocument.title = "ready";` });
  expect(await page.evaluate(() => typeof customElements.get("snapshot-progress"))).toBe("function");
});

test("a second copy of it throws nothing, and leaves the first", async ({ page, open }) => {
  const code = `import { SnapshotProgress } from "${ELEMENT}";
    const other = await import("${ELEMENT}?other");
    globalThis.same = [customElements.get("snapshot-progress") === SnapshotProgress, other.SnapshotProgress === SnapshotProgress];
    document.title = "ready";`;
  await open({ "twice.mjs": code });
  expect(await page.evaluate(() => globalThis.same)).toEqual([true, false]);
});

test("what was set before it was defined counts", async ({ page, open }) => {
  const code = `const early = document.createElement("snapshot-progress");
    const watch = async function* () {};
    early.operation = { kind: "create", machineId: "m", phase: "finished", progress: 100, snapshot: { id: "s" }, watch };
    early.label = "early";
    document.querySelector("main").append(early);
    await import("${ELEMENT}");
    document.title = "ready";`;
  await open({ "early.mjs": code });
  await expect(page.getByRole("progressbar", { name: "early" })).toHaveJSProperty("value", 100);
  await expect(shown(page)).toContainText("Snapshot: s");
});

test("where no sheet can be constructed it is bare, readable, and breaks no policy", async ({
  page,
  open,
}) => {
  await page.addInitScript(() => {
    delete ShadowRoot.prototype.adoptedStyleSheets;
    delete Document.prototype.adoptedStyleSheets;
    globalThis.CSSStyleSheet = class {
      replaceSync() {}
    };
  });
  await open({ "page.mjs": ownScript });
  await page.evaluate(
    async (machine) => put(await client.createSnapshot(machine, { name: "bare" })),
    MACHINE,
  );
  await page.evaluate(() => pass(60_000));
  await expect(shown(page)).toContainText("Snapshot: bare");
  await expect(page.getByRole("progressbar")).toBeVisible();
  await expect(page.getByRole("status")).toHaveCSS("clip-path", "inset(50%)");
});

for (const framework of ["react", "vue"]) {
  test(`${framework}: properties are set, events are heard, unmounting ends the reading`, async ({
    page,
    open,
  }) => {
    // Vue asks for a policy of its own name while it loads, needed or not.
    const csp = STRICT_CSP.replace("trusted-types 'none'", "trusted-types vue");
    await open({ "app.mjs": await appOf(framework), "page.mjs": ownScript }, csp);
    await page.evaluate(async (machine) => {
      const operation = async (name) => {
        const operation = await client.createSnapshot(machine, { name });
        pass(4_000);
        return operation;
      };
      const first = await operation("first");
      pass(60_000);
      await first.result();
      globalThis.unmount = mount([first, await operation("second")]);
    }, MACHINE);
    await expect(page.getByRole("progressbar", { name: "operation 0" })).toHaveJSProperty("value", 100);
    await expect(shown(page)).toHaveJSProperty("quiet", false);
    await expect(page.locator("output")).toHaveText("first");

    await page.getByRole("button", { name: "next" }).click();
    await expect(page.getByRole("progressbar", { name: "operation 1" })).toHaveJSProperty("value", 50);
    await expect(shown(page)).toHaveJSProperty("quiet", true);
    const calls = () => page.evaluate(() => globalThis.calls());
    const before = await calls();
    await expect.poll(calls).toBeGreaterThan(before);
    await page.evaluate(() => globalThis.unmount());
    await expect(shown(page)).toHaveCount(0);
    await page.waitForTimeout(100);
    const after = await calls();
    await page.waitForTimeout(400);
    expect(await calls()).toBe(after);
  });
}
