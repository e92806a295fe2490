import { assert, connect, connectAlone, json, MACHINES, refusal, scripted, TRACKER, text } from "./bench.mjs";

export function cases(runner) {
  const { test } = runner;

  const refused = { denied: ["forbidden", 403], gone: ["not_found", 404], busy: ["conflict", 409] };
  for (const [machine, [code, status]] of Object.entries(refused)) {
    test(`${code}, over HTTP: the service's own words, and nothing happened`, async () => {
      const operation = connect(runner).prepareSnapshot(MACHINES[machine], { name: "n" });
      const error = await refusal(runner, operation.submit(), code);
      assert.equal(error.status, status);
      assert.isFalse(error.retryable);
      assert.include(error.message, error.service.message);
      assert.include(error.message, error.service.serverErrorId ?? "");
      assert.equal(operation.phase, "failed");
      assert.equal(operation.error.code, code);
      assert.equal(operation.error, operation.error);
      assert.isUndefined(error.state);
    });
  }

  test("refusals without a body", async () => {
    const { client } = connectAlone(runner, {}, { errorBodies: "none" });
    const error = await refusal(runner, client.createSnapshot(MACHINES.denied), "forbidden");
    assert.isUndefined(error.service);
    assert.equal(error.status, 403);
  });

  test("a failed operation is an error with its tracker and its reason", async () => {
    const client = connect(runner);
    const operation = await client.createSnapshot(MACHINES.failing);
    const error = await refusal(runner, operation.result(), "operation_failed");
    assert.equal(error.tracker.status, "FAILED");
    assert.include(error.message, error.tracker.message);
    assert.equal(operation.phase, "failed");
    assert.isFalse(error.retryable);
    assert.isBelow(operation.progress, 100);
  });

  test("a token that is refused", async () => {
    const { client, fetch } = connectAlone(runner, { auth: "wrong" });
    const error = await refusal(runner, client.listSnapshots(MACHINES.web), "unauthorized");
    assert.equal(error.status, 401);
    // The same token again would be refused again.
    assert.lengthOf(fetch.calls, 1);
  });

  test("reads are repeated, and then not", async () => {
    const { client, fetch } = scripted(runner, [
      text(503, ""),
      () => Promise.reject(new TypeError("fetch failed")),
      json(429, {}, { "retry-after": "0" }),
      json(200, []),
    ]);
    assert.deepEqual(await client.listSnapshots("m"), []);
    assert.lengthOf(fetch.calls, 4);
    const { client: unlucky, fetch: calls } = scripted(runner, [text(502, "<html>Bad Gateway</html>")]);
    const error = await refusal(runner, unlucky.listSnapshots("m"), "service_error");
    assert.isTrue(error.retryable);
    assert.include(error.message, "Bad Gateway");
    assert.lengthOf(calls.calls, 4);
  });

  const unknown = {
    "no answer": () => Promise.reject(new TypeError("fetch failed")),
    500: text(500, ""),
    502: text(502, "<html>"),
    "503 without Retry-After": text(503, ""),
    408: text(408, ""),
    307: text(307, "", { location: "https://evil.test/" }),
    "HTML with 202": text(202, "<html>Please log in</html>"),
    "cut JSON": text(202, '{"id": "t1", "sta'),
    "an empty 202": () => new Response(null, { status: 202 }),
    "a tracker without an id": json(202, { ...TRACKER, id: undefined }),
    "a tracker without a status": json(202, { ...TRACKER, status: undefined }),
    "a tracker without progress": json(202, { ...TRACKER, progress: undefined }),
    "wrong types": json(202, { ...TRACKER, progress: "10" }),
    "a body over the limit": text(202, " ".repeat(2000)),
    "no Response": () => ({ ok: true }),
  };
  for (const [what, answer] of Object.entries(unknown)) {
    test(`a POST answered by ${what} is outcome_unknown, and never sent again`, async () => {
      const { client, fetch } = scripted(runner, [json(200, []), answer, json(200, [])], {
        maxBodyBytes: 1000,
      });
      const operation = client.prepareSnapshot("m", { name: "n" });
      const error = await refusal(runner, operation.submit(), "outcome_unknown");
      assert.isFalse(error.retryable);
      assert.equal(error.state.phase, "reconciling");
      assert.equal(operation.phase, "reconciling");
      await refusal(runner, operation.result(), "outcome_unknown");
      assert.equal(fetch.posts(), 1);
    });
  }

  test("a POST answered by 429 is sent again, within the budget", async () => {
    const slowDown = json(429, { message: "slow down" }, { "retry-after": "0" });
    const { client, fetch } = scripted(runner, [json(200, []), slowDown, slowDown, json(202, TRACKER)]);
    await client.createSnapshot("m");
    assert.equal(fetch.posts(), 3);
    const { client: unlucky, fetch: calls } = scripted(runner, [json(200, []), slowDown]);
    const error = await refusal(runner, unlucky.createSnapshot("m"), "rate_limited");
    assert.isTrue(error.retryable);
    assert.equal(calls.posts(), 4);
  });

  test("failed polls do not end a wait; a lost tracker sends it to the snapshots", async () => {
    const { client } = scripted(
      runner,
      [
        json(200, []),
        json(202, TRACKER),
        text(500, ""),
        text(200, "<html>"),
        json(200, { ...TRACKER, status: "THINKING" }),
        json(404, { message: "gone" }),
        json(200, [{ id: "s1", name: "n" }]),
      ],
      {
        retry: { maxAttempts: 1, initialDelayMs: 0, maxDelayMs: 0 },
        polling: { initialDelayMs: 0, maxDelayMs: 0 },
      },
    );
    const operation = await client.createSnapshot("m", { name: "n" });
    assert.equal((await operation.result()).id, "s1");
  });

  test("a wait that the service ends keeps its state, and goes on later", async () => {
    const { client } = scripted(runner, [
      json(200, []),
      json(202, TRACKER),
      json(403, { message: "no longer yours" }),
      json(200, { ...TRACKER, status: "FINISHED" }),
      json(200, [{ id: "s1" }]),
    ]);
    const operation = await client.createSnapshot("m");
    const error = await refusal(runner, operation.result(), "forbidden");
    assert.equal(error.state.phase, "tracking");
    assert.equal(operation.phase, "tracking");
    assert.isUndefined(operation.error);
    assert.equal((await operation.result()).id, "s1");
  });

  test("two new snapshots of one name: ambiguous, with the candidates", async () => {
    const twins = [
      { id: "s1", name: "n" },
      { id: "s2", name: "n" },
    ];
    const { client } = scripted(runner, [
      json(200, []),
      json(202, { ...TRACKER, status: "FINISHED" }),
      json(200, twins),
    ]);
    const operation = await client.createSnapshot("m", { name: "n" });
    const error = await refusal(runner, operation.result(), "ambiguous_result");
    assert.deepEqual(error.candidates, twins);
    assert.equal(error.tracker.status, "FINISHED");
    assert.equal(error.state.phase, "resolving");
    const none = scripted(runner, [
      json(200, []),
      json(202, { ...TRACKER, status: "FINISHED" }),
      json(200, []),
    ]);
    const lost = await refusal(runner, (await none.client.createSnapshot("m")).result(), "ambiguous_result");
    assert.deepEqual(lost.candidates, []);
  });
}
