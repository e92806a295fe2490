// The simulator over real HTTP. Needs `dist/`.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { serve } from "../serve.mjs";

const PROGRAM = fileURLToPath(new URL("../serve.mjs", import.meta.url));

async function run(...args) {
  const child = spawn(process.execPath, [PROGRAM, ...args]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  return { child, output: () => output };
}

test("it serves the service", async () => {
  const { url, simulator, close } = await serve({ options: { speed: 1e9 } });
  const headers = { authorization: `Bearer ${simulator.token}`, "content-type": "application/json" };
  const machines = `${url}/iaas/api/machines`;
  const { content } = await (
    await fetch(`${machines}?$filter=${encodeURIComponent("name eq 'web-prod-01'")}`, { headers })
  ).json();
  assert.equal(content.length, 1);

  const snapshots = `${machines}/${content[0].id}`;
  const accepted = await fetch(`${snapshots}/operations/snapshots`, {
    method: "POST",
    headers,
    body: '{"name":"n"}',
  });
  assert.equal(accepted.status, 202);
  const { selfLink } = await accepted.json();
  assert.equal((await (await fetch(url + selfLink, { headers })).json()).status, "FINISHED");
  assert.equal((await fetch(url + selfLink, { method: "DELETE", headers })).status, 204);

  const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: simulator.refreshToken });
  const token = await fetch(`${url}/tm/oauth/tenant/simulated/token`, { method: "POST", body: form });
  assert.equal((await token.json()).token_type, "Bearer");
  await close();
  await assert.rejects(fetch(machines, { headers }), TypeError);
});

test("a request may tell the time", async () => {
  const start = Date.now();
  for (const toldTime of [true, false]) {
    // Without it the time is the service's own, which stands still here.
    const options = toldTime ? {} : { now: () => start };
    const { url, simulator, close } = await serve({ toldTime, options });
    const authorization = `Bearer ${simulator.token}`;
    const call = (path, now, init) =>
      fetch(url + path, {
        ...init,
        headers: { ...init?.headers, authorization, "x-simulated-now": `${now}` },
      });
    const soon = start + 60_000;
    const headers = { "content-type": "application/json" };
    const post = { method: "POST", body: "{}", headers };
    const path = "/iaas/api/machines/8b7e4a52-3c1d-4f60-9a2e-1d5c7b8e9f01/operations/snapshots";
    const { selfLink } = await (await call(path, soon, post)).json();
    const progress = async (later) => (await (await call(selfLink, soon + later)).json()).progress;
    assert.equal(await progress(4_000), toldTime ? 50 : 0);
    assert.equal(await progress(8_000), toldTime ? 100 : 0);
    await close();
  }
});

test("pages of other origins may call it, with a token", async () => {
  const { url, close } = await serve();
  const preflight = await fetch(`${url}/iaas/api/machines`, {
    method: "OPTIONS",
    headers: { origin: "https://console.test", "access-control-request-method": "POST" },
  });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
  assert.match(preflight.headers.get("access-control-allow-headers"), /Authorization/);
  assert.match(preflight.headers.get("access-control-allow-methods"), /DELETE/);

  const refused = await fetch(`${url}/iaas/api/machines`, { headers: { origin: "https://console.test" } });
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.get("access-control-allow-origin"), "*");
  assert.match(refused.headers.get("access-control-expose-headers"), /Retry-After/);
  await close();
});

test("it serves files beside the service", async () => {
  const staticDir = fileURLToPath(new URL("..", import.meta.url));
  const { url, close } = await serve({ staticDir });
  const file = await fetch(`${url}/serve.mjs`);
  assert.match(file.headers.get("content-type"), /javascript/);
  await file.text();
  for (const missing of ["/", "/nothing.js", "/%2e%2e/package.json"]) {
    assert.equal((await fetch(url + missing)).status, 404, missing);
  }
  assert.equal((await fetch(`${url}/iaas/api/about`)).status, 200);
  await close();
});

test("a port in use is told as that", async () => {
  const { url, close } = await serve();
  const port = Number(new URL(url).port);
  await assert.rejects(serve({ port }), {
    message: `port ${port} is in use: choose another one, or 0 for any that is free`,
  });

  const { child, output } = await run("--port", String(port));
  const [code] = await once(child, "close");
  assert.equal(code, 1);
  assert.match(output(), /^port \d+ is in use: .*\n$/);
  await close();
});

test("as a program it prints one line, and ends at a signal", async () => {
  for (const signal of ["SIGINT", "SIGTERM"]) {
    const { child, output } = await run("--port", "0", "--machines", "3", "--options", '{"token":"t"}');
    await once(child.stdout, "data");
    const [, url] = /^(http:\/\/127\.0\.0\.1:\d+) is ready; Ctrl\+C stops it\.\n$/.exec(output());
    const machines = await fetch(`${url}/iaas/api/machines`, { headers: { authorization: "Bearer t" } });
    assert.equal((await machines.json()).totalElements, 3);
    child.kill(signal);
    assert.deepEqual(await once(child, "close"), [0, null]);
  }
});

test("mistaken arguments are told in one line", async () => {
  for (const [args, told] of [
    [["--speed", "fast"], /^--speed must be a number, not 'fast'\n$/],
    [["--sped", "1"], /--sped/],
    [["--machines", "-1"], /--machines/],
    [["--options", '{"machnies":1}'], /machnies/],
    [["--options", "{"], /JSON/],
  ]) {
    const { child, output } = await run("--port", "0", ...args);
    const [code] = await once(child, "close");
    assert.equal(code, 1);
    assert.match(output(), told);
  }
});
