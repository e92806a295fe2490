import { hash } from "../edge/worker.mjs";
import { expect, READER, test } from "./edge/fixtures.ts";

test("a caller who may read only sees it, and is told what is refused", async ({ edge }) => {
  edge.time.hold();
  await edge.begun();
  const reader = await edge.enter(READER);
  await expect(reader.button(/^Under way [1-9]/)).toBeVisible();
  await reader.button("Pause submitting").click();
  await expect(reader.fleet).toContainText("The caller may not do this");
  await expect(reader.fleet).toContainText("that has the role operate");
  await expect(reader.standing).not.toContainText("Paused");
  expect(await reader.axe()).toEqual([]);
  await (await reader.plan()).click();
  const outcome = reader.page.locator("#form-outcome");
  await expect(outcome).toContainText("Nothing was begun.");
  // The plan stays, to be started by who may.
  await expect(reader.page.getByRole("button", { name: /^Start/ })).toBeVisible();
});

test("a token that is refused, and one that is right", async ({ edge }) => {
  const opened = await edge.enter("wrong-token-of-the-tests-0123456789");
  await expect(opened.banner).toContainText("Token refused");
  await expect(opened.fleets).toContainText("A caller token is needed");
  await opened.connect(edge.url);
  await expect(opened.banner).toContainText("Connected");
  await expect(opened.fleets).toContainText("The worker has no fleets.");
  await expect(opened.fleets).not.toContainText("A caller token is needed");
});

test("a caller whose token is replaced enters the new one, and the fleet is heard on", async ({ edge }) => {
  edge.time.hold();
  const opened = await edge.begun();
  const comeBack = await edge.die();
  const token = "another-token-of-the-tests-0123456789";
  await comeBack({ CALLERS: JSON.stringify([{ name: "operator", role: "operate", sha256: hash(token) }]) });
  await expect(opened.banner).toContainText("Token refused");
  await expect(opened.fleet).toContainText("A caller token is needed");
  await expect(opened.announcements).toContainText("A caller token is needed");
  await opened.banner.locator("summary").click();
  await opened.connect(edge.url, token);
  await expect(opened.banner).toContainText("Connected");
  edge.time.runOn();
  await expect(opened.standing).toHaveText(/^Over/);
  await expect(opened.fleet).not.toContainText("A caller token is needed");
  edge.madeOnce();
});

test("one that rests says why and until when, and goes on when it is told to", async ({ edge }) => {
  edge.time.hold();
  const opened = await edge.begun();
  edge.simulator.inject({ on: "login", times: 0, answer: { status: 403 } });
  edge.simulator.expireTokens();
  await expect(opened.standing).toContainText("At rest");
  await expect(opened.fleet).toContainText("The worker could not go on with it");
  await expect(opened.fleet).toContainText(/The worker tries again by itself, .+\. “Go on” tries now\./);
  await expect(opened.announcements).toContainText("is at rest. The worker could not go on with it");
  expect(await opened.axe()).toEqual([]);
  await opened.page.reload();
  await opened.connect(edge.url);
  await expect(opened.standing).toContainText("At rest");
  edge.simulator.clearFaults();
  edge.time.runOn();
  await opened.button("Go on").click();
  await expect(opened.standing).toHaveText(/^Over/);
  await expect(opened.fleet).not.toContainText("could not go on");
  edge.madeOnce();
});

test("the first view asks for the caller token, and sends nothing before there is one", async ({ edge }) => {
  const opened = await edge.open();
  const { page } = opened;
  const asked: string[] = [];
  page.on("request", (request) => {
    if (/\/(iaas|fleets)\b/.test(request.url())) asked.push(request.url());
  });
  await expect(opened.banner).toContainText("Not connected");
  await expect(opened.token).toBeFocused();
  await expect(page.locator(".problem, .field-error:not([hidden])")).toHaveCount(0);
  expect(await opened.axe()).toEqual([]);
  await page.keyboard.press("Enter");
  await expect(opened.token).toHaveAccessibleDescription(/the worker answers nobody without one/);
  expect(await opened.axe()).toEqual([]);
  expect(asked).toEqual([]);
  await opened.connect(edge.url);
  await expect(opened.count).toHaveText("60 machines");
  // It has opened by itself, and closes so.
  await expect(opened.token).toBeHidden();
});

test.describe("more machines than a worker takes", () => {
  test.use({ simulation: { machines: 1300, speed: 40 } });

  test("are refused before anything is sent", async ({ edge }) => {
    const opened = await edge.enter();
    const { page } = opened;
    await page.getByRole("button", { name: "Load all" }).click();
    const start = await opened.plan(1300);
    const words = page.getByText(
      /^The worker takes at most 1,000 machines in a fleet, and these are 1,\d\d\d\. Choose fewer, or run it in this tab\.$/,
    );
    await expect(words).toBeVisible();
    expect(await opened.axe()).toEqual([]);
    const posts: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST") posts.push(request.url());
    });
    await start.click();
    await expect(page.getByRole("radio", { name: "On the worker" })).toBeFocused();
    await page.keyboard.press("ArrowDown");
    await expect(words).toBeHidden();
    expect(posts).toEqual([]);
  });
});
