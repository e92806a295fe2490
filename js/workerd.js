// The entry of Cloudflare workers: the wasm comes compiled, as a module, and bytes are never compiled there.
import { initSync } from "./core.js";
import module from "./core_bg.wasm";

initSync({ module });

export * from "./exports.js";
