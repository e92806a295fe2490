/**
 * The client's WebAssembly module, for bundlers that leave `new URL("./x.wasm", import.meta.url)` alone. What the
 * import gives is up to the loader: the file's URL, relative to the output, with esbuild's `file` and Rollup's url
 * plugin, for which this is typed; its bytes with esbuild's `binary`; the compiled module with wrangler.
 *
 * ```js
 * import { init } from "vra-snapshots/slim";
 * import wasm from "vra-snapshots/wasm";
 *
 * await init(new URL(wasm, import.meta.url));
 * ```
 *
 * Vite, webpack and Rspack take an import of a `.wasm` file for something else, and need none: there it is
 * `await init(new URL("vra-snapshots/wasm", import.meta.url))`.
 *
 * @packageDocumentation
 */

/** The URL of the client's WebAssembly module. */
declare const wasm: string;
export default wasm;
