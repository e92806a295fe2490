// The entry of browsers and their bundlers: the wasm is fetched while the module loads.
import init from "./core.js";
import { explain } from "./policy.js";

const wasm = new URL("./core_bg.wasm", import.meta.url);
// Once more after a failure: a page that has just lost a packet should not lose its module for good.
await init({ module_or_path: wasm })
  .catch(() => init({ module_or_path: wasm }))
  .catch(explain);

export * from "./exports.js";
