// The entry of Vercel's edge runtime, which gives a compiled module for `?module`, and compiles no bytes.
import { initSync } from "./core.js";
import module from "./core_bg.wasm?module";

// Next.js compiles it in another realm, and what is of no `WebAssembly.Module` of this one would be taken for bytes.
Object.setPrototypeOf(module, WebAssembly.Module.prototype);
initSync({ module });

export * from "./exports.js";
