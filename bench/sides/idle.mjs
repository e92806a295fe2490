// What operations weigh that wait for their next poll, in bytes each. Needs `--expose-gc`.
import { CONTESTANTS } from "../contestants/index.js";
import { memories } from "./memories.mjs";
import { Service } from "./service.js";
import { stubOf, turn } from "./stub.js";
import { MACHINE, settings } from "./work.js";

const OPERATIONS = 5_000;
/** So many are begun at a time: a client's memory need not hold them all in mid-request. */
const AT_ONCE = 50;
const AN_HOUR = 3_600_000;

const { connect } = await CONTESTANTS[process.argv[2]]();
// What it kept would be counted as the client's.
const service = new Service({ forgetful: true });
const client = connect(
  settings({ baseUrl: "https://vra.example.com", fetch: stubOf(service), delayMs: AN_HOUR }),
);
const waiting = [];

async function begin(count) {
  for (let begun = 0; begun < count; begun += 1) {
    waiting.push(client.createSnapshot(MACHINE, { name: `idle-${waiting.length}` }));
    if (begun % AT_ONCE === AT_ONCE - 1) await quiet();
  }
  await quiet();
}

/** Until nothing is sent any more. */
async function quiet() {
  for (let calm = 0, seen = -1; calm < 20; calm += 1) {
    await turn();
    if (service.requests !== seen) calm = 0;
    seen = service.requests;
  }
}

async function bytesNow() {
  for (let times = 0; times < 4; times += 1) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const wasm = memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  return { js: process.memoryUsage().heapUsed, wasm };
}

// The first ones pay for compiled code and for memory that is taken in advance.
await begin(500);
const before = await bytesNow();
await begin(OPERATIONS);
const after = await bytesNow();
const each = (part) => (after[part] - before[part]) / OPERATIONS;
process.send({ js: each("js"), wasm: each("wasm") }, () => process.exit());
