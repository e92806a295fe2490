//! How often a call is sent, and when.

use proptest::prelude::*;
use vra_snapshots::{Action, Exchange, FailureKind, Method, Next, Outcome, Policy, Retry};

use super::{create, fixed_token, read, trial};
use crate::bench::{START, policy};
use crate::properties::arbitrary::outcome;
use crate::replies::{bare, failure, later};

#[test]
fn a_call_is_given_up_when_its_attempts_are_used_up() {
    for max_attempts in 1..6 {
        let trial = trial(read(), &fixed_token(max_attempts), vec![bare(503); 9]);
        assert_eq!(trial.sends, max_attempts);
        assert_eq!(trial.end.unwrap().unwrap_err().error.status, Some(503));
    }
    assert_eq!(trial(read(), &fixed_token(0), vec![bare(503); 9]).sends, 1, "there is a first");
}

#[test]
fn pauses_double_up_to_their_limit() {
    let retry = Retry { max_attempts: 7, initial_delay: 500, max_delay: 5_000 };
    let patient = Policy { retry, ..policy() };
    let expected = [500, 1_000, 2_000, 4_000, 5_000, 5_000];
    assert_eq!(trial(read(), &patient, vec![bare(503); 9]).pauses, expected);
    let offline = vec![failure(FailureKind::Network); 9];
    assert_eq!(trial(read(), &patient, offline).pauses, expected);
}

#[test]
fn the_service_says_when_to_come_back() {
    // The virtual clock starts on Sunday, 1 March 2026, at 08:00:00.
    let cases = [
        ("7", 7_000),
        ("0", 0),
        ("86400", 300_000),
        ("Sun, 01 Mar 2026 08:00:09 GMT", 9_000),
        ("Sunday, 01-Mar-26 08:00:09 GMT", 9_000),
        ("Sun Mar  1 08:00:09 2026", 9_000),
        ("Sun, 01 Mar 2026 07:00:00 GMT", 0),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 300_000),
        ("soon", 500),
        ("-3", 500),
        ("", 500),
    ];
    for (header, expected) in cases {
        for status in [429, 503] {
            let pauses = trial(read(), &policy(), [later(status, header), bare(200)]).pauses;
            assert_eq!(pauses, [expected], "{status} {header:?}");
        }
        let pauses = trial(create(), &policy(), [later(429, header), bare(202)]).pauses;
        assert_eq!(pauses, [expected], "{header:?}");
    }
    assert_eq!(
        trial(read(), &policy(), [bare(429), bare(200)]).pauses,
        [500],
        "without the header"
    );
}

#[test]
fn a_nudge_ends_a_pause_and_opens_no_second_attempt() {
    let (mut exchange, mut ids) = (Exchange::new(read(), &policy()), 0);
    let Some(Action::Send { id, .. }) = exchange.poll(START, true, &mut ids) else {
        unreachable!()
    };
    exchange.nudge();
    assert_eq!(exchange.poll(START, true, &mut ids), None);
    assert!(exchange.outcome(id, bare(503), START, u32::MAX).is_none());
    assert_eq!(exchange.next(), Next::SendAt(START.monotonic + 500));
    exchange.nudge();
    let Some(Action::Send { id, attempt: 2, .. }) = exchange.poll(START, true, &mut ids) else {
        unreachable!()
    };
    assert!(exchange.outcome(id, later(503, "60"), START, 0).is_none());
    exchange.nudge();
    assert_eq!(
        exchange.next(),
        Next::SendAt(START.monotonic + 60_000),
        "the service has asked for it"
    );
}

#[test]
fn the_outcome_of_another_attempt_is_none_of_its_business() {
    let (mut exchange, mut ids) = (Exchange::new(read(), &policy()), 41);
    assert!(exchange.outcome(42, bare(200), START, 0).is_none(), "nothing has been sent");
    let Some(Action::Send { id: first, .. }) = exchange.poll(START, true, &mut ids) else {
        unreachable!()
    };
    assert_eq!(first, 42);
    assert!(exchange.outcome(41, bare(200), START, 0).is_none());
    assert!(exchange.is_open());
    assert!(exchange.outcome(first, bare(503), START, 0).is_none());
    assert!(exchange.outcome(first, bare(200), START, 0).is_none(), "it has had its outcome");
    let Some(Action::Send { id: second, .. }) = exchange.poll(START, true, &mut ids) else {
        unreachable!()
    };
    assert!(exchange.outcome(first, bare(200), START, 0).is_none());
    assert!(matches!(exchange.outcome(second, bare(200), START, 0), Some(Ok(_))));
}

proptest! {
    /// Whatever comes of them, a call has at most its attempts and one replay with another token;
    /// and if it has an effect, it goes out again only after the service has refused it.
    #[test]
    fn attempts_are_bounded(
        outcomes in proptest::collection::vec(outcome(), 12),
        max_attempts in 0u32..6,
        renewable: bool,
        with_effect: bool,
    ) {
        let mut policy = Policy { renewable, ..policy() };
        policy.retry.max_attempts = max_attempts;
        let call = if with_effect { create() } else { read() };
        let trial = trial(call.clone(), &policy, outcomes.clone());
        prop_assert!(trial.end.is_some());
        prop_assert!(trial.sends <= max_attempts.max(1) + u32::from(renewable));
        prop_assert!(trial.pauses.iter().all(|pause| *pause <= 300_000));
        if call.method == Method::Post {
            let earlier = outcomes.iter().take(trial.sends as usize - 1);
            prop_assert!(earlier.map(status).all(|status| matches!(status, Some(401 | 429))));
        }
    }
}

fn status(outcome: &Outcome<serde_json::Value>) -> Option<u16> {
    match outcome {
        Outcome::Answer(answer) => Some(answer.status),
        Outcome::Failure(failure) => failure.status,
        Outcome::Unsent(_) => None,
    }
}
