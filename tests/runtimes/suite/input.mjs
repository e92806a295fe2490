import { assert, connectAlone, json, MACHINES, refusal, scripted } from "./bench.mjs";

export function cases(runner) {
  const { test } = runner;
  const { SnapshotClient } = runner.lib;

  const good = { baseUrl: "https://service.test" };
  const options = [
    [undefined, /options/],
    [null, /options must be an object, not null/],
    ["https://service.test", /options must be an object/],
    [{}, /options\.baseUrl must be given/],
    [{ baseUrl: 7 }, /options\.baseUrl must be a string, not 7/],
    [{ baseUrl: "" }, /options\.baseUrl must be a URL/],
    [{ baseUrl: "service.test" }, /options\.baseUrl must be a URL/],
    [{ baseUrl: "ftp://service.test" }, /options\.baseUrl must be a URL/],
    [{ baseUrl: "//service.test" }, /options\.baseUrl must be a URL/],
    [{ baseUrl: "http://service.test" }, /options\.baseUrl must be https/],
    [{ baseUrl: "http://127.0.0.1.evil.test" }, /options\.baseUrl must be https/],
    [{ baseUrl: "https://user:hush@service.test" }, /options\.baseUrl must not carry credentials/],
    [{ baseUrl: "https://service.test/?a=b" }, /options\.baseUrl must have neither a query nor a fragment/],
    [
      { baseUrl: "https://service.test/iaas/api" },
      /options\.baseUrl must be the address without the path of an API: "https:\/\/service\.test"/,
    ],
    [
      { baseUrl: "https://service.test/p/IaaS/api//" },
      /without the path of an API: "https:\/\/service\.test\/p"/,
    ],
    [{ baseUrl: "https://service.test/iaas/" }, /without the path .*: "https:\/\/service\.test"/],
    [
      { baseUrl: "https://service.test:8443/Automation" },
      /without the path .*: "https:\/\/service\.test:8443"/,
    ],
    [{ baseUrl: "https://service.test/csp" }, /without the path .*: "https:\/\/service\.test"/],
    [{ baseUrl: "https://service.test/tm/" }, /without the path .*: "https:\/\/service\.test"/],
    [{ ...good, auht: "x" }, /options has no "auht"; it has: baseUrl, auth/],
    [{ ...good, auth: 7 }, /options\.auth must be a token/],
    [{ ...good, auth: "" }, /options\.auth must be a token/],
    [{ ...good, auth: "hush\n" }, /options\.auth must be a token/],
    [{ ...good, auth: [] }, /options\.auth must be an object, not an array/],
    [{ ...good, auth: {} }, /options\.auth\.refreshToken must be a token .*, not undefined/],
    [{ ...good, auth: { refreshToken: "hush\n" } }, /options\.auth\.refreshToken must be a token/],
    [
      { ...good, auth: { refreshToken: "hush", organization: 7 } },
      /options\.auth\.organization must be a string/,
    ],
    [
      { ...good, auth: { token: "hush" } },
      /options\.auth has no "token"; it has: refreshToken, organization/,
    ],
    [{ ...good, fetch: {} }, /options\.fetch must be a function/],
    [{ ...good, onEvent: "log" }, /options\.onEvent must be a function/],
    [{ ...good, apiVersion: "latest" }, /options\.apiVersion must be a date/],
    [{ ...good, apiVersion: 2021 }, /options\.apiVersion must be a date such as "2021-07-15", not 2021/],
    [{ ...good, retry: 3 }, /options\.retry must be an object, not 3/],
    [{ ...good, retry: { attempts: 3 } }, /options\.retry has no "attempts"/],
    [
      { ...good, retry: { maxAttempts: 0 } },
      /options\.retry\.maxAttempts must be a whole number from 1 to 100, not 0/,
    ],
    [{ ...good, retry: { maxAttempts: 1.5 } }, /options\.retry\.maxAttempts/],
    [{ ...good, polling: { maxDelayMs: -1 } }, /options\.polling\.maxDelayMs/],
    [{ ...good, polling: { initialDelayMs: "soon" } }, /options\.polling\.initialDelayMs/],
    [{ ...good, requestTimeoutMs: Number.NaN }, /options\.requestTimeoutMs/],
    [{ ...good, requestTimeoutMs: 2 ** 31 }, /options\.requestTimeoutMs/],
    [{ ...good, maxBodyBytes: 0 }, /options\.maxBodyBytes/],
    [{ ...good, body: 1 }, /options\.body must be "conformant" or "minimal", not 1/],
    [{ ...good, body: "maximal" }, /options\.body must be "conformant" or "minimal"/],
    [{ ...good, allowInsecure: "yes" }, /options\.allowInsecure must be true or false/],
  ];
  for (const [value, expected] of options) {
    test(`options: ${JSON.stringify(value)} is refused`, async () => {
      const error = await refusal(runner, (async () => new SnapshotClient(value))(), "invalid_input");
      assert.match(error.message, expected);
      assert.notMatch(error.message, /hush/);
      assert.isFalse(error.retryable);
    });
  }

  test("options: what is taken", () => {
    for (const baseUrl of [
      "https://a.test/",
      "http://localhost:1",
      "http://127.0.0.1:8080/x",
      "https://a.test/proxy",
      "https://a.test/proxy/automation",
      "https://a.test/tm/proxy",
      "https://a.test/myiaas",
      "http://[::1]",
    ]) {
      new SnapshotClient({ baseUrl });
    }
    new SnapshotClient({ baseUrl: "http://a.test", allowInsecure: true, auth: undefined, retry: undefined });
  });

  const calls = {
    "an empty machine id": [(client) => client.createSnapshot(""), /machineId must not be empty/],
    "a machine id that is no string": [
      (client) => client.createSnapshot(7),
      /machineId must be a string, not 7/,
    ],
    "no machine id": [(client) => client.listSnapshots(), /machineId must be a string, not undefined/],
    "the machine id .": [(client) => client.getMachine("."), /machineId .*"\."/],
    "the machine id ..": [(client) => client.getMachine(".."), /machineId .*"\.\."/],
    "the snapshot id ..": [(client) => client.getSnapshot("m", ".."), /snapshotId/],
    "an empty tracker id": [(client) => client.getRequestTracker(""), /id must not be empty/],
    "the tracker id ..": [(client) => client.deleteRequestTracker(".."), /id/],
    "track without an id": [async (client) => client.track(), /trackerId must be a string/],
    "track with another kind": [async (client) => client.track("t", { kind: "clone" }), /options\.kind/],
    "track with an empty machine": [
      async (client) => client.track("t", { machineId: "" }),
      /options\.machineId/,
    ],
    "a specification that is no object": [
      (client) => client.createSnapshot("m", "name"),
      /specification must be an object/,
    ],
    "an array": [(client) => client.createSnapshot("m", []), /specification must be an object, not an array/],
    null: [(client) => client.createSnapshot("m", null), /specification must be an object, not null/],
    "a typo": [
      (client) => client.createSnapshot("m", { nmae: "n" }),
      /specification has no "nmae"; it has: name,/,
    ],
    "an id of the user's": [(client) => client.createSnapshot("m", { id: "m" }), /specification has no "id"/],
    "a name that is no string": [
      (client) => client.createSnapshot("m", { name: 7 }),
      /specification\.name must be a string, not 7/,
    ],
    "memory that is no boolean": [
      (client) => client.createSnapshot("m", { snapshotMemory: "yes" }),
      /specification\.snapshotMemory must be true or false/,
    ],
    "properties that are no object": [
      (client) => client.createSnapshot("m", { customProperties: ["a"] }),
      /specification\.customProperties must be an object of strings/,
    ],
    "a property that is no string": [
      (client) => client.createSnapshot("m", { customProperties: { a: 1 } }),
      /specification\.customProperties\.a must be a string, not 1/,
    ],
    "an unknown kind of owner": [
      (client) => client.createSnapshot("m", { ownerType: "robot" }),
      /specification\.ownerType/,
    ],
    "nothing to keep": [
      (client) => client.pruneSnapshots("m"),
      /options\.keep must be a whole number of snapshots from 0, not undefined/,
    ],
    "an unknown option": [
      (client) => client.createSnapshot("m", {}, { chekpoint() {} }),
      /options has no "chekpoint"/,
    ],
    "a checkpoint that is no function": [
      (client) => client.createSnapshot("m", {}, { checkpoint: true }),
      /options\.checkpoint/,
    ],
    "a signal that is none": [
      (client) => client.listSnapshots("m", { signal: {} }),
      /options\.signal must be an AbortSignal/,
    ],
    "a page size of 0": [async (client) => client.listMachines({ pageSize: 0 }), /query\.pageSize/],
    "an unknown filter": [async (client) => client.listMachines({ nmae: "x" }), /query has no "nmae"/],
    "a time-out that is none": [
      async (client) => client.track("t").result({ timeoutMs: -1 }),
      /options\.timeoutMs must be a number of milliseconds/,
    ],
    "onProgress that is no function": [
      async (client) => client.track("t").watch({ onProgress: 1 }),
      /options\.onProgress/,
    ],
    "options that are no object": [(client) => client.about("now"), /options must be an object/],
  };
  for (const [what, [call, expected]] of Object.entries(calls)) {
    test(`${what} is refused before anything is sent`, async () => {
      const { client, fetch } = scripted(runner, [json(200, [])]);
      const error = await refusal(runner, call(client), "invalid_input");
      assert.match(error.message, expected);
      assert.lengthOf(fetch.calls, 0);
    });
  }

  test("reading the options may run code that uses the library", async () => {
    const { client } = connectAlone(runner);
    let prepared;
    const options = {
      get signal() {
        prepared = client.prepareSnapshot(MACHINES.web, { name: "meanwhile" });
        return undefined;
      },
    };
    assert.isString((await client.about(options)).latestApiVersion);
    assert.equal(prepared.phase, "prepared");
  });
}
