// Runs workers for the process that has forked this one, each in a workerd of its own. It is told what to start, and says where
// that is reached; told the number again and nothing to start, it ends the worker.
import { Miniflare } from "miniflare";

const running = new Map();

async function start(id, { options, storage, vars, port }) {
  const runtime = new Miniflare({
    ...options,
    bindings: { ...options.bindings, ...vars },
    host: "127.0.0.1",
    port,
    // Nothing is asked of Cloudflare.
    cf: false,
    ...(storage === undefined ? {} : { durableObjectsPersist: storage }),
  });
  running.set(id, runtime);
  return (await runtime.ready).origin;
}

/** Miniflare ends workerd by SIGKILL, whatever it does at the moment. */
async function kill(id) {
  await running.get(id).dispose();
  running.delete(id);
}

process.on("message", async ({ id, told }) => {
  try {
    process.send({ id, url: told === undefined ? await kill(id) : await start(id, told) });
  } catch (error) {
    process.send({ id, error: String(error?.stack ?? error) });
  }
});
