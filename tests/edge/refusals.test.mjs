// Who is refused, and how: nothing of it reaches the service, and no answer tells a secret.
import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, followed, named, raw, service, sum, worker } from "./bench.mjs";
import { hash, OPERATOR, READER } from "./worker.mjs";

const machines = named(3);
const { url: serviceUrl, simulator } = await service({ extraMachines: machines });
const { url } = await worker(serviceUrl);
const over = await begin(url, machines);
await followed(url, over.id);

const JSON_TYPE = { "content-type": "application/json" };
const listed = { origin: "https://console.example.com" };
const post = (path, body, more = {}) => ({
  method: "POST",
  path,
  headers: JSON_TYPE,
  body: typeof body === "string" || Array.isArray(body) ? body : JSON.stringify(body),
  ...more,
});
const get = (path, more = {}) => ({ path, ...more });
const fleet = (body, more) => post("/fleets", body, more);
const snapshot = "/iaas/api/machines/m-0000/operations/snapshots";
const big = (bytes) => JSON.stringify({ description: "x".repeat(bytes) });
const other = { id: "m", typo: 1 };
const chunks = Array(40).fill(`"${"x".repeat(40_000)}",`);

/** What is asked, the status, and the code. */
const REFUSED = {
  // Who calls.
  "no token": [get("/iaas/api/machines", { token: null }), 401, "unauthorized"],
  "no token, about the service": [get("/iaas/api/about", { token: null }), 401, "unauthorized"],
  "no token, fleets": [get("/fleets", { token: null }), 401, "unauthorized"],
  "no token, a path that there is not": [get("/nowhere", { token: null }), 401, "unauthorized"],
  "a wrong token": [get("/fleets", { token: "wrong" }), 401, "unauthorized"],
  "the beginning of a token": [get("/fleets", { token: OPERATOR.slice(0, -1) }), 401, "unauthorized"],
  "a token and more": [get("/fleets", { token: `${OPERATOR}x` }), 401, "unauthorized"],
  "two tokens": [get("/fleets", { token: `${OPERATOR}, Bearer ${READER}` }), 401, "unauthorized"],
  "the hash of a token": [get("/fleets", { token: hash(OPERATOR) }), 401, "unauthorized"],
  "the service's own token": [get("/fleets", { token: "simulated-token" }), 401, "unauthorized"],
  "the refresh token": [get("/fleets", { token: "simulated-refresh-token" }), 401, "unauthorized"],
  "another scheme": [
    get("/fleets", { token: null, headers: { authorization: `Basic ${btoa(`operator:${OPERATOR}`)}` } }),
    401,
    "unauthorized",
  ],
  "a token in the address": [get(`/fleets?token=${OPERATOR}`, { token: null }), 401, "unauthorized"],
  "a very long token": [get("/fleets", { token: "x".repeat(5_000) }), 401, "unauthorized"],
  "in clear": [get("/fleets", { headers: { host: "vra.example.com" } }), 403, "insecure"],
  // What they may.
  "a reader: a snapshot": [post(snapshot, {}, { token: READER }), 403, "forbidden"],
  "a reader: a revert": [
    post("/iaas/api/machines/m/operations/revert/s", "", { token: READER }),
    403,
    "forbidden",
  ],
  "a reader: a deletion": [
    { method: "DELETE", path: "/iaas/api/machines/m/snapshots/s", token: READER },
    403,
    "forbidden",
  ],
  "a reader: a tracker's deletion": [
    { method: "DELETE", path: "/iaas/api/request-tracker/t", token: READER },
    403,
    "forbidden",
  ],
  "a reader: a fleet": [fleet({ machines }, { token: READER }), 403, "forbidden"],
  "a reader: pause": [post(`/fleets/${over.id}/pause`, "", { token: READER }), 403, "forbidden"],
  "a reader: unpause": [post(`/fleets/${over.id}/unpause`, "", { token: READER }), 403, "forbidden"],
  "a reader: retry": [post(`/fleets/${over.id}/retry`, "", { token: READER }), 403, "forbidden"],
  // From where.
  "a foreign origin": [
    get("/fleets", { headers: { origin: "https://evil.example" } }),
    403,
    "foreign_origin",
  ],
  "no origin of its own": [get("/fleets", { headers: { origin: "null" } }), 403, "foreign_origin"],
  "a listed origin, and more": [
    get("/fleets", { headers: { origin: `${listed.origin}.evil.example` } }),
    403,
    "foreign_origin",
  ],
  "a listed origin over http": [
    get("/fleets", { headers: { origin: "http://console.example.com" } }),
    403,
    "foreign_origin",
  ],
  "a preflight from a foreign origin": [
    {
      method: "OPTIONS",
      path: "/fleets",
      token: null,
      headers: { origin: "https://evil.example", "access-control-request-method": "POST" },
    },
    403,
    "foreign_origin",
  ],
  // What there is.
  "the root": [get("/"), 404, "not_found"],
  "the login, where the worker's own token is": [
    post("/iaas/api/login", { refreshToken: "simulated-refresh-token" }),
    404,
    "not_found",
  ],
  "the tenant's token": [
    post("/tm/oauth/tenant/simulated/token", "grant_type=refresh_token"),
    404,
    "not_found",
  ],
  "another part of the API": [get("/iaas/api/projects"), 404, "not_found"],
  "another operation of a machine": [post("/iaas/api/machines/m/operations/power-off", ""), 404, "not_found"],
  "another API": [get("/deployment/api/deployments"), 404, "not_found"],
  "deeper than anything": [get("/iaas/api/machines/m/snapshots/s/more"), 404, "not_found"],
  "another method": [{ method: "PUT", path: "/iaas/api/machines/m" }, 404, "not_found"],
  "a machine's deletion": [{ method: "DELETE", path: "/iaas/api/machines/m" }, 404, "not_found"],
  "the head alone": [{ method: "HEAD", path: "/iaas/api/machines" }, 404],
  "a fleet's deletion": [{ method: "DELETE", path: `/fleets/${over.id}` }, 404, "not_found"],
  "another case": [get("/IAAS/api/machines"), 404, "not_found"],
  "two slashes": [get("//iaas/api/machines"), 404, "not_found"],
  "a slash at the end": [get("/iaas/api/machines/"), 404, "not_found"],
  // Where it leads.
  "up by dots": [get("/iaas/api/machines/../../../iaas/api/login"), 404, "not_found"],
  "up by encoded dots": [get("/iaas/api/machines/%2e%2e/%2E%2E/api/login"), 404, "not_found"],
  "up by encoded slashes": [get("/iaas/api/machines/..%2f..%2fapi%2flogin"), 404, "not_found"],
  "up by backslashes": [get("/iaas/api/machines/..\\..\\api\\login"), 404, "not_found"],
  "up by encoded backslashes": [get("/iaas/api/machines/..%5c..%5clogin"), 404, "not_found"],
  "encoded twice": [get("/iaas/api/machines/%252e%252e%252flogin"), 404, "not_found"],
  "a question in an id": [get("/iaas/api/machines/m%3fapiVersion=1"), 404, "not_found"],
  "a fragment in an id": [get("/iaas/api/machines/m%23x/snapshots"), 404, "not_found"],
  "a parameter of the path": [get("/iaas/api/machines/m;v=1"), 404, "not_found"],
  "a zero byte": [get("/iaas/api/machines/m%00"), 404, "not_found"],
  "a line break": [get("/iaas/api/machines/m%0d%0aX:y"), 404, "not_found"],
  "half a character": [get("/iaas/api/machines/%c3"), 404, "not_found"],
  "a percent sign alone": [get("/iaas/api/machines/100%"), 404, "not_found"],
  "a parameter that is none of the call's": [get("/iaas/api/machines?$expand=all"), 400, "invalid_input"],
  "a parameter of another call": [get("/iaas/api/machines/m/snapshots?$filter=x"), 400, "invalid_input"],
  // What is sent.
  "a large specification": [post(snapshot, big(70_000)), 413, "body_too_large"],
  "a large specification in parts": [post(snapshot, chunks), 413, "body_too_large"],
  "a large fleet": [fleet(big(1_100_000)), 413, "body_too_large"],
  "a large fleet in parts": [fleet(chunks), 413, "body_too_large"],
  "a specification that is no JSON": [post(snapshot, "{name"), 400, "invalid_input"],
  "a specification of another type": [
    post(snapshot, "name=x", { headers: { "content-type": "application/x-www-form-urlencoded" } }),
    415,
    "unsupported_media_type",
  ],
  "a fleet that is no JSON": [fleet("{"), 400, "invalid_input"],
  "a fleet that is nothing": [fleet(""), 400, "invalid_input"],
  "a fleet of another type": [
    fleet("{}", { headers: { "content-type": "text/plain" } }),
    415,
    "unsupported_media_type",
  ],
  "a fleet of no type": [fleet("{}", { headers: {} }), 415, "unsupported_media_type"],
  "a fleet that is a list": [fleet([JSON.stringify(machines)]), 400, "invalid_input"],
  "a fleet without machines": [fleet({}), 400, "invalid_input"],
  "a fleet of no machines": [fleet({ machines: [] }), 400, "invalid_input"],
  "a fleet of more than it may": [fleet({ machines: named(1_001) }), 400, "too_many_machines"],
  "a machine twice": [fleet({ machines: ["m", "m"] }), 400, "invalid_input"],
  "a machine that is a path": [fleet({ machines: [".."] }), 400, "invalid_input"],
  "a machine that is a number": [fleet({ machines: [7] }), 400, "invalid_input"],
  "a machine with a typo": [fleet({ machines: [other] }), 400, "invalid_input"],
  "a fleet with a typo": [fleet({ machines, speciffication: {} }), 400, "invalid_input"],
  "a prototype": [fleet('{"machines":["m"],"__proto__":{"concurrency":1}}'), 400, "invalid_input"],
  "a specification with a typo": [fleet({ machines, specification: { nme: "x" } }), 400, "invalid_input"],
  "a specification that is a text": [fleet({ machines, specification: "x" }), 400, "invalid_input"],
  "an option with a typo": [fleet({ machines, options: { concurency: 1 } }), 400, "invalid_input"],
  "an option that is a function's": [fleet({ machines, options: { checkpoint: "x" } }), 400, "invalid_input"],
  "an option out of its range": [fleet({ machines, options: { concurrency: 0 } }), 400, "invalid_input"],
  "a long title": [fleet({ machines, title: "x".repeat(201) }), 400, "invalid_input"],
  "an empty key": [
    fleet({ machines }, { headers: { ...JSON_TYPE, "idempotency-key": "" } }),
    400,
    "invalid_input",
  ],
  "a long key": [
    fleet({ machines }, { headers: { ...JSON_TYPE, "idempotency-key": "x".repeat(256) } }),
    400,
    "invalid_input",
  ],
  // Fleets that there are, and are not.
  "a fleet that there is not": [get(`/fleets/${"0".repeat(32)}`), 404, "not_found"],
  "its events": [get(`/fleets/${"0".repeat(32)}/events`), 404, "not_found"],
  "its report": [get(`/fleets/${"0".repeat(32)}/report`), 404, "not_found"],
  "its pause": [post(`/fleets/${"0".repeat(32)}/pause`, ""), 404, "not_found"],
  "an id that is none": [get("/fleets/x"), 404, "not_found"],
  "an id that leads up": [get("/fleets/..%2ffleets"), 404, "not_found"],
  "an event that is none": [
    get(`/fleets/${over.id}/events`, { headers: { "last-event-id": "-1 OR 1=1" } }),
    400,
    "invalid_input",
  ],
  "too long a list": [get("/fleets?limit=101"), 400, "invalid_input"],
  "a list of nothing": [get("/fleets?limit=0"), 400, "invalid_input"],
  "a list from nowhere": [get("/fleets?after='"), 400, "invalid_input"],
  "a list by something else": [get("/fleets?order=x"), 400, "invalid_input"],
  "a pause of what is over": [post(`/fleets/${over.id}/pause`, ""), 409, "conflict"],
  "nothing to be tried again": [post(`/fleets/${over.id}/retry`, ""), 409, "conflict"],
  "one that is finished": [post(`/fleets/${over.id}/retry`, { machines: [machines[0]] }), 409, "conflict"],
  "one of another fleet": [post(`/fleets/${over.id}/retry`, { machines: ["elsewhere"] }), 409, "conflict"],
  "a retry of none": [post(`/fleets/${over.id}/retry`, { machines: [] }), 400, "invalid_input"],
  "a retry with a typo": [post(`/fleets/${over.id}/retry`, { machine: "m" }), 400, "invalid_input"],
};

const SECRETS = [
  OPERATOR,
  READER,
  hash(OPERATOR),
  hash(READER),
  "simulated-refresh-token",
  "simulated-token",
];

test(`${Object.keys(REFUSED).length} requests are refused, each with its status, and none reaches the service`, async (context) => {
  const before = sum(simulator.stats().calls);
  for (const [what, [request, status, code]] of Object.entries(REFUSED))
    await context.test(`${status}: ${what}`, async () => {
      const answer = await raw(url, request);
      assert.equal(answer.status, status, answer.text.slice(0, 300));
      assert.match(answer.headers["content-type"], /^application\/problem\+json/);
      assert.equal(answer.headers["cache-control"], "no-store");
      if (code !== undefined) {
        const problem = answer.json();
        assert.deepEqual([problem.status, problem.code], [status, code]);
        assert.equal(problem.type, `urn:vra-snapshots:problem:${code}`);
        for (const text of [problem.title, problem.detail]) assert.match(text, /^\S.+[^.]$|^\S.+\.$/);
        // As the service's own errors say it, for a client of the service.
        assert.deepEqual([problem.message, problem.statusCode], [problem.detail, status]);
      }
      const told = JSON.stringify([answer.headers, answer.text]);
      for (const secret of SECRETS) assert.ok(!told.includes(secret), `it tells a secret: ${told}`);
      const isChallenged = answer.headers["www-authenticate"] !== undefined;
      assert.equal(isChallenged, status === 401);
    });
  assert.equal(sum(simulator.stats().calls), before);
  assert.deepEqual(simulator.stats().made, Object.fromEntries(machines.map((id) => [id, 1])));
});

test("a refusal can be read by a page of a listed origin, and by no other", async () => {
  const allowed = async (origin) => {
    const { headers } = await raw(url, { path: "/fleets", token: "wrong", headers: { origin } });
    return headers["access-control-allow-origin"];
  };
  assert.equal(await allowed(listed.origin), listed.origin);
  assert.equal(await allowed("https://evil.example"), undefined);
});

test("a caller that asks too often has to wait, and another one has not", async () => {
  const limited = await worker(serviceUrl, {
    options: {
      ratelimits: {
        RATE: { type: "ratelimit", namespace_id: "7001", name: "RATE", simple: { limit: 5, period: 60 } },
      },
    },
  });
  const statuses = [];
  let answer;
  do {
    answer = await raw(limited.url, { path: "/fleets" });
    statuses.push(answer.status);
  } while (answer.status === 200);
  assert.deepEqual([answer.status, answer.json().code], [429, "rate_limited"]);
  assert.equal(answer.headers["retry-after"], "10");
  // The runtime counts anew each minute, and that may begin in the midst of these.
  assert.ok(statuses.length === 6 || (statuses.length > 6 && statuses.length <= 11), `${statuses}`);
  assert.equal((await raw(limited.url, { path: "/fleets", token: READER })).status, 200);
});
