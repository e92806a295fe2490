// biome-ignore-all format: one row, one line

// The table of faults: `[name, faults, outcome, made, sent, more]`, over real HTTP.
//
// - `faults`: what goes wrong; on the row's own machine, where a call is about one;
// - `outcome`: `"finished"`, `"aborted"`, or the code of the rejection;
// - `made`: how many snapshots the row's requests have made in the end;
// - `sent`: how many requests that must not be repeated the client sends at most;
// - `more`: `call` (`"create"`), `service` (`"plain"`), `machine` (one of a name with faults), `key`, `auth`, `client`
//   (options), `snapshotName`, `says` (what the message of the error has in it), `timeoutMs`, `abortMs`, `before` (what others
//   have done), `left` (snapshots on the machine in the end), and
//   `goOn`: `"result"`, `"submit"` or `"resume"`, which must finish it after all, `passMs` of the service's time later.

/** The simulated services that the rows are run against, by their options. */
export const SERVICES = {
  plain: {},
  late: {},
  named: { machines: 20 },
  crowded: { pastTrackers: 20_000, trackerPaging: "ignored" },
  paging: { pastTrackers: 300, trackerPaging: "obeyed" },
  unpaged: { pastTrackers: 300, trackerPaging: "ignored" },
  pagingRefused: { pastTrackers: 300, trackerPaging: "refused" },
  naming: { trackerResources: "snapshot" },
  accepting: { busy: "failed" },
  ahead: { clockOffsetMs: 600_000 },
  behind: { clockOffsetMs: -600_000 },
  deleting: { deleteAnswer: "none" },
  silent: { errorBodies: "none" },
  strict: { strictBodies: true },
  loose: { machines: 20, errorBodies: "loose" },
  oauth: { machines: 20, errorBodies: "oauth" },
  errors: { machines: 20, errorBodies: "errors" },
  spring: { machines: 20, errorBodies: "spring" },
  vcloud: { machines: 20, errorBodies: "vcloud" },
  untold: { totalElements: false },
  counting: { totalElements: "page" },
};

const create = (fault) => ({ on: "createSnapshot", ...fault });
const poll = (fault) => ({ on: "getTracker", ...fault });
const login = (fault) => ({ on: "login", ...fault });
const before = (status, more) => create({ answer: { status, ...more } });
const after = (status, more) => create({ effect: "after", answer: { status, ...more } });
const operation = (odd) => create({ operation: odd });
const shown = (...tracker) => operation({ tracker });
const cutAfter = create({ effect: "after", connection: "cut" });
const cutBefore = create({ connection: "cut" });
const snapshot = { operation: "createSnapshot", durationMs: 0, name: "n" };

const KEY = { key: true };
const RENEWED = { auth: "renewed" };
const TRADED = { auth: "refreshToken" };
/** No answer comes within a test, and an attempt that is answered at all is answered within its limit. */
const UNANSWERED_MS = 600_000;
const GIVEN_UP_SOON = { client: { requestTimeoutMs: 2000 } };

/** It is carried out when the test puts the clock of the service forward, and not before. */
const LATE_MS = 3_600_000;
const lateEffect = create({ effect: { afterMs: LATE_MS } });
const LATE = { service: "late", passMs: LATE_MS };

const CONNECTIONS = [
  ["nothing goes wrong", [], "finished", 1, 1],
  ["every answer is late", { on: "any", times: 0, delayMs: 20 }, "finished", 1, 1],
  ["the answer is later than an attempt may take", create({ delayMs: UNANSWERED_MS }), "finished", 1, 1, GIVEN_UP_SOON],
  ["no answer within an attempt, not carried out", create({ delayMs: UNANSWERED_MS, connection: "cut" }), "outcome_unknown", 0, 1, GIVEN_UP_SOON],
  ["the connection is refused", create({ connection: "refused" }), "outcome_unknown", 0, 1],
  ["the connection is refused, with a key", create({ connection: "refused" }), "outcome_unknown", 1, 2, { ...KEY, goOn: "submit" }],
  ["the list before is refused a connection", { on: "listSnapshots", times: 2, connection: "refused" }, "finished", 1, 1],
  ["cut before the request is carried out", cutBefore, "outcome_unknown", 0, 1],
  ["cut before, with a key, and submitted again", cutBefore, "outcome_unknown", 1, 2, { ...KEY, goOn: "submit" }],
  ["cut after the request was carried out", cutAfter, "finished", 1, 1],
  ["cut after, with a key", cutAfter, "finished", 1, 1, KEY],
  ["cut after 20 bytes of the body", create({ connection: { cutInBody: 20 } }), "finished", 1, 1],
  ["cut before the first byte of the body", create({ connection: { cutInBody: 0 } }), "finished", 1, 1],
  ["carried out soon after the cut", create({ effect: { afterMs: 40 } }), "finished", 1, 1, { client: { reconcile: { settleMs: 2000, intervalMs: 10 } } }],
  ["carried out long after the cut", lateEffect, "outcome_unknown", 1, 1, { ...LATE, goOn: "result" }],
  ["carried out long after the cut, with a key", lateEffect, "outcome_unknown", 1, 1, { ...LATE, ...KEY, goOn: "resume" }],
  ["three polls are cut", poll({ times: 3, connection: "cut" }), "finished", 1, 1],
  ["more polls are cut than an attempt repeats", poll({ times: 9, connection: "cut" }), "finished", 1, 1],
  ["a poll breaks off in its body", poll({ connection: { cutInBody: 9 } }), "finished", 1, 1],
  ["cut after, and the list of trackers is cut too", [cutAfter, { on: "listTrackers", connection: "cut" }], "finished", 1, 1],
  ["the list of snapshots at the end is cut", { on: "listSnapshots", nth: 2, times: 2, connection: "cut" }, "finished", 1, 1],
  ["a list is cut twice", { on: "listSnapshots", times: 2, connection: "cut" }, "finished", 0, 0, { call: "list" }],
];

const TOKENS = [
  ["401 to the request, renewed", before(401), "finished", 1, 2, RENEWED],
  ["401 to the request, twice", create({ times: 2, answer: { status: 401 } }), "unauthorized", 0, 2, RENEWED],
  ["401 to the request, a token that is a string", before(401), "unauthorized", 0, 1],
  ["401 to the second poll, renewed", poll({ nth: 2, answer: { status: 401 } }), "finished", 1, 1, RENEWED],
  ["401 to a poll, a token that is a string; waited on again", poll({ answer: { status: 401 } }), "unauthorized", 1, 1, { goOn: "resume" }],
  ["tokens expire before the request", create({ expireTokens: true }), "finished", 1, 2, TRADED],
  ["tokens expire in mid-wait", poll({ nth: 2, expireTokens: true }), "finished", 1, 1, TRADED],
  ["login: 400", login({ answer: { status: 400 } }), "unauthorized", 0, 0, TRADED],
  ["login: 403 with a page", login({ answer: { status: 403, body: "html" } }), "unauthorized", 0, 0, TRADED],
  ["login: 503 twice", login({ times: 2, answer: { status: 503 } }), "finished", 1, 1, TRADED],
  ["login: 503 for good", login({ times: 0, answer: { status: 503 } }), "service_error", 0, 0, TRADED],
  ["login: cut twice", login({ times: 2, connection: "cut" }), "finished", 1, 1, TRADED],
  ["login: refused for good", login({ times: 0, connection: "refused" }), "network", 0, 0, TRADED],
  ["login: 200 with a page", login({ times: 0, answer: { status: 200, body: "html" } }), "unexpected_response", 0, 0, TRADED],
  ["token endpoint: 401", { on: "tenantToken", answer: { status: 401 } }, "unauthorized", 0, 0, { auth: "organization" }],
  ["token endpoint: 502 once", { on: "tenantToken", answer: { status: 502 } }, "finished", 1, 1, { auth: "organization" }],
];

const later = (as) => before(429, { retryAfter: { inMs: 0, as } });
const STATUSES = [
  ["429, Retry-After in seconds", before(429, { retryAfter: 1 }), "finished", 1, 2],
  ["429, Retry-After as an IMF date", later("imf"), "finished", 1, 2],
  ["429, Retry-After as an RFC 850 date", later("rfc850"), "finished", 1, 2],
  ["429, Retry-After as an asctime date", later("asctime"), "finished", 1, 2],
  ["429, Retry-After malformed", before(429, { retryAfter: "soon" }), "finished", 1, 2],
  ["429, Retry-After negative", before(429, { retryAfter: "-5" }), "finished", 1, 2],
  ["429, Retry-After left out", before(429), "finished", 1, 2],
  ["429, Retry-After beyond any timer", before(429, { retryAfter: 99_999_999_999 }), "aborted", 0, 1, { abortMs: 200 }],
  ["429 for good", create({ times: 0, answer: { status: 429, retryAfter: 0 } }), "rate_limited", 0, 4],
  ["429 to three polls", poll({ times: 3, answer: { status: 429, retryAfter: 0 } }), "finished", 1, 1],
  ["429 to a list", { on: "listSnapshots", answer: { status: 429, retryAfter: 0 } }, "finished", 0, 0, { call: "list" }],
  ["409, nothing under way", before(409), "conflict", 0, 1],
  ["API.md, unverified: a second operation is refused with 409", { on: "listSnapshots", foreign: { durationMs: 1e9 } }, "conflict", 0, 1],
  ["API.md, unverified: a second operation is accepted and then FAILED", { on: "listSnapshots", foreign: { durationMs: 1e9 } }, "operation_failed", 0, 1, { service: "accepting" }],
  ["400", before(400), "service_error", 0, 1],
  ["400 with SHOULD_RETRY to the request", before(400, { details: ["SHOULD_RETRY"] }), "service_error", 0, 1],
  ["400 with SHOULD_RETRY to two polls", poll({ times: 2, answer: { status: 400, details: ["SHOULD_RETRY"] } }), "finished", 1, 1],
  ["403 to every action", [], "forbidden", 0, 1, { service: "named", machine: "denied-02" }],
  ["404 to every action, without a body", [], "not_found", 0, 1, { service: "silent", machine: "gone-02" }],
  ["408, not carried out", before(408), "outcome_unknown", 0, 1],
  ["408, carried out", after(408), "finished", 1, 1],
  ["500, not carried out", before(500), "outcome_unknown", 0, 1],
  ["500, carried out", after(500), "finished", 1, 1],
  ["502, not carried out", before(502), "outcome_unknown", 0, 1],
  ["502, carried out, with a key", after(502), "finished", 1, 1, KEY],
  ["503, not carried out", before(503), "outcome_unknown", 0, 1],
  ["503 with Retry-After, not carried out", before(503, { retryAfter: 0 }), "finished", 1, 2],
  ["503 with Retry-After, carried out", after(503, { retryAfter: 0 }), "finished", 1, 1],
  ["503 carried out, and then 409", [after(503, { retryAfter: 0 }), create({ nth: 2, answer: { status: 409 } })], "finished", 1, 2],
  ["504, not carried out", before(504), "outcome_unknown", 0, 1],
  ["504, carried out", after(504), "finished", 1, 1],
  ["503 to the list before", { on: "listSnapshots", answer: { status: 503 } }, "finished", 1, 1],
  ["500 to polls for a while", poll({ times: 6, answer: { status: 500 } }), "finished", 1, 1],
];

const noHandler = { status: 404, body: "gateway" };
const GATEWAYS = [
  ["a gateway's 404 to the request, twice", create({ times: 2, answer: noHandler }), "finished", 1, 3],
  ["a gateway's 404 to the request, for good", create({ times: 0, answer: noHandler }), "service_error", 0, 4, { says: "No matching handler" }],
  ["a gateway's 404 to polls for a while", poll({ times: 6, answer: noHandler }), "finished", 1, 1],
  ["a gateway's 404 to the list before", { on: "listSnapshots", times: 2, answer: noHandler }, "finished", 1, 1],
  ["a gateway's 404 while a request is reconciled", [cutAfter, { on: "listTrackers", times: 6, answer: noHandler }], "finished", 1, 1],
  ["a gateway's 404 to a login", login({ times: 2, answer: noHandler }), "finished", 1, 1, TRADED],
  ["404 with a page to a list, twice", { on: "listSnapshots", times: 2, answer: { status: 404, body: "html" } }, "finished", 0, 0, { call: "list" }],
  ["404 with a page to a list, for good", { on: "listSnapshots", times: 0, answer: { status: 404, body: "html" } }, "not_found", 0, 0, { call: "list", says: "baseUrl" }],
  ["404 with a page to the request", before(404, { body: "html" }), "not_found", 0, 1],
  ["404 with a page to polls for a while", poll({ times: 6, answer: { status: 404, body: "html" } }), "finished", 1, 1],
];

const echo = (status) => ({ answer: { status, body: "echo" } });
const SECRETS = [
  ["400 that repeats the token", create(echo(400)), "service_error", 0, 1, { says: "Cannot process" }],
  ["500 that repeats the token, carried out", create({ effect: "after", ...echo(500) }), "finished", 1, 1],
  ["500 that repeats the token, not carried out", create(echo(500)), "outcome_unknown", 0, 1],
  ["403 to a poll that repeats the token, waited on again", poll(echo(403)), "forbidden", 1, 1, { ...TRADED, goOn: "resume" }],
  ["login: 400 that repeats the refresh token", login(echo(400)), "unauthorized", 0, 0, { ...TRADED, says: "Cannot process" }],
  ["token endpoint: 400 that repeats the refresh token", { on: "tenantToken", ...echo(400) }, "unauthorized", 0, 0, { auth: "organization", says: "Cannot process" }],
  ["401 that repeats the token, twice", create({ times: 2, ...echo(401) }), "unauthorized", 0, 2, RENEWED],
  ["FAILED with a message that repeats the token", operation({ fails: { message: "refused simulated-token" } }), "operation_failed", 0, 1, { says: "refused " }],
  ["a tracker that repeats the token while it runs", shown({ patch: { status: "PAUSED", message: "for simulated-token" } }), "timeout", 1, 1, { timeoutMs: 400 }],
];

const SHAPES = ["loose", "oauth", "errors", "spring", "vcloud"].map((service) => [
  `an error body of another shape: ${service}`,
  [],
  "conflict",
  0,
  1,
  { service, machine: "busy-02", says: "busy" },
]);

const elsewhere = { headers: { location: "https://elsewhere.test/" } };
const wrong = { id: 7, status: null, progress: "half" };
const BODIES = [
  ["301, not carried out", before(301, elsewhere), "outcome_unknown", 0, 1],
  ["302, carried out", after(302, elsewhere), "finished", 1, 1],
  ["307, not carried out", before(307, elsewhere), "outcome_unknown", 0, 1],
  ["a list is redirected", { on: "listSnapshots", times: 0, answer: { status: 302, ...elsewhere } }, "unexpected_response", 0, 0, { call: "list" }],
  ["HTML with 200, carried out", after(200, { body: "html" }), "finished", 1, 1],
  ["HTML with 200, not carried out", before(200, { body: "html" }), "outcome_unknown", 0, 1],
  ["HTML with 403", before(403, { body: "html" }), "forbidden", 0, 1],
  ["HTML with 502, carried out", after(502, { body: "html" }), "finished", 1, 1],
  ["HTML with 502 to polls", poll({ times: 3, answer: { status: 502, body: "html" } }), "finished", 1, 1],
  ["HTML with 200 to polls", poll({ times: 3, answer: { status: 200, body: "html" } }), "finished", 1, 1],
  ["cut JSON", create({ bodyBytes: 20 }), "finished", 1, 1],
  ["no JSON", create({ bodyBytes: 0 }), "finished", 1, 1],
  ["JSON of wrong types", create({ patch: wrong }), "finished", 1, 1],
  ["huge JSON", create({ bodyBytes: 9_000_000 }), "finished", 1, 1],
  ["huge JSON to a poll, waited on again", poll({ bodyBytes: 9_000_000 }), "body_too_large", 1, 1, { goOn: "resume" }],
  ["huge JSON to a list", { on: "listSnapshots", times: 0, bodyBytes: 9_000_000 }, "body_too_large", 0, 0, { call: "list" }],
  ["JSON of wrong types to two polls", poll({ times: 2, patch: wrong }), "finished", 1, 1],
  ["links with booleans", { on: "any", times: 0, patch: { _links: { empty: false } } }, "finished", 1, 1],
  ["id and links are required", [], "finished", 1, 1, { service: "strict" }],
  ["id and links are required, and left out", [], "service_error", 0, 1, { service: "strict", client: { body: "minimal" } }],
];

const gone = { fromMs: 2000, missing: true };
const PAGING = "API.md, unverified: paging of the trackers is";
const TRACKERS = [
  ["the tracker is not there for a while", shown({ untilMs: 2000, missing: true }), "finished", 1, 1],
  ["API.md, unverified: the tracker does not live as long as its request", shown(gone), "finished", 1, 1],
  ["API.md, unverified: the tracker lives longer than its request", shown({ patch: {} }), "finished", 1, 1],
  ["the tracker is never there", shown({ missing: true }), "finished", 1, 1],
  ["the tracker is never there, with a key, and the answer is lost", [shown({ missing: true }), cutAfter], "finished", 1, 1, KEY],
  ["a status that nobody knows", shown({ untilMs: 6000, patch: { status: "PAUSED" } }), "finished", 1, 1],
  ["a status that nobody knows, for good", shown({ patch: { status: "PAUSED" } }), "timeout", 1, 1, { timeoutMs: 400 }],
  ["progress goes back", shown({ fromMs: 2000, untilMs: 4000, patch: { progress: 90 } }, { fromMs: 4000, untilMs: 6000, patch: { progress: 5 } }), "finished", 1, 1],
  ["progress over 100", shown({ fromMs: 2000, patch: { progress: 250 } }), "finished", 1, 1],
  ["progress below 0", shown({ fromMs: 2000, patch: { progress: -1 } }), "finished", 1, 1],
  ["FAILED with a message", operation({ fails: { message: "Out of space" } }), "operation_failed", 0, 1],
  ["FAILED without a message", operation({ fails: {} }), "operation_failed", 0, 1],
  ["FAILED after the answer was lost", [operation({ fails: {} }), cutAfter], "outcome_unknown", 0, 1],
  ["API.md, unverified: resources name the machine only", [], "finished", 1, 1],
  ["API.md, unverified: resources name the new snapshot", [], "finished", 1, 1, { service: "naming" }],
  ["the tracker has no resources", shown({ patch: { resources: null } }), "finished", 1, 1],
  ["the tracker has no resources, and the answer is lost", [shown({ patch: { resources: null } }), cutAfter], "finished", 1, 1],
  ["resources on another host", shown({ patch: { resources: ["https://elsewhere.test/iaas/api/machines/m/snapshots/s"] } }), "finished", 1, 1],
  [`${PAGING} obeyed`, cutAfter, "finished", 1, 1, { service: "paging" }],
  [`${PAGING} ignored`, cutAfter, "finished", 1, 1, { service: "unpaged" }],
  [`${PAGING} refused`, cutAfter, "finished", 1, 1, { service: "pagingRefused" }],
  ["20,000 trackers in one list", cutAfter, "finished", 1, 1, { service: "crowded" }],
  ["trackers cannot be listed", [cutAfter, { on: "listTrackers", times: 0, answer: { status: 403 } }], "finished", 1, 1],
];

const twin = create({ foreign: { operation: "createSnapshot" } });
const own = { before: [snapshot] };
const SLASHED = { snapshotName: "before 11/24 50%" };
const OTHERS = [
  ["a snapshot of the same name was there before", [], "finished", 1, 1, own],
  ["a snapshot of the same name was there before, and the answer is lost", cutAfter, "finished", 1, 1, own],
  ["somebody makes one of the same name at the same time", twin, "ambiguous_result", 1, 1],
  ["somebody makes one of the same name at the same time, with a key", twin, "finished", 1, 1, KEY],
  ["… and the answer is lost, with a key", [twin, cutAfter], "finished", 1, 1, KEY],
  ["somebody switches it off while the answer is lost", [create({ foreign: { durationMs: 4000 } }), cutAfter], "finished", 1, 1],
  ["the snapshot is listed late", operation({ listedAfterMs: 4000 }), "finished", 1, 1],
  ["the snapshot is listed late, and the answer is lost", [operation({ listedAfterMs: 4000 }), cutAfter], "finished", 1, 1],
  ["the description is dropped", operation({ keepDescription: 0 }), "finished", 1, 1],
  ["the description is dropped, with a key", operation({ keepDescription: 0 }), "finished", 1, 1, KEY],
  ["the description is shortened, with a key", operation({ keepDescription: 4 }), "finished", 1, 1, KEY],
  ["the name is dropped", operation({ keepName: 0 }), "ambiguous_result", 1, 1],
  ["the name is dropped, with a key", operation({ keepName: 0 }), "finished", 1, 1, KEY],
  ["the service's clock is ahead, and the answer is lost", cutAfter, "finished", 1, 1, { service: "ahead" }],
  ["the service's clock is behind, and the answer is lost", cutAfter, "finished", 1, 1, { service: "behind" }],
  ["a name comes back escaped", operation({ escapeName: 1 }), "finished", 1, 1, SLASHED],
  ["a name comes back escaped twice", operation({ escapeName: 2 }), "finished", 1, 1, SLASHED],
  ["a name comes back escaped, and the answer is lost", [operation({ escapeName: 1 }), cutAfter], "finished", 1, 1, SLASHED],
  ["snapshots come in an envelope", { on: "listSnapshots", times: 0, envelope: true }, "finished", 1, 1],
  ["snapshots come in an envelope, and the answer is lost", [{ on: "listSnapshots", times: 0, envelope: true }, cutAfter], "finished", 1, 1],
];

const machines = (fault) => ({ on: "listMachines", times: 0, ...fault });
const unsorted = machines({ turnListBy: 3, ignoreQuery: ["$orderby"] });
const LISTED = { call: "machines", service: "naming" };
const LISTS = [
  ["$skip is ignored", machines({ ignoreQuery: ["$skip"] }), "finished", 0, 0, LISTED],
  ["$skip and a larger $top are ignored", machines({ ignoreQuery: ["$skip", "$top"] }), "finished", 0, 0, LISTED],
  ["pages of a list without an order overlap", unsorted, "finished", 0, 0, LISTED],
  ["pages overlap, and the total is not told", unsorted, "finished", 0, 0, { ...LISTED, service: "untold" }],
  ["pages overlap, and the total counts the page", unsorted, "finished", 0, 0, { ...LISTED, service: "counting" }],
  ["pages overlap without $orderby", machines({ turnListBy: 3 }), "finished", 0, 0, LISTED],
  ["$orderby is refused", machines({ refuseQuery: ["$orderby"] }), "finished", 0, 0, LISTED],
  ["lists do not tell the total", [], "finished", 0, 0, { ...LISTED, service: "untold" }],
  ["the total counts the page", [], "finished", 0, 0, { ...LISTED, service: "counting" }],
];

const remove = (fault) => ({ on: "deleteSnapshot", ...fault });
const revert = (fault) => ({ on: "revertSnapshot", ...fault });
const DELETE = { ...own, call: "delete", left: 0 };
const REVERT = { ...own, call: "revert", left: 1 };
const ACTIONS = [
  ["delete: 202", [], "finished", 0, 1, DELETE],
  ["delete: 204", [], "finished", 0, 1, { ...DELETE, service: "deleting" }],
  ["delete: cut before", remove({ connection: "cut" }), "finished", 0, 2, DELETE],
  ["delete: cut after", remove({ effect: "after", connection: "cut" }), "finished", 0, 2, DELETE],
  ["delete: 409", remove({ answer: { status: 409 } }), "conflict", 0, 1, { ...DELETE, left: 1 }],
  ["delete: a gateway's 404, twice", remove({ times: 2, answer: noHandler }), "finished", 0, 3, DELETE],
  ["delete: FAILED", remove({ operation: { fails: {} } }), "operation_failed", 0, 1, { ...DELETE, left: 1 }],
  ["revert: nothing goes wrong", [], "finished", 0, 1, REVERT],
  ["revert: cut before", revert({ connection: "cut" }), "outcome_unknown", 0, 1, REVERT],
  ["revert: cut after", revert({ effect: "after", connection: "cut" }), "outcome_unknown", 0, 1, REVERT],
  ["revert: a gateway's 404, twice", revert({ times: 2, answer: noHandler }), "finished", 0, 3, REVERT],
  ["revert: FAILED with a message", revert({ operation: { fails: { message: "no" } } }), "operation_failed", 0, 1, REVERT],
  ["revert: 503 with Retry-After", revert({ answer: { status: 503, retryAfter: 0 } }), "outcome_unknown", 0, 1, REVERT],
];

const named = (machine, outcome, made, sent, more) => [
  `the machine ${machine}`,
  [],
  outcome,
  made,
  sent,
  { service: "named", machine, ...more },
];
const MACHINES = [
  named("cut-after-01", "finished", 1, 1),
  named("cut-before-01", "outcome_unknown", 0, 1),
  named("error-after-01", "finished", 1, 1),
  named("unavailable-after-01", "finished", 1, 2),
  named("failing-02", "operation_failed", 0, 1),
  named("busy-02", "conflict", 0, 1),
  named("fails-falsely-01", "operation_failed", 1, 1),
];

export const TABLE = [CONNECTIONS, TOKENS, STATUSES, GATEWAYS, SECRETS, SHAPES, BODIES, TRACKERS, OTHERS, LISTS, ACTIONS, MACHINES]
  .flat()
  .map(([name, faults, outcome, made, sent, more = {}], index) => ({
    name,
    faults: [faults].flat(),
    outcome,
    made,
    sent,
    call: "create",
    service: "plain",
    machine: `row-${String(index + 1).padStart(3, "0")}`,
    ...more,
  }));

/** What starts a service: its options, with a machine for each of its rows. */
export function optionsOf(service) {
  const extraMachines = TABLE.filter((row) => row.service === service).map(({ machine }) => machine);
  return { speed: 200, ...SERVICES[service], extraMachines };
}
