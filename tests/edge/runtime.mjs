// workerd with the worker in it, a process of its own: it may be killed. Told what to run; says where it is reached.
import { Miniflare } from "miniflare";

const { options, storage, vars, port } = JSON.parse(process.argv[2]);
const runtime = new Miniflare({
  ...options,
  bindings: { ...options.bindings, ...vars },
  host: "127.0.0.1",
  port,
  // Nothing is asked of Cloudflare.
  cf: false,
  ...(storage === undefined ? {} : { durableObjectsPersist: storage }),
});
const url = await runtime.ready;
console.log(JSON.stringify({ url: url.origin }));
process.once("SIGTERM", async () => {
  await runtime.dispose();
  process.exit();
});
