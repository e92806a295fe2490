// Every fault of the table, over real HTTP: what the promise says, and what has happened at the service.
import { all, assert, everything, recording } from "./bench.mjs";
import { TABLE } from "./faults-table.mjs";

const HURRIED = {
  retry: { initialDelayMs: 1, maxDelayMs: 5 },
  polling: { initialDelayMs: 5, maxDelayMs: 20 },
  reconcile: { settleMs: 60, intervalMs: 10 },
};
/** A promise that has not settled by then is counted as one that never will. */
const PATIENCE_MS = 300_000;
/** Calls that have no machine. */
const OF_NO_MACHINE = new Set(["login", "tenantToken", "listMachines", "listTrackers"]);
/** The requests that must not be repeated. */
const ACTIONS = {
  create: ({ method, url }) => method === "POST" && url.includes("/operations/snapshots"),
  revert: ({ method, url }) => method === "POST" && url.includes("/operations/revert/"),
  delete: ({ method }) => method === "DELETE",
};
const AUTHS = {
  string: () => "simulated-token",
  renewed: () => () => "simulated-token",
  refreshToken: () => ({ refreshToken: "simulated-refresh-token" }),
  organization: () => ({ refreshToken: "simulated-refresh-token", organization: "simulated" }),
};

/** The control endpoints of one service. */
function control(url) {
  const call = async (method, path, body) => {
    const response = await fetch(`${url}/simulator${path}`, {
      method,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.isTrue(response.ok, `${method} ${path}: ${response.status}`);
    return response.status === 204 ? undefined : response.json();
  };
  return {
    setFaults: (faults) => call("PUT", "/faults", faults),
    begin: (operation) => call("POST", "/operations", operation),
    passTime: (passMs) => call("POST", "/time", { passMs }),
    machine: (id) => call("GET", `/machines/${id}`),
  };
}

async function until(condition) {
  const end = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    assert.isBelow(performance.now(), end, "the service did not come to it");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function onMachine({ on, ...fault }, machine) {
  return { ...fault, on: OF_NO_MACHINE.has(on) ? { call: on } : { call: on, machine } };
}

/** What a promise comes to; `unsettled` if to nothing. */
async function outcomeOf(promise) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, { outcome: "unsettled" });
  });
  const settled = promise.then(
    (value) => ({ outcome: "finished", value }),
    (error) => ({ outcome: error?.code ?? String(error), error }),
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The client and the call of a row. */
function begin({ lib, services, http = (url, init) => fetch(url, init) }, row, target) {
  const recorded = recording(http);
  const events = [];
  const client = new lib.SnapshotClient({
    baseUrl: services[row.service],
    auth: AUTHS[row.auth ?? "string"](),
    fetch: recorded,
    onEvent: (event) => events.push(event),
    ...HURRIED,
    ...row.client,
  });
  const { signal, abort } = abortable(row);
  const { machine, timeoutMs } = row;
  const waited = (submitted) => submitted.then((operation) => operation.result({ signal, timeoutMs }));
  const key = row.key ? { idempotencyKey: `key-of-${machine}` } : {};
  const operation =
    row.call === "create"
      ? client.prepareSnapshot(
          machine,
          { name: row.snapshotName ?? "n", description: "about it" },
          { ...key },
        )
      : undefined;
  const calls = {
    create: () => waited(operation.submit({ signal }).then(() => operation)),
    delete: () => waited(client.deleteSnapshot(machine, target, { signal })),
    revert: () => waited(client.revertSnapshot(machine, target, { signal })),
    list: () => client.listSnapshots(machine, { signal }),
    machines: () => all(client.listMachines({ pageSize: 25 }, { signal })),
  };
  const sent = () => recorded.calls.filter(ACTIONS[row.call] ?? (() => false)).length;
  const promise = calls[row.call]();
  if (abort !== undefined) setTimeout(abort, row.abortMs);
  return { client, operation, promise, sent, events, calls: recorded.calls };
}

/** The secrets that the client has sent: its tokens, and the refresh token of the simulated service. */
function secretsOf(calls) {
  const headers = calls.map(({ headers }) => headers.get("authorization")).filter(Boolean);
  const refreshToken = calls.some(({ body }) => String(body).includes("simulated-refresh-token"));
  return new Set([
    ...headers.map((header) => header.replace("Bearer ", "")),
    ...(refreshToken ? ["simulated-refresh-token"] : []),
  ]);
}

function abortable({ abortMs }) {
  if (abortMs === undefined) return {};
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort("aborted") };
}

/** How many machines a service has, in one page and without faults. */
async function countMachines(url) {
  const headers = { authorization: "Bearer simulated-token" };
  await control(url).setFaults([]);
  const answer = await fetch(`${url}/iaas/api/machines?$top=1000`, { headers });
  return (await answer.json()).content.length;
}

/** Goes on with an operation whose first wait has ended without its end. */
const GO_ON = {
  result: async ({ operation }) => operation.result(),
  submit: async ({ operation }) => {
    await operation.submit();
    return operation.result();
  },
  resume: async ({ client, operation }) =>
    client.resume(JSON.parse(JSON.stringify(operation.toJSON()))).result(),
};

/** Whether the service made a snapshot that the user is not told of, or did not make one that he is told of. */
function isLost({ outcome, value, error }, operation, own) {
  if (outcome === "finished") return !own.includes(value?.id);
  const told = outcome === "operation_failed" || error?.candidates?.some(({ id }) => own.includes(id));
  return own.length > 0 && !told && ["prepared", "failed"].includes(operation.phase);
}

export function cases(runner) {
  const { test } = runner;
  const counted = { rows: 0, duplicates: 0, lost: 0, unsettled: 0 };

  for (const row of TABLE) {
    test(row.name, async () => {
      const { machine, faults } = row;
      const service = control(runner.services[row.service]);
      // Faults by name would end too.
      if (row.service !== "named") await service.setFaults(faults.map((fault) => onMachine(fault, machine)));
      let target;
      if (row.before !== undefined) {
        for (const operation of row.before) await service.begin({ machine, ...operation });
        await until(async () => {
          const { snapshots } = await service.machine(machine);
          [target] = snapshots;
          return snapshots.length === row.before.length;
        });
      }

      const begun = begin(runner, row, target?.id);
      const first = await outcomeOf(begun.promise);
      let last = first;
      if (row.goOn !== undefined && first.outcome !== "unsettled") {
        if (row.passMs !== undefined) await service.passTime(row.passMs);
        if (row.goOn !== "submit")
          await until(async () => (await service.machine(machine)).made === row.made);
        last = await outcomeOf(GO_ON[row.goOn](begun));
      }

      const { made, snapshots: there } = await service.machine(machine);
      const own = there.filter(({ madeByRequest }) => madeByRequest !== null).map(({ id }) => id);
      counted.rows += 1;
      counted.duplicates += Math.max(0, made - 1);
      if (begun.operation !== undefined && isLost(last, begun.operation, own)) counted.lost += 1;
      if ([first, last].some(({ outcome }) => outcome === "unsettled")) counted.unsettled += 1;

      const why = first.error?.message;
      assert.equal(first.outcome, row.outcome, why);
      if (row.goOn !== undefined) assert.equal(last.outcome, "finished", last.error?.message);
      assert.equal(made, row.made, "snapshots made");
      assert.isAtMost(begun.sent(), row.sent, "requests sent");
      if (row.call === "create" && last.outcome === "finished") assert.deepEqual([last.value.id], own);
      if (row.call === "machines") {
        const ids = last.value.map(({ id }) => id);
        assert.equal(new Set(ids).size, ids.length, "each machine once");
        assert.lengthOf(ids, await countMachines(runner.services[row.service]));
      }
      if (row.says !== undefined) assert.include(why, row.says);
      const shown = everything([first, last, begun.events, begun.operation?.toJSON()]);
      for (const secret of secretsOf(begun.calls)) assert.notInclude(shown, secret, "a secret is shown");
      if (row.left !== undefined) assert.lengthOf(there, row.left);
    });
  }

  test("the account of all rows", () => {
    const { rows, duplicates, lost, unsettled } = counted;
    const account = `faults: ${rows} rows, ${duplicates} duplicate snapshots, ${lost} lost operations, ${unsettled} unsettled promises`;
    assert.isAtLeast(rows, 60);
    assert.equal(rows, TABLE.length);
    assert.deepEqual([duplicates, lost, unsettled], [0, 0, 0], account);
    return account;
  });
}
