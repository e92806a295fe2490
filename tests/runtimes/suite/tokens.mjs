import {
  assert,
  connectAlone,
  everything,
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

  /** A token with characters that JSON, URLs and base64 write otherwise. */
  const ODD = 'canary/with+odd"chars\\and=~';
  const spellings = (secret) => ({
    plain: secret,
    "inside another text": `«${secret}»${secret}`,
    "as JSON": JSON.stringify({ token: secret }),
    "as JSON inside JSON": JSON.stringify(JSON.stringify({ token: secret })),
    "percent-encoded": encodeURIComponent(secret),
    "percent-encoded in lower case": encodeURIComponent(secret).replace(/%../g, (hex) => hex.toLowerCase()),
    "percent-encoded twice": encodeURIComponent(encodeURIComponent(secret)),
    "with unicode escapes": JSON.stringify(secret).replace(
      /[+=/]/g,
      (sign) => `\\u00${sign.charCodeAt().toString(16)}`,
    ),
    base64: btoa(secret),
    "base64 of Basic": btoa(`user:${secret}`),
    "base64 of Basic, shifted": btoa(`users:${secret}:more`),
    "base64 for URLs": btoa(`u:${secret}`).replaceAll("+", "-").replaceAll("/", "_"),
  });
  for (const [what, spelled] of Object.entries(spellings(ODD))) {
    test(`a service that repeats the token ${what}`, async () => {
      const body = {
        message: `refused: ${spelled} by the service`,
        serverErrorId: "e-1",
        nested: { list: [{ [spelled]: [spelled] }, 7, null, true] },
        details: [spelled],
      };
      const hidden = () => JSON.stringify(body).replaceAll("/", "\\/").replaceAll("=", "\\u003d");
      const events = [];
      for (const answer of [json(400, body), text(400, hidden()), text(400, `<p>${spelled}</p>`)]) {
        const { client } = scripted(runner, [answer], {
          auth: () => ODD,
          onEvent: (event) => events.push(event),
        });
        const error = await refusal(runner, client.listSnapshots("m"), "service_error");
        const shown = everything([error, error.service, error.service?.nested, events]);
        for (const [how, other] of Object.entries(spellings(ODD))) assert.notInclude(shown, other, how);
        assert.notInclude(shown, JSON.stringify(ODD).slice(1, -1));
        if (error.service === undefined) continue;
        assert.match(error.message, /refused: .*\*\*\*.* by the service/);
        assert.equal(error.service.serverErrorId, "e-1");
        assert.deepEqual(error.service.nested.list.slice(1), [7, null, true]);
      }
    });
  }

  test("an earlier token stays a secret, and so does one of a call that is under way", async () => {
    const tokens = ["first-token-of-three", "second-token-of-three", "third-token-of-three"];
    let next = 0;
    const answers = [
      json(401, {}),
      json(200, []),
      json(401, {}),
      () => new Response(JSON.stringify({ message: tokens.join(" ") }), { status: 400 }),
    ];
    const { client } = scripted(runner, answers, { auth: () => tokens[next++] });
    await client.listSnapshots("m");
    const error = await refusal(runner, client.listSnapshots("m"), "service_error");
    assert.include(error.message, "*** *** ***");
    for (const token of tokens) assert.notInclude(everything(error), token);
  });

  test("a short token hides nothing of a body", async () => {
    const { client } = scripted(runner, [json(400, { message: "at the start" })], { auth: "t" });
    assert.include(
      (await refusal(runner, client.listSnapshots("m"), "service_error")).message,
      "at the start",
    );
  });

  test("a token that a 2xx repeats does not reach the user, and a login's own answer is read as it is", async () => {
    const { client } = scripted(runner, [json(200, [{ id: "s", description: `by ${CANARY}` }])], {
      auth: CANARY,
    });
    assert.deepEqual(await client.listSnapshots("m"), [{ id: "s", description: "by ***" }]);
    const tracker = { ...TRACKER, status: "FAILED", message: `no ${CANARY}`, [CANARY]: 1 };
    const { client: failing } = scripted(runner, [json(200, []), json(202, tracker)], { auth: CANARY });
    const operation = await failing.createSnapshot("m");
    const error = await refusal(runner, operation.result(), "operation_failed");
    assert.equal(error.tracker["***"], 1);
    assert.notInclude(everything([error, operation.toJSON()]), CANARY);
    // The same token again.
    const login = json(200, { token: CANARY, tokenType: "Bearer" });
    const again = scripted(runner, [login, json(401, {}), login, json(200, [])], {
      auth: { refreshToken: "refresh-token" },
    });
    await again.client.listSnapshots("m");
    assert.equal(again.fetch.calls.at(-1).headers.get("authorization"), `Bearer ${CANARY}`);
  });

  test("a reason that holds the token somewhere is not kept as the cause", async () => {
    const reasons = [
      Object.assign(new Error("no"), { config: { headers: { authorization: `Bearer ${CANARY}` } } }),
      Object.assign(new Error("no"), {
        request: { headers: new Headers({ authorization: `Bearer ${CANARY}` }) },
      }),
      new Error("no", { cause: new Error(`for ${CANARY}`) }),
      { [CANARY]: true },
      { toJSON: () => CANARY, list: [[CANARY]] },
    ];
    for (const reason of reasons) {
      const { client } = scripted(runner, [() => Promise.reject(reason)], {
        auth: CANARY,
        retry: { maxAttempts: 1 },
      });
      const error = await refusal(runner, client.listSnapshots("m"), "network");
      assert.isUndefined(error.cause);
      assert.notInclude(everything(error), CANARY);
    }
    const kept = Object.assign(new Error("no"), { errors: [new Error("one"), new Error("two")] });
    kept.self = kept;
    const { client } = scripted(runner, [() => Promise.reject(kept)], {
      auth: CANARY,
      retry: { maxAttempts: 1 },
    });
    assert.equal((await refusal(runner, client.listSnapshots("m"), "network")).cause, kept);
  });

  test("a token that is a string and refused: the error says what it may be", async () => {
    for (const [auth, hint] of [
      ["a-refresh-token", /auth: \{ refreshToken \}/],
      [() => "a-token", /^(?!.*refreshToken)/],
    ]) {
      const { client } = scripted(runner, [json(401, { message: "no" })], { auth });
      const error = await refusal(runner, client.listSnapshots("m"), "unauthorized");
      assert.match(error.message, hint);
      assert.equal(error.status, 401);
    }
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
