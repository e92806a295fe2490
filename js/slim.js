// The entry without the wasm: for service workers, lazy loading and old targets.
import load from "./core.js";

let loading;

export function init(source) {
  loading ??= load({ module_or_path: source }).then(
    () => undefined,
    (reason) => {
      // The next call tries again.
      loading = undefined;
      throw reason;
    },
  );
  return loading;
}

export * from "./exports.js";
