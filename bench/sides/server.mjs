// The service over loopback HTTP, in a process of its own so that its work is nobody's. Serves files too, from memory.
import { createServer } from "node:http";
import { headersOf, Service } from "./service.js";

const TYPES = { html: "text/html", js: "text/javascript", wasm: "application/wasm" };
const service = new Service();
/** By path; given by the bench. */
let files = new Map();

const server = createServer((request, response) => {
  if (!request.url.startsWith("/iaas/")) {
    const file = files.get(request.url);
    if (file === undefined) return response.writeHead(404).end();
    const type = TYPES[request.url.split(".").at(-1)];
    response.writeHead(200, {
      "content-type": type,
      "content-length": file.length,
      "cache-control": "no-store",
    });
    return response.end(file);
  }
  let sent = "";
  request.on("data", (chunk) => {
    sent += chunk;
  });
  request.on("end", () => {
    const { status, body } = service.answer(request.method, request.url, sent);
    response.writeHead(status, headersOf(body));
    response.end(body);
  });
});
// Longer than any run: a connection that is given up in between would be counted as somebody's cost.
server.keepAliveTimeout = 600_000;

process.on("message", ({ serve }) => {
  files = new Map(serve.map(([path, base64]) => [path, Buffer.from(base64, "base64")]));
  process.send({ served: true });
});
server.listen(0, "127.0.0.1", () => process.send({ url: `http://127.0.0.1:${server.address().port}` }));
