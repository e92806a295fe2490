// <snapshot-progress> in Chromium, under a policy that allows no style and no text to become markup.
import AxeBuilder from "@axe-core/playwright";
import { expect, ownScript, test } from "./fixtures.mjs";

const MACHINE = "9e49c1f0a2b34d57";
const FAILING = "a2b3c4d5e6f70819";
const MARKUP = `<img src=x onerror="document.title='ran'">`;

test.beforeEach(async ({ open }) => open({ "page.mjs": ownScript }));

/** Begins an operation and shows it. */
async function begin(page, { machine = MACHINE, name = "before-upgrade", attributes } = {}) {
  const create = async ({ machine, name, attributes }) =>
    put(await client.createSnapshot(machine, { name }), attributes);
  await page.evaluate(create, { machine, name, attributes });
}

const pass = (page, ms) => page.evaluate((ms) => globalThis.pass(ms), ms);
const calls = (page) => page.evaluate(() => globalThis.calls());
const shown = (page) => page.locator("snapshot-progress");
const bar = (page) => page.getByRole("progressbar");
const told = (page, type) =>
  page.evaluate(
    (type) =>
      events
        .filter((event) => event.type === type)
        .map(({ detail: { progress, phase, snapshot, error } }) => ({
          progress,
          phase,
          name: snapshot?.name,
          code: error?.code,
        })),
    type,
  );

/** Nobody reads any more: so the service is asked nothing for long after the longest pause between two polls. */
async function expectSilence(page) {
  await page.waitForTimeout(100);
  const before = await calls(page);
  await page.waitForTimeout(400);
  expect(await calls(page)).toBe(before);
}

async function expectAccessible(page) {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

test("from the first percent to the snapshot", async ({ page }) => {
  await begin(page);
  await expect(bar(page)).toHaveAccessibleName(`Snapshot, machine ${MACHINE}`);
  await expect(shown(page)).toContainText("Under way");
  await pass(page, 4_000);
  await expect(bar(page)).toHaveJSProperty("value", 50);
  await expect(shown(page)).toContainText("50 %");
  await expect(shown(page)).toContainText(/Creating the snapshot/i);
  await expect(shown(page)).toContainText(/left/);
  await expectAccessible(page);

  await pass(page, 60_000);
  await expect(shown(page)).toContainText("Snapshot: before-upgrade");
  await expect(shown(page)).toContainText("100 %");
  await expect(shown(page)).toContainText("Finished");
  await expect(shown(page)).not.toContainText(/left/);
  await expectAccessible(page);
  await expectSilence(page);

  expect(await told(page, "snapshot-end")).toEqual([expect.objectContaining({ name: "before-upgrade" })]);
  const progress = await told(page, "snapshot-progress");
  expect(progress.at(-1)).toMatchObject({ progress: 100, phase: "finished" });
  expect(progress.map(({ progress }) => progress)).toContain(50);
  const changes = progress.map(({ progress, phase }) => `${progress} ${phase}`);
  expect(new Set(changes).size).toBe(changes.length);
});

test("a failure: the service's reason, and what to do", async ({ page }) => {
  await begin(page, { machine: FAILING });
  await pass(page, 60_000);
  await expect(shown(page)).toContainText("Failed");
  const message = await page.evaluate(() => element.operation.error.message);
  expect(message).not.toBe("");
  await expect(shown(page)).toContainText(message);
  await expect(shown(page)).toContainText("Remove the cause that the service names, then start again.");
  await expectAccessible(page);
  await expectSilence(page);
  expect(await told(page, "snapshot-end")).toEqual([expect.objectContaining({ code: "operation_failed" })]);
});

test("what is not known is not made up; what is submitted later is read from then on", async ({ page }) => {
  await page.evaluate((machine) => put(client.prepareSnapshot(machine, { name: "later" })), MACHINE);
  await expect(bar(page)).toBeVisible();
  await expect(bar(page)).toHaveJSProperty("position", -1);
  await expect(bar(page)).not.toHaveAttribute("value");
  await expect(shown(page)).toContainText("Not sent yet");
  await expect(shown(page)).not.toContainText("%");
  await expectAccessible(page);
  expect(await calls(page)).toBe(0);

  await page.evaluate(() => element.operation.submit());
  await pass(page, 60_000);
  await expect(shown(page)).toContainText("Snapshot: later");
});

test("a failure before the first percent leaves no bar that runs on", async ({ page }) => {
  await page.evaluate(async (machine) => {
    const operation = client.prepareSnapshot(machine);
    put(operation);
    await operation.submit().catch(() => {});
  }, "8091a2b3c4d5e6f7");
  await expect(shown(page)).toContainText("Ask for a role that may do this.");
  await expect(bar(page)).toBeHidden();
  await expectAccessible(page);
});

test("taken away it polls no more, put back it goes on", async ({ page }) => {
  await begin(page);
  await pass(page, 4_000);
  await expect(shown(page)).toContainText("50 %");
  await page.evaluate(() => element.remove());
  await expectSilence(page);

  await pass(page, 60_000);
  await page.evaluate(() => document.querySelector("main").append(element));
  await expect(shown(page)).toContainText("Snapshot: before-upgrade");
  await page.evaluate(() => document.body.append(element));
  await expect(shown(page)).toContainText("Snapshot: before-upgrade");
  expect(await told(page, "snapshot-end")).toHaveLength(1);
});

test("made and never shown, it reads nothing", async ({ page }) => {
  await begin(page);
  await page.evaluate(() => element.remove());
  await expectSilence(page);
  await page.evaluate(() => {
    const { operation } = element;
    for (let count = 0; count < 100; count++) {
      Object.assign(document.createElement("snapshot-progress"), { operation });
    }
  });
  await expectSilence(page);
});

test("moved about in one go it has one reader", async ({ page }) => {
  const readers = await page.evaluate(async () => {
    let [open, opened] = [0, 0];
    const operation = {
      ...{ kind: "create", machineId: "m", phase: "tracking", progress: 10, etaMs: undefined },
      async *watch({ signal }) {
        open++;
        opened++;
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        open--;
      },
    };
    put(operation);
    for (let count = 0; count < 5; count++) document.querySelector("main").prepend(element);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const now = open;
    element.remove();
    await new Promise((resolve) => setTimeout(resolve, 50));
    return [now, open, opened];
  });
  expect(readers).toEqual([1, 0, 1]);
});

test("a reader that knows no signal is left as well", async ({ page }) => {
  const left = await page.evaluate(async () => {
    let left = 0;
    const reader = { next: () => new Promise(() => {}), return: () => Promise.reject(new Error(left++)) };
    put({
      kind: "create",
      machineId: "m",
      phase: "tracking",
      watch: () => ({ [Symbol.asyncIterator]: () => reader }),
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    element.operation = null;
    return left;
  });
  expect(left).toBe(1);
});

test("another operation takes the place of the first, and nothing of it is left", async ({ page }) => {
  await begin(page, { machine: FAILING });
  await pass(page, 60_000);
  await expect(shown(page)).toContainText("Failed");
  await page.evaluate(async (machine) => {
    element.operation = await client.createSnapshot(machine, { name: "second" });
  }, MACHINE);
  await expect(shown(page)).toContainText("Under way");
  await expect(shown(page)).not.toContainText("Failed");
  await expect(shown(page)).not.toContainText("Remove the cause");
  await pass(page, 60_000);
  await expect(shown(page)).toContainText("Snapshot: second");
  expect((await told(page, "snapshot-end")).map(({ code, name }) => code ?? name)).toEqual([
    "operation_failed",
    "second",
  ]);
});

test("without an operation it shows nothing and reads nothing", async ({ page }) => {
  await begin(page);
  await expect(bar(page)).toBeVisible();
  await page.evaluate(() => {
    element.operation = null;
  });
  await expect(bar(page)).toBeHidden();
  await expect(shown(page)).toHaveJSProperty("offsetHeight", 0);
  await expectAccessible(page);
  await expectSilence(page);
});

test("an error that ends the reading and not the operation: said, and taken up again", async ({ page }) => {
  await begin(page);
  await pass(page, 4_000);
  await expect(shown(page)).toContainText("50 %");
  await page.evaluate(() =>
    simulator.inject(
      ["listTrackers", "getTracker"].map((on) => ({
        on,
        times: 0,
        answer: { status: 401, message: "expired" },
      })),
    ),
  );
  await expect(shown(page)).toContainText("No longer followed; it goes on at the service");
  await expect(shown(page)).toContainText("Sign in again, then follow it again.");
  await expect(shown(page)).toContainText("50 %");
  await expectAccessible(page);
  await expectSilence(page);
  expect(await told(page, "snapshot-interrupted")).toEqual([
    expect.objectContaining({ code: "unauthorized" }),
  ]);
  expect(await told(page, "snapshot-end")).toEqual([]);

  await page.evaluate(() => {
    simulator.clearFaults();
    element.resume();
  });
  await expect(shown(page)).not.toContainText("Sign in again");
  await pass(page, 60_000);
  await expect(shown(page)).toContainText("Snapshot: before-upgrade");
});

test("what others have named stays text", async ({ page }) => {
  await page.evaluate((message) => {
    simulator.inject({
      on: "createSnapshot",
      operation: { tracker: [{ untilMs: 8_000, patch: { message } }] },
    });
  }, MARKUP);
  await begin(page, { name: MARKUP, attributes: { label: MARKUP } });
  await expect(bar(page)).toHaveAccessibleName(MARKUP);
  await expect(shown(page).locator("[part=message]")).toHaveText(MARKUP);
  await pass(page, 60_000);
  await expect(shown(page).locator("[part=result]")).toHaveText(`Snapshot: ${MARKUP}`);
  await expect(page.locator("img")).toHaveCount(0);
  await expect(page).toHaveTitle("ready");
});

test("a screen reader is told of phases and of every tenth percent, not of each", async ({ page }) => {
  const announced = await page.evaluate(async () => {
    const operation = { kind: "delete", machineId: "m", phase: "tracking", progress: undefined };
    operation.watch = async function* () {
      for (let progress = 0; progress < 100; progress++) {
        operation.progress = progress;
        operation.tracker = { message: `step ${progress}` };
        yield;
      }
      Object.assign(operation, { phase: "finished", progress: 100 });
    };
    const announced = [];
    const ended = new Promise((resolve) => document.addEventListener("snapshot-end", resolve));
    put(operation);
    const region = element.shadowRoot.querySelector("[role=status]");
    new MutationObserver(() => announced.push(region.textContent)).observe(region, { childList: true });
    await ended;
    await Promise.resolve();
    return announced;
  });
  expect(announced).toHaveLength(11);
  expect(announced.at(-1)).toBe("Snapshot deletion, machine m, Finished, 100 %");
});

test("quiet, it announces nothing", async ({ page }) => {
  await begin(page, { attributes: { quiet: "" } });
  await pass(page, 60_000);
  await expect(shown(page)).toContainText("Snapshot: before-upgrade");
  await expect(page.getByRole("status")).toHaveText("");
});

test("other words, and a label of one's own", async ({ page }) => {
  await begin(page, { attributes: { label: "web-01" } });
  await expect(bar(page)).toHaveAccessibleName("web-01");
  await page.evaluate(() => {
    element.label = null;
    element.texts = {
      label: (kind, machineId) => `${kind} von ${machineId}`,
      phases: { finished: "Fertig" },
      percent: (percent) => `${percent} Prozent`,
      result: ({ name }) => `Schnappschuss „${name}“`,
    };
  });
  await expect(bar(page)).toHaveAccessibleName(`create von ${MACHINE}`);
  await expect(shown(page)).toContainText("Under way");
  await pass(page, 60_000);
  await expect(shown(page)).toContainText("Fertig");
  await expect(shown(page)).toContainText("100 Prozent");
  await expect(shown(page)).toContainText("Schnappschuss „before-upgrade“");
});

test("an operation whose memory is released stays shown as it was", async ({ page }) => {
  await begin(page);
  await pass(page, 4_000);
  await expect(shown(page)).toContainText("50 %");
  await page.evaluate(() => element.operation.free());
  await page.waitForTimeout(1_500);
  await expect(shown(page)).toContainText("50 %");
  await expectSilence(page);
});

for (const colorScheme of ["light", "dark"]) {
  test(`${colorScheme}: every state can be read`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate((machine) => put(client.prepareSnapshot(machine), { label: "prepared" }), MACHINE);
    await begin(page, { name: "made" });
    await begin(page, { machine: FAILING });
    await pass(page, 60_000);
    await expect(page.getByText("Remove the cause", { exact: false }).first()).toBeVisible();
    await expect(page.getByText("Snapshot: made").first()).toBeVisible();
    await expectAccessible(page);
  });
}

test("it looks as it is told: custom properties and parts, the page's scheme, forced colours", async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await begin(page);
  await pass(page, 4_000);
  const lookOf = (selector, property) =>
    page.evaluate(
      ([selector, property]) => getComputedStyle(element.shadowRoot.querySelector(selector))[property],
      [selector, property],
    );
  await page.emulateMedia({ colorScheme: "light" });
  expect(await lookOf("progress", "backgroundColor")).toBe("rgb(221, 227, 233)");
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await lookOf("progress", "backgroundColor")).toBe("rgb(42, 53, 63)");
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      snapshot-progress { --snapshot-progress-track-color: rgb(1, 2, 3); --snapshot-progress-bar-height: 20px; }
      snapshot-progress::part(label) { text-transform: uppercase; }
      snapshot-progress::part(running) { padding: 7px; }`);
    document.adoptedStyleSheets.push(sheet);
  });
  expect(await lookOf("progress", "backgroundColor")).toBe("rgb(1, 2, 3)");
  expect(await lookOf("progress", "height")).toBe("20px");
  expect(await lookOf("[part=label]", "textTransform")).toBe("uppercase");
  expect(await lookOf("[part~=body]", "padding")).toBe("7px");
  await page.emulateMedia({ forcedColors: "active" });
  expect(await lookOf("progress", "borderTopWidth")).toBe("1px");
  await expectAccessible(page);
});

test("it moves only where motion is welcome", async ({ page }) => {
  await page.evaluate(() => {
    const watch = () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) });
    put({ kind: "create", machineId: "m", phase: "prepared", watch });
  });
  const animation = () =>
    page.evaluate(() => getComputedStyle(element.shadowRoot.querySelector("progress")).animationName);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  // Nothing goes on yet.
  expect(await animation()).toBe("none");
  await page.evaluate(() => {
    element.operation.phase = "submitting";
  });
  await expect.poll(animation).toBe("travel");
  await page.emulateMedia({ reducedMotion: "reduce" });
  expect(await animation()).toBe("none");
});
