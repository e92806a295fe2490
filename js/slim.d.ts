export * from "./index.js";
export type { PlatformModule, PlatformResponse, PlatformUrl };

import type { PlatformModule, PlatformResponse, PlatformUrl } from "./platform.js";

/** Where the WebAssembly module may come from. */
export type WasmSource =
  | PlatformModule
  | ArrayBuffer
  | ArrayBufferView
  | PlatformResponse
  | PlatformUrl
  | string
  | Promise<PlatformResponse | PlatformModule>;

/**
 * Loads the WebAssembly module; everything else in this package may be used once it has resolved. Idempotent: the
 * module is loaded once, however often this is called; after a failure the next call tries again.
 *
 * @param source - the module, its bytes, a `Response` or the URL to fetch it from: what `vra-snapshots/wasm` gives, or
 * where a copy of that file is served.
 * @throws what the runtime throws when it cannot fetch, compile or instantiate.
 */
export function init(source: WasmSource): Promise<void>;

/**
 * {@link init} without waiting, for workers that have the compiled module or the bytes at hand. A page's main thread
 * may refuse to compile so much at once.
 *
 * @throws what the runtime throws when it cannot compile or instantiate.
 */
export function initSync(source: PlatformModule | ArrayBuffer | ArrayBufferView): void;
