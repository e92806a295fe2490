import {
  assert,
  connect,
  connectAlone,
  everything,
  json,
  MACHINES,
  refusal,
  rejection,
  scripted,
  text,
} from "./bench.mjs";

const REFRESH = "refresh-token-of-the-test";

export function cases(runner) {
  const { test } = runner;
  const logins = ({ calls }) =>
    calls.filter(({ url }) => /\/login|\/token$/.test(new URL(url).pathname)).length;

  test("a refresh token, over HTTP, at both endpoints", async () => {
    for (const organization of [undefined, "simulated"]) {
      const auth = { refreshToken: "simulated-refresh-token", ...(organization && { organization }) };
      assert.lengthOf(await connect(runner, { auth }).listSnapshots(MACHINES.history), 5);
    }
  });

  test("a hundred operations whose token runs out together make one renewal", async () => {
    let expired = false;
    let renewals = 0;
    const fetch = async (url, init) => {
      if (url.endsWith("/iaas/api/login")) {
        renewals += 1;
        expired = false;
        return Response.json({ token: `token-${renewals}`, tokenType: "Bearer" });
      }
      const fresh = init.headers.get("authorization") === `Bearer token-${renewals}`;
      if (expired || !fresh) return new Response(null, { status: 401 });
      if (init.method === "POST")
        return Response.json({ id: url, status: "INPROGRESS", progress: 1 }, { status: 202 });
      if (url.includes("/request-tracker/"))
        return Response.json({ id: url, status: "FINISHED", progress: 100 });
      return Response.json([]);
    };
    const { SnapshotClient } = runner.lib;
    const client = new SnapshotClient({
      baseUrl: "https://service.test",
      auth: { refreshToken: REFRESH },
      fetch,
      polling: { initialDelayMs: 20, maxDelayMs: 20 },
      reconcile: { settleMs: 0, intervalMs: 0 },
    });
    const machines = Array.from({ length: 100 }, (_, at) => `m${at}`);
    const operations = await Promise.all(machines.map((machine) => client.createSnapshot(machine)));
    assert.equal(renewals, 1);
    expired = true;
    // Each is ambiguous in the end, for want of a snapshot: what counts is that it got there.
    const ends = await Promise.all(operations.map((operation) => rejection(operation.result())));
    assert.deepEqual([...new Set(ends.map(({ code }) => code))], ["ambiguous_result"]);
    assert.equal(renewals, 2);
  });

  for (const status of [400, 401, 403]) {
    test(`a login answered by ${status} is unauthorized, and nothing is sent`, async () => {
      const { client, fetch } = scripted(runner, [json(status, { message: "no" })], {
        auth: { refreshToken: REFRESH },
      });
      const error = await refusal(runner, client.listSnapshots("m"), "unauthorized");
      assert.equal(error.status, status);
      assert.isFalse(error.retryable);
      assert.lengthOf(fetch.calls, 1);
    });
  }

  const others = { network: () => Promise.reject(new TypeError("x")), service_error: text(503, "") };
  for (const [code, answer] of Object.entries(others)) {
    test(`a login that fails otherwise is tried again, and keeps its code: ${code}`, async () => {
      const { client, fetch } = scripted(runner, [answer], { auth: { refreshToken: REFRESH } });
      const operation = client.prepareSnapshot("m");
      const error = await refusal(runner, operation.submit(), code);
      assert.isTrue(error.retryable);
      assert.equal(operation.phase, "prepared");
      assert.equal(logins(fetch), 4);
      assert.lengthOf(fetch.calls, 4);
    });
  }

  test("a login without a token in its answer", async () => {
    for (const body of [{}, { token: "" }, { token: "a b" }, { token: 7 }, []]) {
      const { client } = scripted(runner, [json(200, body)], { auth: { refreshToken: REFRESH } });
      await refusal(runner, client.listSnapshots("m"), "unexpected_response");
    }
  });

  test("a refresh token goes into the body of the login alone, and shows nowhere", async () => {
    const events = [];
    const repeated = { message: `bad token ${REFRESH}`, sent: [{ refreshToken: REFRESH, [REFRESH]: 1 }] };
    const answers = [
      text(403, `bad token ${REFRESH}`),
      json(400, repeated),
      json(500, repeated),
      json(400, { error: "invalid_grant", error_description: REFRESH }),
      () => Promise.reject(new Error(REFRESH)),
    ];
    for (const answer of answers.flatMap((answer) => [
      [answer, undefined],
      [answer, "simulated"],
    ])) {
      const [script, organization] = answer;
      const { client, fetch } = scripted(runner, [script], {
        auth: { refreshToken: REFRESH, ...(organization && { organization }) },
        onEvent: (event) => events.push(event),
      });
      const error = await rejection(client.listSnapshots("m"));
      const shown = [
        error.message,
        error.stack,
        JSON.stringify(error),
        everything(error.service),
        String(error.cause),
        JSON.stringify(events),
      ];
      assert.notInclude(shown.join("\n"), REFRESH);
      assert.notInclude(fetch.calls[0].url, REFRESH);
      assert.isNull(fetch.calls[0].headers.get("authorization"));
      assert.include(fetch.calls[0].body, REFRESH);
    }
  });

  test("auth that is none is refused, without showing it", async () => {
    const bad = [
      {},
      { refreshToken: "" },
      { refreshToken: 7 },
      { refreshToken: "hush hush" },
      { refreshtoken: "hush" },
    ];
    for (const auth of [
      ...bad,
      { refreshToken: "x", organization: "" },
      { refreshToken: "x", organization: ".." },
    ]) {
      const error = await refusal(
        runner,
        (async () => new runner.lib.SnapshotClient({ baseUrl: "https://a.test", auth }))(),
        "invalid_input",
      );
      assert.match(error.message, /options\.auth/);
      assert.notInclude(error.message, "hush");
    }
  });

  test("CORS is named where it is the likely cause", async () => {
    const { client } = connectAlone(runner);
    await client.about();
    const elsewhere = new runner.lib.SnapshotClient({
      baseUrl: "http://127.0.0.1:9",
      retry: { maxAttempts: 1 },
    });
    const error = await refusal(runner, elsewhere.about(), "network");
    assert.equal(/CORS/.test(error.message), globalThis.location !== undefined);
  });
}
