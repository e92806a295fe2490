// The simulator over loopback HTTP, in a process of its own, for one fleet: it is told the time with each request, and
// counts what comes and goes.
import { AsyncLocalStorage } from "node:async_hooks";
import { createServer } from "node:http";
import { Simulator } from "vra-snapshots/simulator";
import { bestTime } from "./best-time.mjs";
import { START_MS } from "./virtual-time.mjs";

const HOST = "http://simulated.test";
/** The well-known ones come first, and not all of them are well-behaved. */
const WELL_KNOWN = 14;
/** What the header of the time has: no client would send it. */
const TOLD_BYTES = `x-simulated-now: ${START_MS}\r\n`.length;

const { machines: wanted, concurrency, options } = JSON.parse(process.argv[2]);
// Some cannot be snapshot, some are at their limits.
const all = { ...options, machines: Math.min(65_535, Math.ceil(wanted * 1.6) + 60) };
const told = new AsyncLocalStorage();
const simulator = new Simulator({ ...all, now: () => told.getStore() ?? START_MS });
const machines = await suitable();

let requests = 0;
const sockets = new Set();
const bytes = { received: 0, sent: 0 };

const server = createServer((request, response) => {
  requests += 1;
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", async () => {
    const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
    const { method, headers, url } = request;
    const now = Number(headers["x-simulated-now"]);
    const answer = await told.run(now, () => simulator.fetch(`${HOST}${url}`, { method, headers, body }));
    const sent = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, {
      ...Object.fromEntries(answer.headers),
      "content-length": sent.length,
    });
    response.end(sent);
  });
});
// Longer than any run: virtual time passes in no time, and sometimes the garbage of thousands is collected.
server.keepAliveTimeout = 600_000;
server.on("connection", (socket) => {
  sockets.add(socket);
  socket.on("close", () => {
    count(socket);
    sockets.delete(socket);
  });
});

function count({ bytesRead, bytesWritten }) {
  bytes.received += bytesRead;
  bytes.sent += bytesWritten;
}

/** The ids of as many machines as are wanted, each of which can be snapshot. */
async function suitable() {
  const found = [];
  const headers = { authorization: `Bearer ${simulator.token}` };
  for (let skip = WELL_KNOWN; found.length < wanted; skip += 1_000) {
    const response = await simulator.fetch(`${HOST}/iaas/api/machines?$top=1000&$skip=${skip}`, { headers });
    const { content } = await response.json();
    if (content.length === 0) throw new Error(`there are no ${wanted} machines that can be snapshot`);
    for (const { id, customProperties, _links } of content) {
      const isAble = _links.operations.hrefs.some((href) => href.endsWith("/snapshots"));
      if (isAble && customProperties.snapshotLimit === undefined) found.push(id);
    }
  }
  return found.slice(0, wanted);
}

/** What has come of it, once. */
function report() {
  for (const socket of sockets) count(socket);
  const { calls, made, mostUnderWay } = simulator.stats();
  return {
    requests,
    calls,
    bytes: bytes.received + bytes.sent - requests * TOLD_BYTES,
    mostUnderWay,
    // Each machine is to have one more, and none has two.
    once: machines.filter((machine) => made[machine] === 1).length,
    made: Object.values(made).reduce((sum, count) => sum + count, 0),
  };
}

const bestMs = await bestTime({ Simulator, options: all, machines, concurrency });
process.on("message", () => process.send(report()));
server.listen(0, "127.0.0.1", () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  process.send({ url, token: simulator.token, machines, bestMs });
});
