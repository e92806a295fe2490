// The entry without the wasm: for service workers, lazy loading, old targets, and bundlers that leave URLs alone.
import load, { initSync as loadSync } from "./core.js";
import { explain } from "./policy.js";

let loading;

export function init(source) {
  loading ??= load({ module_or_path: source }).then(
    () => undefined,
    (reason) => {
      // The next call tries again.
      loading = undefined;
      return explain(reason);
    },
  );
  return loading;
}

export function initSync(source) {
  loadSync({ module: source });
}

export * from "./exports.js";
