// The contract of the package, as one suite for every runtime. A runner gives:
// - `test(name, body)`: its framework; `skip(reason)` gives what takes the place of `test` where a case cannot run;
// - `lib`: the package's exports, and `Simulator`;
// - `url`: the simulated service, outside of the process, and `fetch`, where that is not reached by the global one;
// - `services`: the services of the table of faults, over real HTTP, by name, and `http` if not the global `fetch`;
// - `foreign`: `{ Error, Response }` of another realm, where the runtime has one.
import * as answers from "./answers.mjs";
import * as create from "./create.mjs";
import * as events from "./events.mjs";
import * as failures from "./failures.mjs";
import * as faults from "./faults.mjs";
import * as fleetCalls from "./fleet-calls.mjs";
import * as fleetCourse from "./fleet-course.mjs";
import * as fleetInput from "./fleet-input.mjs";
import * as fleetStates from "./fleet-states.mjs";
import * as fleets from "./fleets.mjs";
import * as input from "./input.mjs";
import * as life from "./life.mjs";
import * as lists from "./lists.mjs";
import * as login from "./login.mjs";
import * as ownership from "./ownership.mjs";
import * as promises from "./promises.mjs";
import * as reconcile from "./reconcile.mjs";
import * as resume from "./resume.mjs";
import * as throttle from "./throttle.mjs";
import * as timer from "./timer.mjs";
import * as tokens from "./tokens.mjs";
import * as waits from "./waits.mjs";

const TOPICS = {
  promises,
  lists,
  create,
  waits,
  timer,
  throttle,
  resume,
  ownership,
  life,
  reconcile,
  faults,
  failures,
  input,
  answers,
  tokens,
  login,
  events,
  fleets,
  "fleet course": fleetCourse,
  "fleet states": fleetStates,
  "fleet calls": fleetCalls,
  "fleet input": fleetInput,
};

export function suite(runner) {
  for (const [topic, { cases }] of Object.entries(TOPICS)) {
    const test = (name, body) => runner.test(`${topic}: ${name}`, body);
    const skip = (reason) => (name) => runner.skip(reason)(`${topic}: ${name}`);
    cases({ ...runner, test, skip });
  }
}
