import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What looks at the page, or at these parts of it, by these rules. */
export function axeOf(page: Page, parts: readonly string[] = []): AxeBuilder {
  // The pages have no frames. Without this mode a page is opened for each look, to put together what was found in each frame.
  const axe = new AxeBuilder({ page }).setLegacyMode().withTags(RULES);
  for (const part of parts) axe.include(part);
  return axe;
}
