// Random sequences of what callers and the platform do to fleets on the worker: each machine has one snapshot in the end.
// `EDGE_RANDOM_SEED` repeats the actions of a run, `EDGE_RANDOM_STEPS` sets how many there are.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { generator } from "../generator.mjs";
import { CLIENT, named, raw, service, until } from "./bench.mjs";
import { start, vars } from "./worker.mjs";

const { EDGE_RANDOM_SEED, EDGE_RANDOM_STEPS } = process.env;
const SEED = Number(EDGE_RANDOM_SEED ?? Math.floor(Math.random() * 2 ** 31));
const STEPS = Number(EDGE_RANDOM_STEPS ?? 80);
const FLEETS = 12;
const MACHINES = 6;
/** So many fleets are acted on at a time: some begin as others end, to the last step. */
const AT_A_TIME = 3;
/** One machine of each fleet fails at the service, once: what follows a real failure may be requested again. */
const FAILS = { operation: { fails: { message: "Out of space" } } };
/** What a caller may be answered, whatever the fleet does: it may not be known yet, and the change may be refused. */
const EXPECTED = new Set([200, 201, 404, 409]);

test(`${STEPS} random actions on ${FLEETS} fleets; EDGE_RANDOM_SEED=${SEED}`, async (context) => {
  const random = generator(SEED);
  const below = (count) => Math.floor(random() * count);
  const pick = (items) => items[below(items.length)];
  const ids = named(FLEETS * MACHINES, "r");
  const { url: serviceUrl, simulator } = await service({ extraMachines: ids });
  const fleets = Array.from({ length: FLEETS }, (_, place) => {
    const machines = ids.slice(place * MACHINES, (place + 1) * MACHINES);
    simulator.inject({ ...FAILS, on: { call: "createSnapshot", machine: machines[0] } });
    const key = `key-${place}`;
    // As the worker makes it of the caller and the key.
    const id = createHash("sha256").update(`operator\n${key}`).digest("hex").slice(0, 32);
    return { id, key, machines };
  });
  const storage = await mkdtemp(join(tmpdir(), "edge-random-"));
  const told = { storage, vars: vars(serviceUrl, { CLIENT: JSON.stringify(CLIENT) }) };
  let worker = await start(told);
  context.after(async () => {
    await worker.kill();
    await rm(storage, { recursive: true });
  });

  const counts = {};
  const unexpected = new Set();
  /** Asks the worker; nothing is answered while it is down. */
  const post = async (path, json, headers) => {
    const request = {
      method: "POST",
      path,
      headers: { ...(json && { "content-type": "application/json" }), ...headers },
      body: json && JSON.stringify(json),
    };
    let answer;
    try {
      answer = await raw(worker.url, request);
    } catch {
      return undefined;
    }
    if (!EXPECTED.has(answer.status)) unexpected.add(`${path} was answered ${answer.status}: ${answer.text}`);
    return answer;
  };
  const begin = ({ key, machines }) =>
    post("/fleets", { machines, options: { concurrency: 2 } }, { "idempotency-key": key });
  const changes = {
    begin,
    pause: ({ id }) => post(`/fleets/${id}/pause`),
    unpause: ({ id }) => post(`/fleets/${id}/unpause`),
    retry: ({ id }) => post(`/fleets/${id}/retry`),
    "retry of one": ({ id, machines }) => post(`/fleets/${id}/retry`, { machines: [machines[0]] }),
    "retry of two": ({ id, machines }) =>
      post(`/fleets/${id}/retry`, { machines: [machines[0], pick(machines)] }),
  };
  const names = Object.keys(changes);
  const platform = {
    "the runtime is killed": async () => {
      await worker.kill();
      // What runs at the service ends there meanwhile, and alarms become overdue.
      await sleep(below(400));
      worker = await start(told);
    },
    "the tokens run out": () => simulator.expireTokens(),
    "no token is given": () => {
      simulator.inject({ on: "login", times: 1 + below(3), answer: { status: 403 } });
      simulator.expireTokens();
    },
  };

  const open = [];
  for (let step = 0; step < STEPS; step += 1) {
    const fleet = fleets[Math.floor((step / STEPS) * (FLEETS - AT_A_TIME + 1)) + below(AT_A_TIME)];
    // Several at once, some of them the same.
    const first = pick(names);
    const chosen = [first, ...Array.from({ length: below(4) }, () => pick([first, pick(names)]))];
    for (const name of chosen) {
      counts[name] = (counts[name] ?? 0) + 1;
      open.push(changes[name](fleet));
    }
    await sleep(below(100));
    if (below(8) === 0) {
      const name = pick(["the runtime is killed", ...Object.keys(platform)]);
      counts[name] = (counts[name] ?? 0) + 1;
      await platform[name]();
    }
  }
  await Promise.all(open);

  /** Machines with more than one snapshot, or with another request accepted that no failure called for. */
  const doubles = () => {
    const { made, created } = simulator.stats();
    return ids.filter((id, place) => made[id] > 1 || created[id] > (place % MACHINES === 0 ? 2 : 1));
  };
  assert.deepEqual([doubles(), [...unexpected]], [[], []]);

  // Whatever state that left them in, they can be brought to their ends.
  simulator.clearFaults();
  const ends = fleets.map(async (fleet) => {
    await begin(fleet);
    await until(async () => {
      await changes.unpause(fleet);
      await sleep(200);
      const { standing, counts } = (await raw(worker.url, { path: `/fleets/${fleet.id}` })).json();
      if (doubles().length > 0) return true;
      if (standing !== "over") return false;
      if (counts.finished === MACHINES) return true;
      await changes.retry(fleet);
      return false;
    });
  });
  await Promise.all(ends);

  console.log(
    `random actions on the worker, seed ${SEED}: ${JSON.stringify(counts)}; ${doubles().length} doubles`,
  );
  assert.deepEqual([doubles(), [...unexpected]], [[], []]);
  assert.deepEqual(
    ids.map((id) => [id, simulator.snapshotsOf(id).length]),
    ids.map((id) => [id, 1]),
  );
});
