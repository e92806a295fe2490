// The simulator as an HTTP server, with the console's files on the same origin where there are any.
import { AsyncLocalStorage } from "node:async_hooks";
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createAdaptorServer } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { cors } from "hono/cors";
import { Simulator } from "vra-snapshots/simulator";
import { control as controlOf } from "./control.mjs";
import { answer } from "./sockets.mjs";

const HOST = "127.0.0.1";
const DEFAULT_PORT = 8080;
const NOW = "x-simulated-now";

const USAGE = `node simulator/serve.mjs [options]
  --port N          the port; 0 for any that is free (${DEFAULT_PORT})
  --static FOLDER   serves the files of this folder too
  --speed N         how many times faster than a real service (1)
  --machines N      how many machines there are (60)
  --seed N          another seed, another estate (1)
  --latency N       the time that each call takes, in ms (0)
  --options JSON    any other option of the simulator
  --told-time       the header x-simulated-now of a request, ms since 1970, is the service's time for it
  --control         opens /simulator/ to whoever can reach the port: faults, what others do, what has happened
  --help            prints this`;

export async function serve({
  port = 0,
  options = {},
  staticDir,
  staticHeaders = {},
  control = false,
  keepAlive = !control,
  toldTime = false,
} = {}) {
  // What is asked for in between comes back to its own time.
  const told = new AsyncLocalStorage();
  let ahead = 0;
  const now = options.now ?? (() => Date.now());
  const simulator = new Simulator({ ...options, now: () => told.getStore() ?? now() + ahead });
  const app = new Hono();
  const open = {
    origin: "*",
    allowHeaders: ["Authorization", "Content-Type", ...(toldTime ? [NOW] : [])],
    exposeHeaders: ["Retry-After"],
  };
  for (const path of ["/iaas/*", "/tm/*"]) {
    app.use(path, cors(open));
    app.all(path, (context) => {
      const now = toldTime ? context.req.header(NOW) : undefined;
      return told.run(now && Number(now), () => answer(simulator, context));
    });
  }
  const passTime = (ms) => {
    ahead += ms;
  };
  if (control) app.use("/simulator/*", cors(open)).route("/simulator", controlOf(simulator, passTime));
  const onFound = (_, context) => {
    for (const [name, value] of Object.entries(staticHeaders)) context.header(name, value);
  };
  if (staticDir !== undefined) app.use(serveStatic({ root: staticDir, onFound }));

  const server = createAdaptorServer({ fetch: app.fetch });
  // Browsers send a request again, a POST too, if the connection had served another one before and is then cut.
  if (!keepAlive) server.prependListener("request", (_, response) => (response.shouldKeepAlive = false));
  await listen(server, port);
  const { port: taken } = server.address();
  return {
    url: `http://${HOST}:${taken}`,
    simulator,
    offline: () => close(server),
    online: () => listen(server, taken),
    close: () => close(server),
  };
}

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      const inUse = `port ${port} is in use: choose another one, or 0 for any that is free`;
      reject(cause.code === "EADDRINUSE" ? new Error(inUse, { cause }) : cause);
    });
    server.listen({ port, host: HOST }, resolve);
  });
}

function close(server) {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // Idle connections are kept open for the next request; it will not come.
    server.closeAllConnections();
  });
}

async function main() {
  const text = { type: "string" };
  const { values } = parseArgs({
    options: {
      port: text,
      static: text,
      speed: text,
      machines: text,
      seed: text,
      latency: text,
      options: text,
      "told-time": { type: "boolean" },
      control: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return console.log(USAGE);

  const given = (name) => (values[name] === undefined ? undefined : numberOf(name, values[name]));
  const running = await serve({
    port: given("port") ?? DEFAULT_PORT,
    staticDir: values.static,
    control: values.control,
    toldTime: values["told-time"],
    options: {
      ...JSON.parse(values.options ?? "{}"),
      ...defined({
        speed: given("speed"),
        machines: given("machines"),
        seed: given("seed"),
        latencyMs: given("latency"),
      }),
    },
  });
  console.log(`${running.url} is ready; Ctrl+C stops it.`);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, running.close);
}

function numberOf(name, text) {
  const number = Number(text);
  if (text.trim() === "" || Number.isNaN(number))
    throw new TypeError(`--${name} must be a number, not '${text}'`);
  return number;
}

function defined(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
