// The simulator in Node: synchronous, as the client's entry is.
import { readFileSync } from "node:fs";
import { initSync } from "./simulator_core.js";

initSync({ module: readFileSync(new URL("./simulator_core_bg.wasm", import.meta.url)) });

export { Simulator } from "./simulator.js";
