// The contract of the package, as one suite for every runtime. A runner gives:
// - `test(name, body)`: its framework;
// - `lib`: the package's exports, and `Simulator`;
// - `url`: the simulated service, over real HTTP;
// - `services`: the services of the table of faults, over real HTTP, by name;
// - `foreign`: `{ Error, Response, Uint8Array }` of another realm, where the runtime has one.
import * as answers from "./answers.mjs";
import * as create from "./create.mjs";
import * as events from "./events.mjs";
import * as failures from "./failures.mjs";
import * as faults from "./faults.mjs";
import * as input from "./input.mjs";
import * as life from "./life.mjs";
import * as lists from "./lists.mjs";
import * as login from "./login.mjs";
import * as promises from "./promises.mjs";
import * as reconcile from "./reconcile.mjs";
import * as resume from "./resume.mjs";
import * as tokens from "./tokens.mjs";
import * as waits from "./waits.mjs";

const TOPICS = {
  promises,
  lists,
  create,
  waits,
  resume,
  life,
  reconcile,
  faults,
  failures,
  input,
  answers,
  tokens,
  login,
  events,
};

export function suite(runner) {
  for (const [topic, { cases }] of Object.entries(TOPICS)) {
    const test = (name, body) => runner.test(`${topic}: ${name}`, body);
    cases({ ...runner, test });
  }
}
