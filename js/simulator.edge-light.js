// The simulator in Vercel's edge runtime; see `edge-light.js`.
import { initSync } from "./simulator_core.js";
import module from "./simulator_core_bg.wasm?module";

Object.setPrototypeOf(module, WebAssembly.Module.prototype);
initSync({ module });

export { Simulator } from "./simulator.js";
