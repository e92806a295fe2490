// One contestant with a whole fleet, in a process of its own and in virtual time. Needs `--expose-gc`.
import { memories } from "./memories.mjs";
import { START_MS, VirtualTime } from "./virtual-time.mjs";

const LATENCY_MS = 40;
/** Between two looks at the memory. */
const LOOK_MS = 15_000;

const { FLEETS } = await import("../contestants/fleets.js");
const run = await FLEETS[process.argv[2]].load();

process.on("message", async (settings) => {
  const heapNow = () => {
    gc();
    return process.memoryUsage().heapUsed;
  };
  const wasmNow = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  const before = { heap: heapNow(), wasm: wasmNow() };
  let peak = before.heap;
  let lookingMs = 0;
  const cpuMs = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  // What is alive; what looking costs is nobody's.
  const look = () => {
    const start = cpuMs();
    peak = Math.max(peak, heapNow());
    lookingMs += cpuMs() - start;
  };
  const time = new VirtualTime({ latencyMs: LATENCY_MS, look, lookMs: LOOK_MS });
  const start = cpuMs();
  const finished = await time.run(() => run({ ...settings, fetch: globalThis.fetch }));
  const cpu = cpuMs() - start - lookingMs;
  const wasm = wasmNow();
  process.send({
    finished,
    cpuMs: cpu,
    timeMs: time.now - START_MS,
    heap: { peak, grown: peak - before.heap },
    wasm: { peak: wasm, grown: wasm - before.wasm },
  });
});
process.send("ready");
