// A process that dies by SIGKILL wherever it dies, and another that goes on from the state it has stored.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { serve } from "../../simulator/serve.mjs";
import { ServiceTime } from "../service-time.mjs";
import { project } from "./project.mjs";

const CHILD = join(await project(), "killed-child.mjs");
/** Longer than a test takes: what is held back so long is held back until the process is dead. */
const HELD_MS = 600_000;
const SNAPSHOT_MS = 40;
const held = (fault) => ({ on: "createSnapshot", delayMs: HELD_MS, ...fault });
const created = (simulator) => simulator.stats().calls.createSnapshot === 1;

/** Where it is killed, the phase that is then stored, and whether the service has begun. */
const DEATHS = [
  {
    at: "the state is stored and the request has not left",
    stopAt: "checkpoint",
    line: "checkpoint",
    from: "submitting",
    begun: false,
  },
  {
    at: "the request has left and is carried out",
    faults: [held()],
    line: "checkpoint",
    once: created,
    from: "submitting",
    begun: true,
  },
  {
    at: "the request has left and is lost",
    faults: [held({ connection: "cut" })],
    line: "checkpoint",
    once: created,
    from: "submitting",
    begun: false,
  },
  { at: "the service has accepted", stopAt: "accepted", line: "accepted", from: "tracking", begun: true },
  { at: "it waits, the tracker under way", line: "progress", from: "tracking", begun: true },
];

for (const death of DEATHS) {
  for (const key of [undefined, "nightly"]) {
    test(`killed when ${death.at}, ${key === undefined ? "no key" : "with a key"}`, async (context) => {
      const folder = await mkdtemp(join(tmpdir(), "killed-"));
      const machine = "killed";
      // It stands still, but for a part of the operation, until the process is dead.
      const time = new ServiceTime();
      time.hold();
      const options = {
        snapshotMs: SNAPSHOT_MS,
        now: time.now,
        extraMachines: [machine],
        faults: death.faults ?? [],
      };
      const { url, simulator, close } = await serve({ options, control: true });
      context.after(() => Promise.all([close(), rm(folder, { recursive: true })]));
      const told = { url, machine, file: join(folder, "state.json"), key };

      await kill({ ...told, stopAt: death.stopAt }, death.line, {
        isThere: () => death.once?.(simulator) ?? true,
        onAccepted: () => time.pass(SNAPSHOT_MS / 4),
      });
      time.runOn();
      const { from, outcome, id } = await goOn(told);

      const own = simulator.snapshotsOf(machine).filter(({ madeByRequest }) => madeByRequest !== null);
      assert.equal(from, death.from);
      assert.equal(simulator.stats().made[machine] ?? 0, own.length);
      if (key === undefined && !death.begun) {
        assert.equal(outcome, "outcome_unknown");
        assert.deepEqual(own, []);
      } else {
        assert.equal(outcome, "finished");
        assert.deepEqual(
          own.map((snapshot) => snapshot.id),
          [id],
        );
      }
    });
  }
}

/** Starts a process, and kills it once it has told this line and the service is where it must be. */
async function kill(told, line, { isThere, onAccepted }) {
  const child = start(told);
  const lines = createInterface(child.stdout);
  const ended = once(child, "exit");
  for await (const text of lines) {
    if (JSON.parse(text) === "accepted") onAccepted();
    if (JSON.parse(text) === line) break;
  }
  while (!isThere()) await new Promise((resolve) => setImmediate(resolve));
  child.kill("SIGKILL");
  assert.deepEqual(await ended, [null, "SIGKILL"]);
}

/** Goes on in a fresh process; gives what it tells. */
async function goOn(told) {
  const child = start({ ...told, resume: true });
  const ended = once(child, "exit");
  const lines = [];
  for await (const text of createInterface(child.stdout)) lines.push(JSON.parse(text));
  assert.deepEqual(await ended, [0, null]);
  return lines.at(-1);
}

function start(told) {
  return spawn(process.execPath, [CHILD, JSON.stringify(told)], { stdio: ["ignore", "pipe", "inherit"] });
}
