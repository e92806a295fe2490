// The entry of Bun: the import makes the file an asset of `bun build`, which `new URL()` does not. What it gives is a
// path, absolute where nothing was built, else relative to the output.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { initSync } from "./core.js";
import wasm from "./core_bg.wasm" with { type: "file" };

initSync({ module: readFileSync(resolve(import.meta.dirname, wasm)) });

export * from "./exports.js";
