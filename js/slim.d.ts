export * from "./index.js";

/**
 * Loads the WebAssembly module; everything else in this package may be used once it has resolved. Idempotent: the
 * module is loaded once, however often this is called; after a failure the next call tries again.
 *
 * @param source the module, its bytes, a `Response` or the URL to fetch it from: a copy of
 * `vra-snapshots/dist/core_bg.wasm`.
 * @throws what the runtime throws when it cannot fetch, compile or instantiate.
 */
export function init(
  source:
    | WebAssembly.Module
    | BufferSource
    | Response
    | URL
    | string
    | Promise<Response | WebAssembly.Module>,
): Promise<void>;
