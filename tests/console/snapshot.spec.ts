import type { Locator } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

test("a snapshot from the search to its id", async ({ console }) => {
  await expect(console.count).toHaveText("60 machines");
  await console.search.fill("WEB-PROD-01");
  await expect(console.count).toHaveText("2 of 60 machines");
  await console.machine("web-prod-01").click();
  await console.name.fill("before-patch");
  const card = console.card("web-prod-01");
  await console.submitButton.click();
  await expect(card).toContainText("before-patch");
  await expect(card).toContainText("INPROGRESS");
  const bar = card.getByRole("progressbar");
  await expect(bar).toHaveJSProperty("value", 0);
  const seen = seenIn(card);
  // It takes eight seconds, a quarter of that at this speed.
  for (const percent of [25, 50, 75]) {
    console.time.pass(500);
    await console.passTimeUntil(card.getByText(`${percent}%`));
  }
  await console.finish("web-prod-01");
  const values = await seen;
  expect(values).toEqual([...values].sort((a, b) => a - b));
  expect(values).toEqual(expect.arrayContaining([25, 50, 75]));
  expect(values.at(-1)).toBe(100);
  await expect(card).toContainText(/Created\s*\S.* 20\d\d/);
  await expect(card.locator("code")).toHaveText(/\w{8}/);
  await expect(console.announcements).toContainText("Snapshot of web-prod-01 accepted");
  await expect(console.announcements).toContainText("Snapshot of web-prod-01 finished");

  await card.getByRole("button", { name: "Dismiss" }).click();
  await expect(card).toBeHidden();
  await expect(console.page.getByText("Nothing under way")).toBeVisible();
});

test("what the form says is what the service gets", async ({ console }) => {
  const bodies = console.submitted();
  const { page } = console;
  await console.choose("web-prod-01");
  await page.getByRole("textbox", { name: "Description" }).fill("Ticket CHG-20911");
  await console.memory.check();
  const add = page.getByRole("button", { name: "Add property" });
  for (const [number, [key, value]] of [
    ["ticket", "CHG-20911"],
    ["owner", "ops"],
    ["gone", "x"],
  ].entries()) {
    await add.click();
    await page.getByRole("textbox", { name: `Key of property ${number + 1}` }).fill(key as string);
    await page.getByRole("textbox", { name: `Value of property ${number + 1}` }).fill(value as string);
  }
  await page.getByRole("button", { name: "Remove property 3" }).click();
  await console.name.fill("with everything");
  await console.submitButton.click();
  // The card is there before the request: the machine's snapshots are listed first.
  await expect(console.card("web-prod-01")).toBeVisible();
  await expect
    .poll(() => bodies)
    .toEqual([
      expect.objectContaining({
        name: "with everything",
        description: expect.stringMatching(/^Ticket CHG-20911 \[console-\w+\]$/),
        snapshotMemory: true,
        customProperties: { ticket: "CHG-20911", owner: "ops" },
      }),
    ]);
});

test("properties that cannot be sent are refused at the field", async ({ console }) => {
  const bodies = console.submitted();
  const { page } = console;
  await console.choose("web-prod-01");
  const add = page.getByRole("button", { name: "Add property" });
  await add.click();
  await page.getByRole("textbox", { name: "Value of property 1" }).fill("alone");
  await console.submitButton.click();
  const key = page.getByRole("textbox", { name: "Key of property 1" });
  await expect(key).toBeFocused();
  await expect(key).toHaveAccessibleDescription("A property needs a key; the value “alone” has none.");
  await key.fill("ticket");
  await add.click();
  await page.getByRole("textbox", { name: "Key of property 2" }).fill("ticket");
  await console.submitButton.click();
  await expect(page.getByText("The key “ticket” is there twice.")).toBeVisible();
  expect(bodies).toEqual([]);
});

test("memory and machines that have none", async ({ console }) => {
  await console.choose("web-prod-01");
  await console.memory.check();
  await console.choose("files-01");
  await expect(console.memory).toBeDisabled();
  await expect(console.memory).not.toBeChecked();
  await expect(console.memory).toHaveAccessibleDescription(/Only a machine that is on has memory to capture/);
});

test("a machine that offers no snapshot says so", async ({ console }) => {
  await console.search.fill("aws-batch-01");
  await expect(console.machine("aws-batch-01")).toHaveAccessibleName(/The service offers no snapshot here$/);
  await console.machine("aws-batch-01").click();
  await expect(console.page.locator("#snapshot-form")).toContainText(
    "The service lists no snapshot operation",
  );
});

test("several at once", async ({ console }) => {
  const machines = ["web-prod-01", "erp-db-01", "gcp-web-01"];
  for (const machine of machines) await console.take(machine);
  await expect(console.page.getByText("3 under way")).toBeVisible();
  for (const machine of machines) await console.finish(machine);
  await expect(console.page.getByText("3 over")).toBeVisible();
});

test("one submit, however often it is asked for", async ({ console }) => {
  const bodies = console.submitted();
  const { page } = console;
  const answer = gate();
  await page.route("**/operations/snapshots*", async (route) => {
    await answer.opened;
    await route.continue();
  });
  await console.choose("web-prod-01");
  await console.submitButton.dblclick();
  await expect(console.submitButton).toHaveText("Submitting…");
  await expect(console.submitButton).toBeDisabled();
  await console.name.press("Enter");
  await console.submitButton.click({ force: true });
  answer.open();
  await expect(console.card("web-prod-01")).toContainText("INPROGRESS");
  // The choice has been taken back: the next click finds nothing to submit.
  await console.submitButton.click({ force: true });
  await expect(page.getByText("Choose a machine first.")).toBeVisible();
  expect(bodies).toHaveLength(1);
});

test("what is chosen while another is submitted stays chosen", async ({ console }) => {
  const { page } = console;
  const answer = gate();
  await page.route("**/operations/snapshots*", async (route) => {
    await answer.opened;
    await route.continue();
  });
  await console.choose("web-prod-01");
  await console.submitButton.click();
  await expect(console.submitButton).toHaveText("Submitting…");
  await console.choose("erp-db-01");
  answer.open();
  await expect(page.locator("#form-outcome")).toContainText("web-prod-01: accepted.");
  await console.isChosen("erp-db-01");
  await expect(console.submitButton).toBeEnabled();
});

test("watching can stop and start again", async ({ console }) => {
  const card = await console.take("slow-01");
  await card.getByRole("button", { name: "Stop watching" }).click();
  await expect(card).toContainText("The request goes on at the service.");
  await card.getByRole("button", { name: "Watch again" }).click();
  await expect(card.getByRole("button", { name: "Stop watching" })).toBeVisible();
});

test("the whole way by keyboard", async ({ console }) => {
  const { keyboard } = console.page;
  const tabTo = async (goal: Locator) => {
    await expect(goal).toBeEnabled();
    for (let step = 0; step < 30; step++) {
      if (await goal.evaluate((element) => element === document.activeElement)) return;
      await keyboard.press("Tab");
    }
    await expect(goal).toBeFocused();
  };
  await expect(console.count).toHaveText("60 machines");
  await tabTo(console.search);
  await keyboard.type("web-prod-01");
  await keyboard.press("Enter");
  await console.isChosen("web-prod-01");
  await expect(console.list).toBeFocused();
  await tabTo(console.name);
  await keyboard.type("by keyboard");
  await tabTo(console.memory);
  await tabTo(console.page.getByRole("button", { name: "Add property" }));
  await keyboard.press("Enter");
  await keyboard.type("ticket");
  await keyboard.press("Tab");
  await keyboard.type("CHG-1");
  await tabTo(console.submitButton);
  await keyboard.press("Space");
  await tabTo(console.page.getByRole("button", { name: "Show it" }));
  await keyboard.press("Enter");
  const card = console.card("web-prod-01");
  await expect(card).toBeFocused();
  await console.finish("web-prod-01");
  await tabTo(card.getByRole("button", { name: "Dismiss" }));
  await keyboard.press("Enter");
  await expect(card).toBeHidden();
  await expect(console.page.getByRole("heading", { name: "Operations" })).toBeFocused();
});

/** Every value of the card's progress bar, until it is over. */
async function seenIn(card: Locator): Promise<number[]> {
  return card.evaluate(
    (article) =>
      new Promise<number[]>((resolve) => {
        const shadow = article.querySelector("snapshot-progress")?.shadowRoot;
        const bar = shadow?.querySelector("progress");
        const item = article.closest("li");
        if (!shadow || !bar || !item) throw new Error("no progress bar");
        const seen: number[] = [];
        const look = () => {
          if (bar.hasAttribute("value") && bar.value !== seen.at(-1)) seen.push(bar.value);
          if (item.dataset.state !== "running") resolve(seen);
        };
        const observer = new MutationObserver(look);
        observer.observe(item, { attributes: true });
        observer.observe(shadow, { attributes: true, subtree: true });
        look();
      }),
  );
}

function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
