import { keep, looks, shoot } from "../screenshots-looks.ts";
import { type EdgeConsole, expect, READER, test } from "./fixtures.ts";

for (const { look, colorScheme, width, height } of looks) {
  test.describe(look, () => {
    test.use({ colorScheme, viewport: { width, height }, mortal: true });

    test("connected to a worker", async ({ edge }) => {
      const opened = await edge.open();
      const { page } = opened;
      await expect(opened.banner).toContainText("Not connected");
      await shoot(page, `${look}-edge-first`);
      await page.keyboard.press("Enter");
      await shoot(page, `${look}-edge-token-missing`, false);
      await opened.connect(edge.url);
      const start = await opened.plan();
      await shoot(page, `${look}-edge-plan`);
      edge.time.hold();
      await start.click();
      await expect(opened.button(/^Under way 20/)).toBeVisible();
      await shoot(page, `${look}-edge-fleet`);

      const reader = await edge.enter(READER);
      await reader.button("Pause submitting").click();
      await expect(reader.fleet).toContainText("The caller may not do this");
      await shoot(reader.page, `${look}-edge-refused`);
      const comeBack = await edge.die();
      await expect(opened.fleet).toContainText("The worker does not answer");
      await shoot(page, `${look}-edge-silent`);
      await comeBack();
      edge.time.runOn();
      await expect(opened.standing).toHaveText(/^Over/);

      const late = await edge.enter();
      await expect(late.standing).toHaveText(/^Over/);
      await shoot(late.page, `${look}-edge-over`);
      await late.button(/^Failed/).click();
      await expect(late.fleet.getByText("failing-01")).toBeVisible();
      await shoot(late.page, `${look}-edge-over-failed`);
    });

    test.describe("more than a worker takes", () => {
      test.use({ simulation: { machines: 1300, speed: 40 } });

      test("machines", async ({ edge }) => {
        const opened = await edge.enter();
        await opened.page.getByRole("button", { name: "Load all" }).click();
        await opened.plan(1300);
        await expect(opened.page.getByText("The worker takes at most 1,000 machines")).toBeVisible();
        await shoot(opened.page, `${look}-edge-too-many`);
      });
    });
  });
}

test.describe("for the README", () => {
  const viewport = { width: 1280, height: 940 };
  test.use({ viewport, simulation: { machines: 400, speed: 3, snapshotSpread: 0.6 } });

  test("a fleet on the worker", async ({ edge }) => {
    const opened = await edge.enter();
    await opened.page.getByRole("button", { name: "Load all" }).click();
    await (await opened.plan(400, "60")).click();
    await reaches(opened, 62);
    await keep(opened.page, "edge");
  });
});

async function reaches({ standing }: EdgeConsole, percent: number): Promise<void> {
  await expect
    .poll(async () => Number.parseInt((await standing.textContent()) ?? "", 10), { intervals: [100] })
    .toBeGreaterThanOrEqual(percent);
}
