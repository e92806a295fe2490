//! One operation, from its request to its result.

mod abandoned;
mod accepted;
mod claims;
mod creating;
mod goals;
mod keyed;
mod lost;
mod refused_states;
mod repeated;
mod resolving;
pub(crate) mod stages;
mod states;
mod tracked;
mod tracking;
mod unknown;

use serde_json::Value as Json;
use vra_snapshots::{Code, Error, Goal, Operation};

use crate::bench::Bench;

/// The error that keeps whoever waits from the goal.
#[track_caller]
fn error_of(operation: &Operation<Json>, goal: Goal) -> Error<Json> {
    operation.answer(goal).expect("an answer").expect_err("an error")
}

/// The machine has nothing to do any more, and whoever waits for its end gets this.
#[track_caller]
fn ends_with(bench: &mut Bench<Operation<Json>>, code: Code) -> Error<Json> {
    bench.done();
    let error = error_of(&bench.machine, Goal::Ended);
    assert_eq!(error.code, code, "{error:?}");
    error
}
