// The simulator's answers on real sockets: where it gives none, or not all of one, the socket is cut.
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";

export async function answer(simulator, context) {
  const { socket } = context.env.incoming;
  const ends = { ECONNREFUSED: () => socket.resetAndDestroy(), ECONNRESET: () => socket.destroy() };
  try {
    const response = await simulator.fetch(context.req.raw);
    // Only a body that breaks off comes with its length.
    if (!response.headers.has("content-length")) return response;
    await breakOff(response, context);
  } catch (error) {
    const end = ends[error?.cause?.code];
    if (end === undefined) throw error;
    end();
  }
  // Set twice: headers that were prepared would be merged into it, and it would no longer be known.
  context.res = undefined;
  context.res = RESPONSE_ALREADY_SENT;
}

/** Sends what there is, and cuts the socket once it is on its way. */
async function breakOff(response, context) {
  const { outgoing } = context.env;
  // Those for other origins are there already.
  const headers = [context.res.headers, response.headers].flatMap((some) => [...some]);
  outgoing.writeHead(response.status, Object.fromEntries(headers));
  outgoing.flushHeaders();
  const beginning = await beginningOf(response.body);
  await new Promise((resolve) => outgoing.write(beginning, resolve));
  outgoing.destroy();
}

async function beginningOf(body) {
  const chunks = [];
  try {
    for await (const chunk of body) chunks.push(chunk);
  } catch {
    // It breaks off here.
  }
  return Buffer.concat(chunks);
}
