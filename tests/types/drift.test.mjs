// The declarations are written by hand, for those who read them. Here they are held to what the module does.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import ts from "typescript";
import * as lib from "vra-snapshots";
import { SnapshotProgress } from "vra-snapshots/element";

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const declarations = ["index", "model", "options", "fleet", "state", "error", "element"]
  .map((name) => `js/${name}.d.ts`)
  .map((path) => ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true));

/** The declaration of that name. */
function declared(name) {
  const found = declarations
    .flatMap(({ statements }) => statements)
    .find((statement) => statement.name?.text === name);
  assert(found, `${name} is not declared`);
  return found;
}

const isPrivate = (member) => member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
const nameOf = (member) => member.name?.getText().replace(/^\[(.+)\]$/, "$1");
const members = (type) => type.members.filter((member) => member.name && !isPrivate(member));

/** The names of an interface's properties, its parents' included. */
function keys(name) {
  const type = declared(name);
  const parents = type.heritageClauses?.flatMap((clause) =>
    clause.types.map(({ expression }) => keys(expression.text)),
  );
  return [...(parents ?? []).flat(), ...members(type).map(nameOf)].sort();
}

/** The texts of a union. */
function texts(name) {
  const text = declared(name).type.getText();
  return [...text.matchAll(/"(\w+)"/g)].map(([, value]) => value).sort();
}

const { SnapshotClient, SnapshotFleet, SnapshotOperation } = lib;
const classes = { SnapshotClient, SnapshotFleet, SnapshotOperation };
for (const [name, { prototype }] of Object.entries(classes)) {
  test(`${name}: every member is declared, and every declared one is there`, () => {
    const own = Reflect.ownKeys(prototype).map((key) => (typeof key === "symbol" ? key.description : key));
    // What the bindings add to every class.
    const added = ["constructor", "__destroy_into_raw", Symbol.dispose?.description ?? "Symbol.dispose"];
    assert.deepEqual(
      own.filter((key) => !added.includes(key)).sort(),
      members(declared(name)).map(nameOf).sort(),
    );
  });
}

test("SnapshotProgress: every member is declared, and every declared one is there", () => {
  const callbacks = /^(constructor|(connected|disconnected|connectedMove|attributeChanged)Callback)$/;
  const own = Reflect.ownKeys(SnapshotProgress.prototype).filter((key) => !callbacks.test(key));
  const told = new Set(members(declared("SnapshotProgress")).map(nameOf));
  assert.deepEqual(own.sort(), [...told].sort());
});

const client = new lib.SnapshotClient({
  baseUrl: "https://service.test",
  fetch: () => Promise.reject("offline"),
});
const tracked = client.track("t");
const fleet = client.createSnapshots(["m"]);
const options = {
  ClientOptions: async (value) => new lib.SnapshotClient(value),
  SnapshotSpecification: (value) => client.createSnapshot("m", value),
  CallOptions: (value) => client.about(value),
  SubmitOptions: (value) => tracked.submit(value),
  CreateOptions: (value) => client.createSnapshot("m", {}, value),
  WaitOptions: (value) => tracked.result(value),
  MachineQuery: async (value) => client.listMachines(value),
  PruneOptions: (value) => client.pruneSnapshots("m", value),
  TrackOptions: async (value) => client.track("t", value),
  FleetMachine: async (value) => client.createSnapshots([value]),
  FleetOptions: async (value) => client.createSnapshots(["m"], {}, value),
  FleetResumeOptions: async (value) => client.resumeFleet(fleet.toJSON(), value),
  FleetWaitOptions: (value) => fleet.result(value),
};
for (const [name, use] of Object.entries(options)) {
  test(`${name}: the keys taken are those declared`, async () => {
    const { message } = await use({ noSuchKey: 1 }).catch((error) => error);
    const taken = /has no "noSuchKey"; it has: (.+)$/.exec(message)[1].split(", ");
    assert.deepEqual(taken.sort(), keys(name));
  });
}

const groups = { retry: "RetryOptions", polling: "PollingOptions", reconcile: "ReconcileOptions" };
for (const [name, type] of Object.entries(groups)) {
  test(`${type}: the keys taken are those declared`, () => {
    assert.throws(
      () => new lib.SnapshotClient({ baseUrl: "https://a.test", [name]: { noSuchKey: 1 } }),
      ({ message }) => {
        assert.deepEqual(/it has: (.+)$/.exec(message)[1].split(", ").sort(), keys(type));
        return true;
      },
    );
  });
}

/** The smallest body that each method takes for this type: what is declared as required is required. */
const bodies = {
  Snapshot: [{ id: "s" }, (c) => c.getSnapshot("m", "s")],
  RequestTracker: [{ id: "t", status: "FINISHED", progress: 1 }, (c) => c.getRequestTracker("t")],
  Machine: [{ id: "m", powerState: "ON" }, (c) => c.getMachine("m")],
  About: [{ latestApiVersion: "v", supportedApis: [{ apiVersion: "v" }] }, (c) => c.about()],
};
for (const [name, [body, call]] of Object.entries(bodies)) {
  test(`${name}: what is declared as required is what is required`, async () => {
    const required = members(declared(name)).filter(({ questionToken }) => !questionToken);
    assert.deepEqual(required.map(nameOf).sort(), Object.keys(body).sort());
    const answering = (answer) => {
      const fetch = async () => Response.json(answer);
      return new lib.SnapshotClient({ baseUrl: "https://service.test", fetch });
    };
    assert.deepEqual(await call(answering(body)), body);
    for (const key of Object.keys(body)) {
      await assert.rejects(call(answering({ ...body, [key]: undefined })), { code: "unexpected_response" });
    }
  });
}

test("the element's words: those declared, and a word for every phase and code", () => {
  const [, words] = /^const TEXTS = \{\n(.*?)^\};/ms.exec(read("js/element.js"));
  const keysOf = (text, indent) =>
    [...text.matchAll(new RegExp(`^ {${indent}}(\\w+):`, "gm"))].map(([, key]) => key);
  assert.deepEqual(keysOf(words, 2).sort(), members(declared("ProgressTexts")).map(nameOf).sort());
  for (const [group, type] of Object.entries({ phases: "OperationPhase", advice: "SnapshotErrorCode" })) {
    const [, own] = new RegExp(`^  ${group}: \\{\\n(.*?)^  \\}`, "ms").exec(words);
    assert.deepEqual(keysOf(own, 4).sort(), texts(type));
  }
});

const rust = (path, pattern) => [...read(path).matchAll(pattern)].map(([, text]) => text).sort();
/** The texts that an enumeration of the core names itself with. */
const names = (path, name) => {
  const [, body] = new RegExp(`names! \\{\\s+${name} \\{(.*?)\\}`, "s").exec(read(path));
  return [...body.matchAll(/= "(\w+)"/g)].map(([, text]) => text).sort();
};
test("SnapshotErrorCode: the codes are those of the core", () => {
  assert.deepEqual(texts("SnapshotErrorCode"), names("src/error.rs", "Code"));
});
test("OperationPhase and OperationKind: the names are those of the core", () => {
  assert.deepEqual(texts("OperationPhase"), names("src/operation/state.rs", "Phase"));
  assert.deepEqual(texts("OperationKind"), names("src/operation/state.rs", "Kind"));
});
test("SnapshotError: every field that is set is declared", () => {
  const set = rust("src/web/failure.rs", /(?:some\(|set\(&fields, )"(\w+)"/g).filter(
    (field) => !["message", "cause"].includes(field),
  );
  assert.deepEqual([...set, "name"].sort(), members(declared("SnapshotError")).map(nameOf).sort());
});
