// Faults as a client meets them: over HTTP, where sockets are really cut, and in process. Needs `dist/`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Simulator } from "vra-snapshots/simulator";
import { serve } from "../serve.mjs";

const WEB = "8b7e4a52-3c1d-4f60-9a2e-1d5c7b8e9f01";
const HEADERS = { authorization: "Bearer simulated-token", "content-type": "application/json" };
const POST = { method: "POST", headers: HEADERS, body: '{"name":"n"}' };
const CREATE = `/iaas/api/machines/${WEB}/operations/snapshots`;

/** The two ways to a simulator: over HTTP and in process. */
const WAYS = {
  "over HTTP": async () => {
    const { url, close } = await serve({ options: { speed: 1e9 }, control: true });
    const control = (method, path, body) =>
      fetch(`${url}/simulator${path}`, { method, headers: HEADERS, body: JSON.stringify(body) });
    return {
      send: (path, init) => fetch(url + path, { redirect: "manual", ...init }),
      inject: async (faults) => assert.equal((await control("POST", "/faults", faults)).status, 204),
      stats: async () => (await control("GET", "/stats")).json(),
      close,
    };
  },
  "in process": async () => {
    const simulator = new Simulator({ speed: 1e9 });
    return {
      send: (path, init) => simulator.fetch(`https://simulated.test${path}`, init),
      inject: async (faults) => simulator.inject(faults),
      stats: async () => simulator.stats(),
      close: async () => {},
    };
  },
};

/** A fault of a request for a snapshot, what the client sees, and how many snapshots are made. */
const CASES = [
  [{ connection: "refused" }, "rejected", 0],
  [{ connection: "cut" }, "rejected", 0],
  [{ connection: "cut", effect: "after" }, "rejected", 1],
  [{ connection: "cut", effect: "after", delayMs: 20 }, "rejected", 1],
  [{ effect: { afterMs: 0 } }, "rejected", 1],
  [{ connection: { cutInBody: 20 } }, "broken", 1],
  [{ connection: { cutInBody: 0 } }, "broken", 1],
  [{ delayMs: 20 }, 202, 1],
  [{ answer: { status: 401 } }, 401, 0],
  [{ answer: { status: 429, retryAfter: { inMs: 5_000 } } }, 429, 0],
  [{ answer: { status: 503 }, effect: "after" }, 503, 1],
  [{ answer: { status: 503 }, connection: { cutInBody: 5 } }, "broken", 0],
  [{ answer: { status: 302, headers: { location: "https://elsewhere.test/" } } }, 302, 0],
  [{ answer: { status: 204 } }, 204, 0],
  [{ answer: { status: 200, body: "html" }, effect: "after" }, 200, 1],
  [{ bodyBytes: 20 }, 202, 1],
  [{ bodyBytes: 0 }, 202, 1],
  [{ bodyBytes: 9_000_000 }, 202, 1],
  [{ operation: { fails: {} } }, 202, 0],
];

for (const [way, open] of Object.entries(WAYS)) {
  for (const [fault, seen, made] of CASES) {
    test(`${way}: ${JSON.stringify(fault)}`, async () => {
      const { send, inject, stats, close } = await open();
      await inject({ on: "createSnapshot", ...fault });
      if (seen === "rejected") {
        await assert.rejects(send(CREATE, POST), { name: "TypeError", message: "fetch failed" });
      } else {
        const response = await send(CREATE, POST);
        if (seen === "broken") await assert.rejects(response.arrayBuffer(), TypeError);
        else await arrives(response, seen, fault);
      }
      // Time enough for what arrives late and what is made at this speed.
      await send("/iaas/api/about");
      const told = await stats();
      assert.deepEqual([told.calls.createSnapshot, told.made[WEB] ?? 0], [1, made]);
      await close();
    });
  }
}

async function arrives(response, status, { bodyBytes, answer }) {
  assert.equal(response.status, status);
  const body = await response.arrayBuffer();
  if (bodyBytes !== undefined) assert.equal(body.byteLength, bodyBytes);
  if (answer?.headers) assert.equal(response.headers.get("location"), answer.headers.location);
  if (answer?.retryAfter) assert.match(response.headers.get("retry-after"), / GMT$/);
}

test("what arrives of a body that breaks off is its beginning", async () => {
  for (const open of Object.values(WAYS)) {
    const { send, inject, close } = await open();
    await inject({ on: "about", connection: { cutInBody: 12 } });
    const response = await send("/iaas/api/about");
    assert.ok(Number(response.headers.get("content-length")) > 12);
    const reader = response.body.getReader();
    const { value } = await reader.read();
    assert.equal(new TextDecoder().decode(value), '{"latestApiV');
    await assert.rejects(reader.read(), TypeError);
    await close();
  }
});

test("an abort ends a delay", async () => {
  for (const open of Object.values(WAYS)) {
    const { send, inject, close } = await open();
    await inject({ on: "about", delayMs: 600_000 });
    const signal = AbortSignal.timeout(20);
    await assert.rejects(send("/iaas/api/about", { signal }), { name: "TimeoutError" });
    await close();
  }
});

test("control over HTTP", async () => {
  const { url, simulator, close } = await serve({ control: true });
  const control = (method, path, body) => fetch(`${url}/simulator${path}`, { method, body });

  const began = await control("POST", "/operations", JSON.stringify({ machine: WEB, durationMs: 60_000 }));
  assert.equal(began.status, 201);
  const { tracker } = await began.json();
  const view = await fetch(`${url}/iaas/api/request-tracker/${tracker}`, { headers: HEADERS });
  assert.equal((await view.json()).name, "Power-off");
  assert.equal((await fetch(url + CREATE, POST)).status, 409);

  const trade = { method: "POST", headers: HEADERS, body: `{"refreshToken":"${simulator.refreshToken}"}` };
  const { token } = await (await fetch(`${url}/iaas/api/login`, trade)).json();
  const headers = { authorization: `Bearer ${token}` };
  assert.equal((await fetch(`${url}/iaas/api/machines`, { headers })).status, 200);
  assert.equal((await control("DELETE", "/tokens")).status, 204);
  assert.equal((await fetch(`${url}/iaas/api/machines`, { headers })).status, 401);

  await control("POST", "/faults", '[{"on":"about","times":0,"answer":{"status":500}}]');
  assert.equal((await fetch(`${url}/iaas/api/about`)).status, 500);
  assert.equal((await control("DELETE", "/faults")).status, 204);
  assert.equal((await fetch(`${url}/iaas/api/about`)).status, 200);

  const erp = await (await control("GET", "/machines/9e49c1f0a2b34d57/snapshots")).json();
  assert.deepEqual(Object.keys(erp[0]), ["id", "name", "description", "madeByRequest"]);
  assert.equal(erp.length, 2);
  const { calls } = await (await control("GET", "/stats")).json();
  assert.deepEqual(calls, { about: 2, login: 1, listMachines: 2, createSnapshot: 1, getTracker: 1 });

  for (const [path, body, told] of [
    ["/faults", '{"onn":1}', /onn/],
    ["/faults", "{", /JSON/],
    ["/operations", "{}", /machine is required/],
  ]) {
    const refused = await control("POST", path, body);
    assert.equal(refused.status, 400);
    assert.match((await refused.json()).message, told);
  }
  await close();
});

test("without control there is none", async () => {
  const { url, close } = await serve();
  for (const [method, path] of [
    ["GET", "/stats"],
    ["POST", "/faults"],
  ]) {
    assert.equal((await fetch(`${url}/simulator${path}`, { method })).status, 404);
  }
  await close();
});

test("a connection serves one request with control, and more without", async () => {
  for (const [options, header] of [
    [{ control: true }, "close"],
    [{}, "keep-alive"],
    [{ keepAlive: false }, "close"],
    [{ control: true, keepAlive: true }, "keep-alive"],
  ]) {
    const { url, close } = await serve(options);
    const response = await fetch(`${url}/iaas/api/about`);
    assert.equal(response.headers.get("connection"), header);
    await close();
  }
});

test("the whole service can be away and come back", async () => {
  const { url, offline, online, close } = await serve();
  for (let time = 0; time < 3; time++) {
    assert.equal((await fetch(`${url}/iaas/api/about`)).status, 200);
    await offline();
    await assert.rejects(fetch(`${url}/iaas/api/about`), ({ cause }) => cause.code === "ECONNREFUSED");
    await online();
  }
  await close();
});

test("in process: codes as those of sockets, and mistakes", async () => {
  const simulator = new Simulator({ faults: [{ connection: "refused" }], extraMachines: ["cut-after-01"] });
  const about = () => simulator.fetch("https://simulated.test/iaas/api/about");
  await assert.rejects(about(), ({ cause }) => cause.code === "ECONNREFUSED");
  simulator.inject([{ connection: "cut" }]);
  await assert.rejects(about(), ({ cause }) => cause.code === "ECONNRESET");
  assert.equal((await about()).status, 200);

  const machine = "https://simulated.test/iaas/api/machines/cut-after-01/operations/snapshots";
  await assert.rejects(simulator.fetch(machine, POST), TypeError);
  assert.equal(simulator.stats().created["cut-after-01"], 1);

  for (const [faults, told] of [
    [{ onn: 1 }, /onn/],
    [[{}, { nth: 0 }], /\[1\]: nth/],
    [undefined, /null/],
    ["cut", /cut/],
  ]) {
    assert.throws(() => simulator.inject(faults), { name: "TypeError", message: told });
  }
  assert.throws(() => simulator.beginForeign({ machine: "x" }), { name: "TypeError", message: /'x'/ });
  assert.equal(typeof simulator.beginForeign({ machine: WEB }), "string");
  assert.deepEqual(simulator.snapshotsOf("x"), []);
});
