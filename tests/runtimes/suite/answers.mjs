import { assert, json, refusal, scripted, text } from "./bench.mjs";

export function cases(runner) {
  const { test, skip, foreign } = runner;
  const abroad = foreign ? test : skip("there is one realm only");
  const once = { retry: { maxAttempts: 1 } };

  const unexpected = {
    "HTML with 200": [text(200, "<html><title>Sign in</title></html>"), 200, /<title>Sign in/],
    "HTML with 403": [text(403, "<html>no</html>"), 403, /<html>no/, "forbidden"],
    "cut JSON": [text(200, '[{"id": "s'), 200, /not in JSON/],
    nothing: [text(200, ""), 200, /without a body/],
    "white space": [text(200, " \n"), 200, /without a body/],
    "an object in place of an array": [json(200, {}), 200, /without what must be in the body/],
    "a snapshot without an id": [json(200, [{ name: "n" }]), 200, /without what must be/],
    "an id of the wrong type": [json(200, [{ id: 7 }]), 200, /without what must be/],
    null: [json(200, null), 200, /without what must be/],
    "a redirect": [text(302, "", { location: "https://evil.test/" }), 302, /redirect/],
    "control characters": [text(200, "a\u0000b\u001b[31mc"), 200, /a b \[31mc/],
  };
  for (const [what, [answer, status, expected, code]] of Object.entries(unexpected)) {
    test(`${what} in answer to a read`, async () => {
      const { client } = scripted(runner, [answer], once);
      const error = await refusal(runner, client.listSnapshots("m"), code ?? "unexpected_response");
      assert.equal(error.status, status);
      assert.match(error.message, expected);
      assert.match(error.message, /^GET \/iaas\/api\/machines\/m\/snapshots/);
    });
  }

  const required = {
    getMachine: [{ id: "m", powerState: "ON" }, ["id", "powerState"]],
    getSnapshot: [{ id: "s" }, ["id"]],
    getRequestTracker: [{ id: "t", status: "FINISHED", progress: 1 }, ["id", "status", "progress"]],
    about: [{ latestApiVersion: "2021-07-15", supportedApis: [] }, ["latestApiVersion", "supportedApis"]],
  };
  for (const [method, [body, fields]] of Object.entries(required)) {
    test(`${method}: what must be in the body`, async () => {
      const args = method === "about" ? [] : ["m", "s"].slice(0, method === "getSnapshot" ? 2 : 1);
      const { client } = scripted(runner, [json(200, body)], once);
      assert.deepEqual(await client[method](...args), body);
      for (const field of fields) {
        const { client } = scripted(runner, [json(200, { ...body, [field]: undefined })], once);
        await refusal(runner, client[method](...args), "unexpected_response");
      }
    });
  }

  test("a long answer is shown in part", async () => {
    const { client } = scripted(runner, [text(200, "x".repeat(5000))], once);
    const error = await refusal(runner, client.listSnapshots("m"), "unexpected_response");
    assert.isBelow(error.message.length, 300);
  });

  test("a body over the limit, announced or not", async () => {
    let cancelled = 0;
    const endless = () =>
      new Response(
        new ReadableStream({
          pull: (body) => body.enqueue(new Uint8Array(400)),
          cancel: () => {
            cancelled += 1;
          },
        }),
      );
    const announced = () => new Response("[]", { headers: { "content-length": "5000" } });
    for (const answer of [endless, announced]) {
      const { client, fetch } = scripted(runner, [answer], { maxBodyBytes: 1000 });
      const error = await refusal(runner, client.listSnapshots("m"), "body_too_large");
      assert.equal(error.status, 200);
      assert.lengthOf(fetch.calls, 1);
    }
    assert.equal(cancelled, 1);
    const { client } = scripted(runner, [text(200, `[${" ".repeat(998)}]`)], { maxBodyBytes: 1000 });
    assert.deepEqual(await client.listSnapshots("m"), []);
  });

  test("a body that breaks off", async () => {
    const broken = () =>
      new Response(
        new ReadableStream({
          pull: (body) => body.error(new TypeError("terminated")),
        }),
      );
    const { client } = scripted(runner, [broken], once);
    const error = await refusal(runner, client.listSnapshots("m"), "network");
    assert.equal(error.status, 200);
    assert.equal(error.cause.message, "terminated");
  });

  test("a Response that somebody else has read, or is reading", async () => {
    const used = async () => {
      const response = new Response("[]");
      await response.text();
      return response;
    };
    const locked = () => {
      const response = new Response("[]");
      response.body.getReader();
      return response;
    };
    for (const answer of [used, locked]) {
      const { client } = scripted(runner, [answer], once);
      const error = await client.listSnapshots("m").catch((error) => error);
      assert.include(["network", "unexpected_response"], error.code, String(error));
    }
  });

  test("a byte order mark, and a wrong content type", async () => {
    const { client } = scripted(runner, [text(200, "\ufeff[]", { "content-type": "text/plain" })]);
    assert.deepEqual(await client.listSnapshots("m"), []);
  });

  const thrown = {
    "an Error": new TypeError("fetch failed"),
    "a string": "offline",
    "an object": { code: "offline" },
    undefined: undefined,
    null: null,
    "a number": 0,
    "a symbol": Symbol("offline"),
    "an object that throws": {
      get message() {
        throw new Error("trap");
      },
    },
  };
  const rejections = (what, reason) => [
    `fetch that rejects with ${what}, or throws it`,
    async () => {
      const rejects = () => Promise.reject(reason);
      const throws = () => {
        throw reason;
      };
      for (const fetch of [rejects, throws]) {
        const client = new runner.lib.SnapshotClient({ baseUrl: "https://service.test", fetch, ...once });
        const error = await refusal(runner, client.about(), "network");
        assert.isTrue(error.retryable);
        assert.equal(error.cause, reason);
      }
    },
  ];
  for (const [what, reason] of Object.entries(thrown)) test(...rejections(what, reason));
  abroad(...rejections("an Error of another realm", foreign && new foreign.Error("far away")));

  for (const value of [
    undefined,
    null,
    7,
    "text",
    {},
    { status: 200 },
    { status: 200, headers: {}, body: null },
  ]) {
    test(`fetch that gives ${JSON.stringify(value)}`, async () => {
      const { client } = scripted(runner, [() => value], once);
      const error = await refusal(runner, client.listSnapshots("m"), "unexpected_response");
      assert.match(error.message, /fetch/);
    });
  }

  /** What wrappers of `fetch` give: the shape of a `Response`, with a body that is no web stream. */
  const wrapped = (more, headers = {}) => ({ status: 200, headers: new Headers(headers), ...more });
  const bytes = (text) => new TextEncoder().encode(text);
  async function* parts(...texts) {
    for (const text of texts) yield bytes(text);
  }
  const LISTED = '[{"id": "s", "name": "\u00e9"}]';
  const streamless = {
    "a body that is a stream of Node": () => wrapped({ body: parts(LISTED.slice(0, 5), LISTED.slice(5)) }),
    "a body that gives texts": () => wrapped({ body: [LISTED.slice(0, 5), LISTED.slice(5)].values() }),
    "no body, but text()": () => wrapped({ text: async () => LISTED }),
    "no body, but arrayBuffer()": () => wrapped({ arrayBuffer: async () => bytes(LISTED).buffer }),
    "a body of another kind, and text()": () => wrapped({ body: {}, text: async () => LISTED }),
  };
  for (const [what, answer] of Object.entries(streamless)) {
    test(`a Response without a web stream: ${what}`, async () => {
      const { client } = scripted(runner, [answer], once);
      assert.deepEqual(await client.listSnapshots("m"), [{ id: "s", name: "\u00e9" }]);
    });
  }

  test("a Response without a web stream is read to the limit", async () => {
    let read = 0;
    let ended = 0;
    let destroyed = 0;
    const destroy = () => {
      destroyed += 1;
    };
    async function* endless() {
      try {
        for (;;) {
          read += 1;
          yield bytes(" ".repeat(400));
        }
      } finally {
        ended += 1;
      }
    }
    const never = () => assert.fail("it is read");
    const long = "\u00e9".repeat(600);
    const answers = [
      () => wrapped({ body: endless() }),
      () =>
        wrapped({ text: never, body: Object.assign(parts(long), { destroy }) }, { "content-length": "1001" }),
      () => wrapped({ text: never }, { "content-length": "1001" }),
      () => wrapped({ text: async () => long }),
      () => wrapped({ arrayBuffer: async () => bytes(long).buffer }),
    ];
    for (const answer of answers) {
      const { client } = scripted(runner, [answer], { maxBodyBytes: 1000, ...once });
      const error = await refusal(runner, client.listSnapshots("m"), "body_too_large");
      assert.equal(error.status, 200);
    }
    assert.deepEqual([read, ended, destroyed], [3, 1, 1]);
  });

  test("a Response without a web stream whose reading fails", async () => {
    const broken = () => wrapped({ text: () => Promise.reject(new Error("broken")) });
    const { client } = scripted(runner, [broken], once);
    const error = await refusal(runner, client.listSnapshots("m"), "network");
    assert.equal(error.cause.message, "broken");
  });

  abroad("a Response of another realm", async () => {
    const { client } = scripted(runner, [() => new foreign.Response('[{"id": "s"}]')]);
    assert.deepEqual(await client.listSnapshots("m"), [{ id: "s" }]);
  });

  test("fetch is called as a plain function, with what the platform needs and no more", async () => {
    let seen;
    function fetch(url, init) {
      seen = { self: this, url, init };
      return Promise.resolve(new Response("[]"));
    }
    const client = new runner.lib.SnapshotClient({ baseUrl: "https://service.test", auth: "t", fetch });
    await client.listSnapshots("m");
    assert.isUndefined(seen.self);
    assert.isString(seen.url);
    assert.equal(seen.init.redirect, "manual");
    assert.sameMembers([...seen.init.headers.keys()], ["accept", "authorization"]);
  });
}
