import type { Page } from "@playwright/test";

/**
 * Makes a page as slow as on a busy machine, by so many milliseconds as `SUITE_STALL_MS` says: its thread does nothing else for
 * a while, again and again. To be called before the page's clock is installed, since it goes by the machine's.
 */
export async function stallWhereAsked(page: Page): Promise<void> {
  const longestMs = Number(process.env.SUITE_STALL_MS ?? 0);
  if (longestMs > 0) await page.addInitScript(stall, longestMs);
}

function stall(longestMs: number): void {
  const later = setTimeout;
  const now = performance.now.bind(performance);
  const next = () => {
    const end = now() + Math.random() * longestMs;
    while (now() < end);
    later(next, Math.random() * longestMs);
  };
  next();
}
