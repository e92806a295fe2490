// How long a fleet takes at best: each place is filled at the moment at which it is free, and no call takes any time.
import { START_MS } from "./virtual-time.mjs";

const HOST = "http://simulated.test";

/** In milliseconds, for these machines in this order. A simulator made alike tells how long each of them takes. */
export async function bestTime({ Simulator, options, machines, concurrency }) {
  let now = START_MS;
  const { fetch, token } = new Simulator({ ...options, now: () => now });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const path = (machine) => `${HOST}/iaas/api/machines/${machine}`;
  for (const machine of machines) {
    await fetch(`${path(machine)}/operations/snapshots`, {
      method: "POST",
      headers,
      body: '{"name":"best"}',
    });
  }
  now += 1e9;
  const free = new Array(Math.min(concurrency, machines.length)).fill(0);
  for (const machine of machines) {
    const snapshots = await (await fetch(`${path(machine)}/snapshots`, { headers })).json();
    const { createdAt } = snapshots.find(({ name }) => name === "best");
    const place = free.indexOf(Math.min(...free));
    free[place] += Date.parse(createdAt) - START_MS;
  }
  return Math.max(...free);
}
