import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { FleetMachine, SnapshotSpecification } from "vra-snapshots";
import type { Env } from "../env.ts";
import type { App } from "../http/app.ts";
import { authorise, type Role } from "../http/callers.ts";
import { isObject, otherThan, parsed } from "../http/json.ts";
import { Problem } from "../http/problem.ts";
import { unwrapped } from "../http/remote.ts";
import { directoryOf } from "./directory.ts";
import { type FleetObject, fleetOf } from "./object.ts";
import type { FleetOrder } from "./record.ts";
import { defined, type FleetSummary } from "./view.ts";

const MOST_MACHINES = 1_000;
const MOST_BYTES = 1_048_576;
const MOST_LISTED = 100;
const MEMBERS = ["title", "machines", "specification", "options"];
const OPTIONS = ["concurrency", "submitsPerSecond", "idempotencyKey", "stopAfterFailures", "order"];

type Asked = Context<App, "/fleets/:id">;

/** Fleets that run here: each is an object of its own. */
export function fleets(app: Hono<App>): void {
  const limit = bodyLimit({
    maxSize: MOST_BYTES,
    onError: () => {
      throw new Problem("body_too_large", `A fleet is read up to ${MOST_BYTES} bytes.`);
    },
  });
  app.post("/fleets", limit, begin);
  app.get("/fleets", list);
  app.get("/fleets/:id", async (context) => {
    return context.json(unwrapped(await theFleet(context, "read").summary()));
  });
  app.get("/fleets/:id/report", async (context) => {
    return context.json(unwrapped(await theFleet(context, "read").report()));
  });
  app.get("/fleets/:id/events", events);
  app.post("/fleets/:id/pause", async (context) => {
    return context.json(unwrapped(await theFleet(context, "operate").pause()));
  });
  app.post("/fleets/:id/unpause", async (context) => {
    return context.json(unwrapped(await theFleet(context, "operate").unpause()));
  });
  app.post("/fleets/:id/retry", limit, async (context) => {
    const fleet = theFleet(context, "operate");
    return context.json(unwrapped(await fleet.retry(await chosen(context))));
  });
}

/** @throws Problem */
function theFleet(context: Asked, role: Role): DurableObjectStub<FleetObject> {
  authorise(context.var.caller, role);
  const id = context.req.param("id");
  // An object is made by being asked: only ids that this worker gives are asked for.
  if (!/^[0-9a-f]{32}$/.test(id)) throw new Problem("not_found", "There is no fleet of this id.");
  return fleetOf(context.env, id);
}

async function begin(context: Context<App>): Promise<Response> {
  const { caller } = context.var;
  authorise(caller, "operate");
  const text = await context.req.text();
  const key = keyOf(context.req.header("idempotency-key"));
  const order: FleetOrder = {
    ...orderOf(objectOf(text, context.req.header("content-type"))),
    id:
      key === undefined
        ? hexOf(crypto.getRandomValues(new Uint8Array(16)))
        : await digestOf(`${caller.name}\n${key}`),
    createdBy: caller.name,
    fingerprint: await digestOf(text),
  };
  const { summary, isNew } = unwrapped(await fleetOf(context.env, order.id).begin(order));
  const headers = { location: `/fleets/${summary.id}`, ...(!isNew && { "idempotency-replayed": "true" }) };
  return context.json(summary, isNew ? 201 : 200, headers);
}

/** The newest first. Those that are not over are asked themselves: the directory knows how they began. */
async function list(context: Context<App>): Promise<Response> {
  authorise(context.var.caller, "read");
  const { limit, after, ...others } = context.req.query();
  if (Object.keys(others).length > 0) throw new Problem("invalid_input", "A list takes `limit` and `after`.");
  const most = limit === undefined ? 20 : Number(limit);
  if (!Number.isInteger(most) || most < 1 || most > MOST_LISTED)
    throw new Problem("invalid_input", `\`limit\` must be a whole number from 1 to ${MOST_LISTED}.`);
  const told = await directoryOf(context.env).list(most, placeOf(after));
  const content = await Promise.all(told.map((summary) => newest(context.env, summary)));
  const last = content.length === most ? content.at(-1) : undefined;
  return context.json({ content, ...(last && { after: `${last.createdAt}_${last.id}` }) });
}

async function newest(env: Env, told: FleetSummary): Promise<FleetSummary> {
  if (told.standing === "over") return told;
  try {
    const answer = await fleetOf(env, told.id).summary();
    return "value" in answer ? answer.value : told;
  } catch (error) {
    // One that does not answer is no reason to tell of none.
    console.error(error);
    return told;
  }
}

function placeOf(after: string | undefined): { createdAt: string; id: string } | undefined {
  if (after === undefined) return undefined;
  const [, createdAt = "", id = ""] = /^([0-9TZ:.-]{24})_([0-9a-f]{32})$/.exec(after) ?? [];
  if (!id) throw new Problem("invalid_input", "`after` must be what a list has given.");
  return { createdAt, id };
}

async function events(context: Asked): Promise<Response> {
  const fleet = theFleet(context, "read");
  const last = context.req.header("last-event-id");
  if (last !== undefined && !/^\d{1,15}$/.test(last))
    throw new Problem("invalid_input", "Last-Event-ID must be the id of an event.");
  const headers = last === undefined ? {} : { "last-event-id": last };
  const answer = await fleet.fetch("https://fleet/events", { headers, signal: context.req.raw.signal });
  return new Response(answer.body, answer);
}

/** @throws Problem; what is in the members the library judges. */
function orderOf(body: Record<string, unknown>): Omit<FleetOrder, "id" | "createdBy" | "fingerprint"> {
  only(body, MEMBERS, "");
  const { title, machines, specification = {}, options = {} } = body;
  if (!Array.isArray(machines) || machines.length === 0)
    throw new Problem(
      "invalid_input",
      "`machines` must be a list of ids, or of { id, name?, deploymentId?, specification? }.",
    );
  if (machines.length > MOST_MACHINES)
    throw new Problem(
      "too_many_machines",
      `A fleet has ${MOST_MACHINES} machines at the most, not ${machines.length}: begin several.`,
    );
  if (title !== undefined && (typeof title !== "string" || title.length > 200))
    throw new Problem("invalid_input", "`title` must be a text of 200 characters at the most.");
  if (!isObject(specification)) throw new Problem("invalid_input", "`specification` must be an object.");
  if (!isObject(options)) throw new Problem("invalid_input", "`options` must be an object.");
  only(options, OPTIONS, "options.");
  return {
    ...defined({ title }),
    machines: machines as (string | FleetMachine)[],
    specification: specification as SnapshotSpecification,
    options: options as FleetOrder["options"],
  };
}

async function chosen({ req }: Context<App>): Promise<string[] | undefined> {
  const text = await req.text();
  if (text === "") return undefined;
  const body = objectOf(text, req.header("content-type"));
  only(body, ["machines"], "");
  const { machines } = body;
  const isRight =
    Array.isArray(machines) && machines.length > 0 && machines.every((id) => typeof id === "string");
  if (!isRight)
    throw new Problem(
      "invalid_input",
      "`machines` must be a list of ids; without a body, all are tried again.",
    );
  return machines;
}

function objectOf(text: string, type: string | undefined): Record<string, unknown> {
  if (!/^application\/json\b/i.test(type ?? ""))
    throw new Problem("unsupported_media_type", "Send JSON as `application/json`.");
  let body: unknown;
  try {
    body = parsed(text);
  } catch {
    throw new Problem("invalid_input", "The body is no JSON.");
  }
  if (!isObject(body)) throw new Problem("invalid_input", "The body must be a JSON object.");
  return body;
}

function only(object: Record<string, unknown>, names: readonly string[], where: string): void {
  const other = otherThan(names, object);
  if (other !== undefined)
    throw new Problem(
      "invalid_input",
      `There is no ${JSON.stringify(where + other)}; there are ${names.join(", ")}.`,
    );
}

function keyOf(header: string | undefined): string | undefined {
  if (header !== undefined && !/^[\x20-\x7e]{1,255}$/.test(header))
    throw new Problem("invalid_input", "Idempotency-Key must be 1 to 255 printable ASCII characters.");
  return header;
}

/** 128 bits of it: nobody chooses both texts. */
async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return hexOf(new Uint8Array(digest, 0, 16));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
