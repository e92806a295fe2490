// The simulator in Deno; see `deno.js`.
import { initSync } from "./simulator_core.js";
import source module from "./simulator_core_bg.wasm";

initSync({ module });

export { Simulator } from "./simulator.js";
