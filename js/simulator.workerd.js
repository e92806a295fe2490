// The simulator in Cloudflare workers; see `workerd.js`.
import { initSync } from "./simulator_core.js";
import module from "./simulator_core_bg.wasm";

initSync({ module });

export { Simulator } from "./simulator.js";
