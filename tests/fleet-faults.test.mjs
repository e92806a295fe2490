// How the ends of a killed fleet are judged: every end that the design allows is right, and no other.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "./fleet-faults.mjs";

const KINDS = new Map([
  ["lost", ["lost before"]],
  ["failing", ["failing operation"]],
]);
const DEPLOYMENTS = { lost: "d-1", behind: "d-1", alone: "d-2" };

/** A service on which these machines have so many snapshots, with ids of their own. */
function serviceWith(made) {
  const times = (counts) => Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  return {
    stats: () => ({ made: times(made), created: times({ ...made, failing: 1 }) }),
    snapshotsOf: (machine) =>
      Array.from({ length: made[machine] ?? 0 }, (_, at) => ({ id: `${machine}-${at}`, madeByRequest: "r" })),
  };
}

function isRight(report, made = {}) {
  try {
    judge(report, KINDS, (machine) => DEPLOYMENTS[machine], serviceWith(made));
    return true;
  } catch (error) {
    assert.ok(error instanceof assert.AssertionError, error.stack);
    return false;
  }
}

const finished = (machineId, snapshot = `${machineId}-0`) => ({ machineId, status: "finished", snapshot });
const unknown = { machineId: "lost", status: "unknown", code: "outcome_unknown" };
const skipped = (machineId) => ({ machineId, status: "skipped" });
const failed = (machineId, code = "operation_failed") => ({ machineId, status: "failed", code });

/** What is told, what is at the service, and whether that may be. */
const CASES = {
  "finished, with its snapshot": [[finished("alone")], { alone: 1 }, true],
  "finished, with another snapshot": [[finished("alone", "elsewhere")], { alone: 1 }, false],
  "finished, with two snapshots": [[finished("alone")], { alone: 2 }, false],
  "finished, without a snapshot": [[finished("alone", undefined)], {}, false],
  "unknown after a lost request": [[unknown], {}, true],
  "unknown, and there is a snapshot": [[unknown], { lost: 1 }, false],
  "unknown, and nothing went wrong": [[{ ...unknown, machineId: "alone" }], {}, false],
  "skipped behind an unknown machine of its deployment": [[unknown, skipped("behind")], {}, true],
  "skipped, and there is a snapshot": [[unknown, skipped("behind")], { behind: 1 }, false],
  "skipped, and the unknown machine is of another deployment": [[unknown, skipped("alone")], {}, false],
  "skipped, and none is unknown": [[skipped("behind")], {}, false],
  "failed at the service": [[failed("failing")], {}, true],
  "failed, and nothing went wrong": [[failed("alone")], {}, false],
  "failed for another reason": [[failed("failing", "network")], {}, false],
};

for (const [what, [report, made, right]] of Object.entries(CASES))
  test(`${right ? "right" : "wrong"}: ${what}`, () => assert.equal(isRight(report, made), right));
