// What the tests of the worker share: a service and a worker in front of it, and how they are asked.
import { request } from "node:http";
import { after } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { serve } from "../../simulator/serve.mjs";
import { CLIENT as HURRIED } from "../fleet-faults.mjs";
import { ServiceTime } from "../service-time.mjs";
import { OPERATOR, start, vars } from "./worker.mjs";

/** Quick to ask again, and patient with a service that shares its machine: what is late is not lost here. */
export const CLIENT = { ...HURRIED, requestTimeoutMs: 30_000 };

/** A simulated service over HTTP, and its time; it ends with the tests of the file. */
export async function service(options = {}) {
  const time = new ServiceTime();
  const running = await serve({ options: { speed: 40, now: time.now, ...options }, control: true });
  after(running.close);
  return { ...running, time };
}

/** A worker in front of it; it ends with the tests of the file. */
export async function worker(serviceUrl, { settings, ...more } = {}) {
  const told = vars(serviceUrl, { CLIENT: JSON.stringify(CLIENT), ...settings });
  const running = await start({ vars: told, ...more });
  after(running.kill);
  return running;
}

/**
 * Sends it as it is: `fetch` would put the path in order. With `token` null, without one. Each request has a connection of its
 * own, for one whose body was not read is closed. Gives the status, the headers, and the body.
 */
export function raw(url, { method = "GET", path, token = OPERATOR, headers = {}, body } = {}) {
  const { hostname, port } = new URL(url);
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, method, path, agent: false, headers: { ...authorization, ...headers } },
      async (answer) => {
        try {
          const parts = [];
          for await (const part of answer) parts.push(part);
          const text = Buffer.concat(parts).toString();
          resolve({ status: answer.statusCode, headers: answer.headers, text, json: () => JSON.parse(text) });
        } catch (error) {
          // The worker may die in the midst of an answer.
          reject(error);
        }
      },
    );
    sent.on("error", reject);
    // In parts: its length is not told before.
    if (Array.isArray(body)) for (const part of body) sent.write(part);
    sent.end(Array.isArray(body) ? undefined : body);
  });
}

/** Asks the worker's own API; gives the body. Fails for another status than this one. */
export async function ask(url, path, { method = "GET", token = OPERATOR, json, headers, status = 200 } = {}) {
  const answer = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(json !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  const text = await answer.text();
  if (answer.status !== status) throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** Begins a fleet; gives what is told of it. */
export function begin(url, machines, { headers, status = 201, token, ...more } = {}) {
  return ask(url, "/fleets", { method: "POST", json: { machines, ...more }, headers, status, token });
}

/** A fleet as it is told, until it is over or this is true of it; the streams that are cut are opened anew. */
export async function followed(url, id, isEnough = () => false) {
  let last;
  for (;;) {
    try {
      for await (const event of await events(url, id, last?.id)) {
        last = event;
        if (isEnough(event.data.fleet)) return event.data.fleet;
      }
      if (last?.event === "end") return last.data.fleet;
    } catch {
      // The worker is not there at the moment.
      await sleep(50);
    }
  }
}

/** The events of a fleet, with their data parsed. */
export async function events(url, id, last, { token = OPERATOR } = {}) {
  const headers = { authorization: `Bearer ${token}`, ...(last !== undefined && { "last-event-id": last }) };
  const answer = await fetch(`${url}/fleets/${id}/events`, { headers });
  if (answer.status === 204) return [];
  if (!answer.ok) throw new Error(`the events were answered ${answer.status}: ${await answer.text()}`);
  return answer.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .pipeThrough(
      new TransformStream({
        transform: ({ id, event, data }, controller) =>
          controller.enqueue({ id, event, data: JSON.parse(data) }),
      }),
    );
}

/** Nobody says when: it must come to this by itself. */
export async function until(condition) {
  while (!(await condition())) await sleep(20);
}

/** Ids of machines that can be snapshot, for `extraMachines`. */
export const named = (count, prefix = "m") =>
  Array.from({ length: count }, (_, place) => `${prefix}-${String(place).padStart(4, "0")}`);

export const sum = (numbers) => Object.values(numbers).reduce((one, other) => one + other, 0);
