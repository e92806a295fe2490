// Browsers refuse WebAssembly to a page whose policy does not allow it, and tell so in their own words, which name
// more than is needed.

/** The shortest module that there is: whoever may not compile it may compile none. */
const EMPTY_MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** Rejects with what loading failed with; or, where no module may be loaded, with what the page lacks. */
export async function explain(cause) {
  await WebAssembly.compile(EMPTY_MODULE).catch(() => {
    const lacks =
      "the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src";
    throw new Error(lacks, { cause });
  });
  throw cause;
}
