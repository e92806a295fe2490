// What a page in Chromium costs.

/** A page in a context of its own, which is a process of its own; what fails in it fails the bench. */
export async function openPage(browser, url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.goto(url);
  return { context, page };
}

/** A clock of the CPU time that the page's main thread has used, in ms. */
export async function cpuClockOf(context, page) {
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable");
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * metrics.find(({ name }) => name === "ThreadTime").value;
  };
}
