import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, type Page } from "@playwright/test";
import { inFewColours } from "./screenshots-png.ts";

const FOLDER = fileURLToPath(new URL("../../test-results/screenshots", import.meta.url));
/** Those of the README are written where it finds them only when that is asked for: README_PICTURES=1. */
const README_FOLDER = process.env.README_PICTURES
  ? fileURLToPath(new URL("../../docs/images", import.meta.url))
  : FOLDER;
const README_BYTES = 150 * 1024;

/** As what the pages are looked at. */
export const looks = [
  { look: "light", colorScheme: "light", width: 1440, height: 900 },
  { look: "dark", colorScheme: "dark", width: 1440, height: 900 },
  { look: "middle", colorScheme: "light", width: 900, height: 1000 },
  { look: "narrow", colorScheme: "light", width: 320, height: 720 },
  { look: "narrow-dark", colorScheme: "dark", width: 320, height: 720 },
] as const;

/** A picture of the whole page, which must fit its width. */
export async function shoot(page: Page, name: string, fullPage = true): Promise<void> {
  const [wanted, shown] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(wanted).toBeLessThanOrEqual(shown ?? 0);
  await page.screenshot({ path: `${FOLDER}/${name}.png`, fullPage, animations: "disabled" });
}

/** A picture for the README. */
export async function keep(page: Page, name: string): Promise<void> {
  await mkdir(README_FOLDER, { recursive: true });
  const path = `${README_FOLDER}/console-${name}.png`;
  await page.mouse.move(0, 0);
  const picture = inFewColours(await page.screenshot({ animations: "disabled" }));
  await writeFile(path, picture);
  expect(picture.length, path).toBeLessThanOrEqual(README_BYTES);
}
