// A page in Chromium, with all that its user would find in the browser's console.

/**
 * Loads the page; gives its result, the complaints in its console, and the names of the wasm files it has loaded. The
 * first complaint ends the wait for a result.
 */
export async function visit(browser, url) {
  const page = await browser.newPage();
  // What hangs is ended by the test's own limit.
  page.setDefaultTimeout(0);
  const [complaints, loaded] = [[], []];
  const complained = new Promise((resolve) => {
    const complain = (text) => resolve(complaints.push(text));
    page.on("console", (message) => {
      if (["warning", "error"].includes(message.type())) complain(message.text());
    });
    page.on("pageerror", (error) => complain(error.stack));
  });
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.endsWith(".wasm")) loaded.push(pathname.split("/").at(-1));
  });
  await page.goto(url);
  await Promise.race([page.waitForFunction(() => "result" in globalThis), complained]);
  const result = await page.evaluate(() => globalThis.result);
  await page.close();
  return { result, complaints, loaded };
}
