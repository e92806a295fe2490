// One contestant with one fleet: a service and a process for it, both gone afterwards.
import { start } from "./child.mjs";
import { withinLimit } from "./rounds.mjs";

/** Of real time. Whoever does not read a body in virtual time waits for ever. */
const LONGEST_MS = 900_000;
const NAME = "before-patch-night";

/** Gives what it cost. Whoever makes another number of snapshots than one of each machine ends the bench. */
export async function fleetOf(contestant, { machines, concurrency, operationMs, options = {} }) {
  // Differences of ±10 %, so that they do not all end at a time.
  const simulated = { snapshotMs: operationMs, snapshotSpread: 0.1, ...options };
  const asked = JSON.stringify({ machines, concurrency, options: simulated });
  const service = await start("sides/fleet-service.mjs", [asked]);
  const side = await start("sides/fleet.mjs", [contestant], {
    // Sockets of a thousand calls at once, and what a loop keeps of ten thousand.
    execArgv: ["--expose-gc", "--max-old-space-size=4096"],
  });
  try {
    const { url, token, machines: ids, bestMs } = service.first;
    const task = { baseUrl: url, token, machines: ids, concurrency, name: NAME };
    const cost = await withinLimit(side.ask(task), contestant, LONGEST_MS);
    const seen = await service.ask("report");
    const { finished } = cost;
    if ([finished, seen.once, seen.made].some((count) => count !== machines)) {
      throw new Error(
        `${contestant}: of ${machines} machines ${finished} finished; ${seen.once} have one snapshot, ${seen.made} made`,
      );
    }
    return { ...cost, ...seen, bestMs, plainMs: (machines / concurrency) * operationMs };
  } finally {
    side.end();
    service.end();
  }
}
