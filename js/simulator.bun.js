// The simulator in Bun; see `bun.js`.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { initSync } from "./simulator_core.js";
import wasm from "./simulator_core_bg.wasm" with { type: "file" };

initSync({ module: readFileSync(resolve(import.meta.dirname, wasm)) });

export { Simulator } from "./simulator.js";
