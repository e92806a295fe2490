// The entry of Deno: the wasm comes compiled, as a part of the module graph. To read its file would take a permission.
import { initSync } from "./core.js";
import source module from "./core_bg.wasm";

initSync({ module });

export * from "./exports.js";
