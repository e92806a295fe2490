import {
  assert,
  connectAlone,
  json,
  MACHINES,
  recording,
  refusal,
  rejection,
  scripted,
  TRACKER,
  text,
} from "./bench.mjs";

const CANARY = "canary-token-that-nobody-may-see";

/** Everything that can be read of a value, its prototype's getters and its causes included. */
function everything(value, seen = new Set()) {
  if (typeof value !== "object" || value === null || seen.has(value)) return String(value);
  seen.add(value);
  const names = new Set([...Object.getOwnPropertyNames(value), "message", "stack", "cause"]);
  return [JSON.stringify(value), ...[...names].map((name) => everything(value[name], seen))].join("\n");
}

export function cases(runner) {
  const { test } = runner;

  test("a token that comes after a later one does not replace it", async () => {
    const gives = [];
    const auth = () => new Promise((resolve) => gives.push(resolve));
    const { client, fetch } = scripted(runner, [json(200, [])], {
      auth,
      requestTimeoutMs: 1,
      retry: { maxAttempts: 1 },
    });
    await refusal(runner, client.listSnapshots("m"), "timeout");
    const [giveFirst] = gives;
    // What is asked for later may be given up, too, before it is answered.
    const asked = gives.length;
    const accessed = client.accessToken().catch(({ code }) => code);
    while (gives.length === asked) await Promise.resolve();
    gives.at(-1)("later");
    await accessed;
    giveFirst("earlier");
    await new Promise((resolve) => setTimeout(resolve));
    assert.equal(await client.accessToken(), "later");
    assert.lengthOf(fetch.calls, 0);
  });

  test("a function is asked once, however many calls wait", async () => {
    let asked = 0;
    const auth = async (stale) => {
      assert.isUndefined(stale);
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return "simulated-token";
    };
    const { client } = connectAlone(runner, { auth });
    await Promise.all(Array.from({ length: 20 }, () => client.listSnapshots(MACHINES.web)));
    await client.listSnapshots(MACHINES.web);
    assert.equal(asked, 1);
  });

  test("after a 401 it is asked once more, with the stale token, and the calls are made again", async () => {
    const stales = [];
    const auth = (stale) => {
      stales.push(stale);
      return stale === undefined ? "expired" : "simulated-token";
    };
    const { client, fetch } = connectAlone(runner, { auth });
    const snapshots = await Promise.all(Array.from({ length: 10 }, () => client.listSnapshots(MACHINES.web)));
    assert.lengthOf(snapshots, 10);
    assert.deepEqual(stales, [undefined, "expired"]);
    assert.lengthOf(fetch.calls, 20);
  });

  test("a token that expires before the POST: one snapshot", async () => {
    let token = "first";
    const auth = () => token;
    const simulator = new runner.lib.Simulator({ speed: 200, token: "second" });
    const fetch = recording((url, init) => {
      // The first token is good for the list, and has run out when the snapshot is asked for.
      const headers = new Headers(init.headers);
      if (init.method === "GET" && headers.get("authorization") === "Bearer first") {
        headers.set("authorization", "Bearer second");
      }
      token = "second";
      return simulator.fetch(url, { ...init, headers });
    });
    const { SnapshotClient } = runner.lib;
    const client = new SnapshotClient({
      baseUrl: "https://simulator.test",
      auth,
      fetch,
      polling: { initialDelayMs: 0 },
    });
    await (await client.createSnapshot(MACHINES.web)).result();
    assert.equal(fetch.posts(), 2);
    assert.lengthOf(await client.listSnapshots(MACHINES.web), 1);
  });

  test("refused twice is unauthorized", async () => {
    const { client, fetch } = connectAlone(runner, { auth: (stale) => `${stale}x` });
    const error = await refusal(runner, client.listSnapshots(MACHINES.web), "unauthorized");
    assert.equal(error.status, 401);
    assert.lengthOf(fetch.calls, 2);
  });

  const failing = {
    throws: () => {
      throw new Error("signed out");
    },
    rejects: () => Promise.reject(new Error("signed out")),
    "rejects with a string": () => Promise.reject("signed out"),
    "gives nothing": () => undefined,
    "gives a number": () => 7,
    "gives two lines": () => "a\nb",
    "gives an empty string": () => "",
  };
  for (const [what, auth] of Object.entries(failing)) {
    test(`a function that ${what}: nothing is sent, and a prepared operation stays prepared`, async () => {
      const { client, fetch } = scripted(runner, [json(200, [])], { auth });
      const error = await refusal(runner, client.listSnapshots("m"), "unauthorized");
      assert.match(error.message, /auth/);
      const operation = client.prepareSnapshot("m");
      await refusal(runner, operation.submit(), "unauthorized");
      assert.equal(operation.phase, "prepared");
      assert.lengthOf(fetch.calls, 0);
    });
  }

  test("a function that never answers is given up, and asked again", async () => {
    let asked = 0;
    const auth = () => {
      asked += 1;
      return asked === 1 ? new Promise(() => {}) : "t";
    };
    const { client } = scripted(runner, [json(200, [])], { auth, requestTimeoutMs: 250 });
    assert.deepEqual(await client.listSnapshots("m"), []);
    assert.equal(asked, 2);
  });

  test("accessToken gives the one in use, had once however many ask, and another for a stale one", async () => {
    const stales = [];
    const auth = async (stale) => {
      stales.push(stale);
      return `token-${stales.length}`;
    };
    const { client, fetch } = scripted(runner, [json(200, [])], { auth });
    const ask = (stale) => client.accessToken(stale);
    assert.deepEqual(
      new Set(await Promise.all([ask(), ask(), ask(), client.listSnapshots("m").then(() => ask())])),
      new Set(["token-1"]),
    );
    assert.equal(fetch.calls[0].headers.get("authorization"), "Bearer token-1");
    const renewed = await Promise.all([ask("token-1"), ask("token-1"), ask("token-1")]);
    assert.deepEqual(renewed, Array(3).fill("token-2"));
    assert.equal(await ask("token-1"), "token-2", "it was replaced already");
    assert.equal(await ask("never-seen"), "token-2");
    assert.deepEqual(stales, [undefined, "token-1"]);
    await client.listSnapshots("m");
    assert.equal(fetch.calls.at(-1).headers.get("authorization"), "Bearer token-2");
    assert.equal(await scripted(runner, [], { auth: "fixed" }).client.accessToken(), "fixed");
  });

  test("accessToken of a refresh token logs in, and says what the login fails with", async () => {
    const auth = { refreshToken: "simulated-refresh-token" };
    const { client } = connectAlone(runner, { auth });
    const token = await client.accessToken();
    assert.match(token, /^simulated-/);
    assert.lengthOf(
      await connectAlone(runner, { auth: token }, { token }).client.listSnapshots(MACHINES.history),
      5,
    );
    assert.notEqual(await client.accessToken(token), token);
    const refused = connectAlone(runner, { auth: { refreshToken: "wrong" } });
    assert.equal((await refusal(runner, refused.client.accessToken(), "unauthorized")).status, 400);
    const { client: broken } = scripted(runner, [json(500, {})], { auth });
    await refusal(runner, broken.accessToken(), "service_error");
  });

  test("accessToken where there is none, or no other, or none in time", async () => {
    const of = (auth, more) => scripted(runner, [], { auth, ...more }).client;
    await refusal(runner, of(undefined).accessToken(), "unauthorized");
    await refusal(runner, of("fixed").accessToken("fixed"), "unauthorized");
    await refusal(runner, of(() => 7).accessToken(), "unauthorized");
    await refusal(runner, of(() => new Promise(() => {}), { requestTimeoutMs: 5 }).accessToken(), "timeout");
    const late = of(() => new Promise(() => {}));
    const stop = new AbortController();
    const pending = rejection(late.accessToken(undefined, { signal: stop.signal }));
    stop.abort("enough");
    assert.equal(await pending, "enough");
    for (const [stale, options] of [[7], [null], [undefined, { typo: 1 }]])
      await refusal(runner, late.accessToken(stale, options), "invalid_input");
  });

  test("no token shows in an error, an event or a state", async () => {
    const shown = [];
    const onEvent = (event) => shown.push(event);
    const answers = [
      () => Promise.reject(new TypeError(`bad header Bearer ${CANARY}`)),
      () => Promise.reject(`Bearer ${CANARY}`),
      text(200, `you sent Bearer ${CANARY}`),
      text(401, `you sent Bearer ${CANARY}`),
      json(500, { message: "no" }),
      text(302, "", { location: "https://evil.test/" }),
      () => CANARY,
    ];
    for (const auth of [CANARY, () => CANARY]) {
      for (const answer of answers) {
        const { client, fetch } = scripted(runner, [answer], { auth, onEvent, retry: { maxAttempts: 1 } });
        shown.push(await rejection(client.listSnapshots("m")));
        assert.notInclude(fetch.calls[0].url, CANARY);
        assert.equal(fetch.calls[0].headers.get("authorization"), `Bearer ${CANARY}`);
      }
      const { client } = scripted(runner, [json(200, []), json(202, TRACKER), answers[0]], { auth, onEvent });
      const operation = await client.createSnapshot("m");
      shown.push(operation.toJSON(), await rejection(operation.result({ timeoutMs: 20 })));
    }
    const { client } = scripted(runner, [json(200, [])], {
      auth: () => Promise.reject(new Error(CANARY)),
    });
    shown.push(await rejection(client.listSnapshots("m")));
    assert.isAbove(shown.length, 20);
    for (const value of shown.slice(0, -1)) assert.notInclude(everything(value), CANARY);
  });
}
