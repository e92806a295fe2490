// The simulator in browsers and their bundlers: the wasm is fetched while the module loads.

import { explain } from "./policy.js";
import init from "./simulator_core.js";

const wasm = new URL("./simulator_core_bg.wasm", import.meta.url);
// Once more after a failure, as the client's entry does it.
await init({ module_or_path: wasm })
  .catch(() => init({ module_or_path: wasm }))
  .catch(explain);

export { Simulator } from "./simulator.js";
