//! One call with its retries.

mod failures;
mod retrying;
mod statuses;
mod wording;

use serde_json::Value as Json;
use vra_snapshots::{
    Action, Call, Certainty, Code, Exchange, Failed, Ms, Outcome, Policy, Read, SendId,
    SnapshotSpecification,
};

use crate::bench::{START, id, policy};

/// A call that may be sent again, and one that may not.
fn read() -> Call {
    Call::get_machine(&id("m-1"))
}

fn create() -> Call {
    Call::create_snapshot(&id("m-1"), SnapshotSpecification::default(), true)
}

/// A policy under which no token can be had after a 401.
fn fixed_token(max_attempts: u32) -> Policy {
    let mut policy = Policy { renewable: false, ..policy() };
    policy.retry.max_attempts = max_attempts;
    policy
}

/// What became of a call whose attempts ended in certain ways.
struct Trial {
    /// Attempts sent.
    sends: u32,
    /// The pause before each attempt but the first.
    pauses: Vec<Ms>,
    /// `None`: it would be sent again.
    end: Option<Result<Read<Json>, Failed<Json>>>,
}

/// Sends a call until it ends or no outcome is left. The random number makes pauses as long as they get.
fn trial(call: Call, policy: &Policy, outcomes: impl IntoIterator<Item = Outcome<Json>>) -> Trial {
    let mut exchange = Exchange::new(call, policy);
    let mut trial = Trial { sends: 0, pauses: Vec::new(), end: None };
    let (mut now, mut ids) = (START, SendId::default());
    for outcome in outcomes {
        let mut action = exchange.poll(now, true, &mut ids).unwrap();
        let mut pause = 0;
        if let Action::Wait { until: Some(until) } = action {
            pause = until - now.monotonic;
            now.monotonic += pause;
            now.wall += pause;
            action = exchange.poll(now, true, &mut ids).unwrap();
        }
        let Action::Send { id, .. } = action else { panic!("{action:?}") };
        assert!(exchange.poll(now, true, &mut ids).is_none(), "one attempt at a time");
        trial.sends += 1;
        trial.pauses.extend((trial.sends > 1).then_some(pause));
        trial.end = exchange.outcome(id, outcome, now, u32::MAX);
        if trial.end.is_some() {
            break;
        }
    }
    trial
}

/// What an outcome means for a call.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    /// It succeeded.
    Done,
    /// It is sent again; if that was the last attempt, this is what it ends with.
    Again(Code, Certainty),
    /// It ends with this.
    Over(Code, Certainty),
}

/// The outcome of a first attempt has this fate, and ends the call like this where it was the last.
#[track_caller]
fn has_fate(call: Call, outcome: Outcome<Json>, expected: Fate) {
    let what = format!("{} after {outcome:?}", call.method.as_str());
    let first = trial(call.clone(), &fixed_token(4), [outcome.clone()]);
    let goes_on = first.end.is_none();
    assert_eq!(goes_on, matches!(expected, Fate::Again(..)), "{what}");

    let last = trial(call, &fixed_token(1), [outcome]).end.expect("no attempt is left");
    let found = match last {
        Ok(_) => Fate::Done,
        Err(Failed { error, certainty }) => {
            assert_eq!(error.retryable, goes_on, "{what}");
            let fate = if goes_on { Fate::Again } else { Fate::Over };
            fate(error.code, certainty)
        }
    };
    assert_eq!(found, expected, "{what}");
}
