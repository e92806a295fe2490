import type { Locator } from "@playwright/test";
import { type Console, expect, test } from "./fixtures.ts";

const MARKUP = "<img src=x onerror=document.title='ran'>";

const HURRIED = { speed: 40 };

type States = Record<string, (console: Console) => Promise<Locator>>;

// Every state of what connects, chooses and asks; those of operations and fleets are tested with them.

const connecting: States = {
  "at first": async ({ count }) => count,
  "connection open": async ({ page }) => {
    await page.locator("summary").click();
    return page.getByRole("button", { name: "Connect", exact: true });
  },
  "refresh token": async ({ page }) => {
    await page.locator("summary").click();
    await page.getByLabel("Sign in with").selectOption("a refresh token");
    return page.getByLabel("Organization");
  },
  "simulator chosen": async ({ page }) => {
    await page.locator("summary").click();
    await page.getByRole("radio", { name: "A simulator in this page" }).check();
    return page.getByLabel("Simulated machines");
  },
  "token refused": async ({ page }) => {
    await page.locator("summary").click();
    await page.getByLabel("Access token").fill("wrong");
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    return page.getByText("Token refused");
  },
};

const choosing: States = {
  "one machine chosen": async (console) => {
    await console.choose("erp-db-01");
    return console.page.getByRole("button", { name: "Revert before-upgrade" });
  },
  "one that cannot be snapshot": async (console) => {
    await console.choose("limited-01");
    return console.page.locator("#snapshot-form .notice");
  },
  "no memory": async (console) => {
    await console.choose("files-01");
    return console.page.getByText("Only a machine that is on has memory");
  },
  "a property refused": async (console) => {
    await console.choose("erp-db-01");
    await console.page.getByRole("button", { name: "Add property" }).click();
    await console.page.getByRole("textbox", { name: "Value of property 1" }).fill("alone");
    await console.submitButton.click();
    return console.page.locator("#properties-error");
  },
  "a selection planned": async (console) => {
    await console.count.getByText("60 machines").waitFor();
    await console.page.getByRole("button", { name: "Select all shown" }).click();
    await console.submitButton.click();
    return console.page.locator(".plan");
  },
  "no match": async (console) => {
    await console.search.fill("no such machine");
    return console.page.getByText("Try a part of the name");
  },
  "a machine with markup for a name": async (console) => {
    const { page } = console;
    await page.route("**/iaas/api/machines?*", async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      body.content[0].name = MARKUP;
      await route.fulfill({ response, json: body });
    });
    await page.getByRole("button", { name: "Reload", exact: true }).click();
    await console.choose(MARKUP);
    await page.getByRole("button", { name: "Revert before-upgrade" }).click();
    await expect(page.locator("img")).toHaveCount(0);
    await expect(page).toHaveTitle("Machine snapshots");
    return page.getByRole("dialog", { name: `Revert ${MARKUP}?` });
  },
};

/** Those that leave something behind in the browser. */
const working: States = {
  "operations under way and over": async (console) => {
    const { page } = console;
    for (const machine of ["failing-01", "denied-01", "web-prod-01"]) await console.take(machine);
    await console.finish("web-prod-01");
    await console.finish("failing-01", "The service could not make the snapshot");
    await page.route("**/operations/snapshots*", (route) => route.abort("connectionreset"), { times: 1 });
    const lost = await console.take("gcp-web-01");
    await console.passTimeUntil(lost.getByRole("button", { name: "Check its snapshots" }));
    await console.take("slow-01");
    await expect(console.card("slow-01")).toContainText("INPROGRESS");
    await console.choose("gcp-web-01");
    return page.getByText("It is not known what became of an earlier request");
  },
  "a snapshot of a machine that is busy": async (console) => {
    await console.take("slow-01");
    await expect(console.card("slow-01")).toContainText("INPROGRESS");
    await console.choose("slow-01");
    return console.page.getByText("Something is under way on this machine.");
  },
  "a fleet under way": async (console) => {
    const fleet = await console.beginFleet();
    await expect(fleet.getByRole("button", { name: /^Under way [1-9]/ })).toBeVisible();
    await fleet.getByRole("button", { name: "Pause submitting" }).click();
    return fleet.getByText("No other machine is submitted.");
  },
};

/** Those that are reached by waiting: here the service hurries. */
const ends: States = {
  "a fleet at its end": async (console) => {
    console.time.runOn();
    const fleet = await console.beginFleet("200");
    await expect(fleet.locator(".operation-standing")).toHaveText(/^Over/);
    await fleet.getByRole("button", { name: /^Failed/ }).click();
    await fleet.locator("summary").click();
    return fleet.getByText("The service lists no snapshot operation").first();
  },
};

test.describe("light and dark", () => {
  /** One page goes through these states, and is loaded anew for each. */
  const looks = (what: string, states: States) =>
    test(`axe finds nothing: ${what}`, async ({ console }) => {
      for (const [number, [state, reach]] of Object.entries(states).entries()) {
        if (number > 0) await console.open();
        await expect(console.count).toHaveText("60 machines");
        const shown = await reach(console);
        for (const colorScheme of ["light", "dark"] as const) {
          await console.page.emulateMedia({ colorScheme });
          await expect(shown).toBeVisible();
          // What a scheme changes is colours, and axe takes longer than all else here.
          const found = await console.axe(colorScheme === "light" ? undefined : "color-contrast");
          expect.soft(found, `${state}, ${colorScheme}`).toEqual([]);
        }
      }
    });
  looks("what connects", connecting);
  looks("what chooses and asks", choosing);
  for (const [state, reach] of Object.entries(working)) looks(state, { [state]: reach });
  test.describe("at the end", () => {
    test.use({ simulation: HURRIED });
    looks("a fleet at its end", ends);
  });
});

test.describe("narrow, and at 200 % zoom", () => {
  // 640 CSS pixels at 200 % are 320.
  test.use({ viewport: { width: 320, height: 640 } });

  const fits = (reached: readonly ((console: Console) => Promise<Locator>)[]) =>
    test("nothing is cut off, and axe finds nothing", async ({ console }) => {
      await expect(console.count).toHaveText("60 machines");
      for (const reach of reached) {
        await expect(await reach(console)).toBeVisible();
        const width = await console.page.evaluate(() => document.documentElement.scrollWidth);
        expect(width).toBeLessThanOrEqual(320);
        expect(await console.axe()).toEqual([]);
      }
    });
  const states = { ...connecting, ...choosing, ...working };
  const inOrder = ["a selection planned", "connection open", "operations under way and over"];
  fits(inOrder.flatMap((state) => states[state] ?? []));
  test.describe("at the end", () => {
    test.use({ simulation: HURRIED });
    fits(Object.values(ends));
  });

  test("targets are large enough", async ({ console }) => {
    await console.choose("erp-db-01");
    await expect(console.page.getByRole("button", { name: "Revert before-upgrade" })).toBeVisible();
    for (const button of await console.page.getByRole("button").all()) {
      if (!(await button.isVisible())) continue;
      const box = await button.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0), await button.innerText()).toBeGreaterThanOrEqual(
        23.9,
      );
    }
  });
});

test("nothing moves where no motion is wanted", async ({ console }) => {
  await console.page.emulateMedia({ reducedMotion: "reduce" });
  await console.take("slow-01");
  await expect(console.card("slow-01").getByRole("progressbar")).toBeVisible();
  await console.choose("erp-db-01");
  const moving = await console.page.evaluate(() =>
    [...document.querySelectorAll("*")]
      .flatMap((element) => [element, ...(element.shadowRoot?.querySelectorAll("*") ?? [])])
      .filter((element) => {
        const { animationName, transitionDuration } = getComputedStyle(element);
        return (
          animationName !== "none" ||
          transitionDuration.split(",").some((time) => Number.parseFloat(time) > 0)
        );
      })
      .map((element) => element.className),
  );
  expect(moving).toEqual([]);
});
