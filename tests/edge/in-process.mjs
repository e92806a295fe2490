import { Miniflare } from "miniflare";

/** Starts workerd with the worker in it, as a child of this process. Gives where it is reached, and `stop()`. */
export async function startHere({ options, storage, vars, port = 0 }) {
  const runtime = new Miniflare({
    ...options,
    bindings: { ...options.bindings, ...vars },
    host: "127.0.0.1",
    port,
    // Nothing is asked of Cloudflare.
    cf: false,
    ...(storage === undefined ? {} : { durableObjectsPersist: storage }),
  });
  const { origin } = await runtime.ready;
  return { url: origin, stop: () => runtime.dispose() };
}
