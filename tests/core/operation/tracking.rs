//! A request under way: how its tracker is read.

use serde_json::json;
use vra_snapshots::{Action, Code, Event, FailureKind, Goal, Outcome, Phase};

use super::ends_with;
use super::stages::{CREATE, LIST, POLL, Stage, at, before, create, request};
use crate::bench::{Bench, policy};
use crate::replies::{
    accepted, bare, failure, finished, html, later, refusal, running, tracker, unsent,
};

#[test]
fn polls_come_soon_at_first_then_slower() {
    let mut bench = at(Stage::Tracking);
    let mut pauses = vec![bench.wait()];
    for _ in 0..8 {
        bench.calls(POLL, running(0));
        pauses.push(bench.wait());
    }
    assert_eq!(pauses, [1_000, 1_500, 2_250, 3_375, 5_062, 7_593, 11_389, 15_000, 15_000]);
}

#[test]
fn polls_come_faster_when_the_end_is_in_sight() {
    let mut bench = at(Stage::Tracking);
    let mut pauses = Vec::new();
    for progress in [0, 0, 0, 20, 60, 90, 95] {
        pauses.push(bench.wait());
        bench.calls(POLL, running(progress));
    }
    pauses.push(bench.wait());
    assert_eq!(pauses, [1_000, 1_500, 2_250, 3_375, 5_062, 4_395, 1_000, 1_000]);
}

#[test]
fn progress_never_falls_and_is_100_only_at_the_end() {
    let mut bench = at(Stage::Tracking);
    for (reported, expected) in
        [(30, 30), (20, 30), (-7, 30), (61, 61), (0, 61), (100, 99), (1_000_000, 99), (50, 99)]
    {
        bench.wait();
        bench.calls(POLL, running(reported));
        assert_eq!(bench.machine.progress(), Some(expected), "{reported}");
        assert_eq!(bench.machine.tracker().unwrap()["progress"], reported, "as it came");
    }
}

#[test]
fn a_failed_request_says_why() {
    let mut reason = tracker("FAILED", 60);
    reason["message"] = json!("Insufficient disk space");
    let cases = [
        (reason, "The create of a snapshot failed: Insufficient disk space"),
        (tracker("FAILED", 100), "The create of a snapshot failed: the service gave no reason"),
    ];
    for (body, message) in cases {
        let mut bench = at(Stage::Polling);
        bench.ends(Outcome::json(200, body.clone()));
        let error = ends_with(&mut bench, Code::OperationFailed);
        assert_eq!(error.message, message);
        assert_eq!(error.tracker, Some(body));
        assert!(!error.retryable);
        assert_eq!(bench.machine.phase(), Phase::Failed);
        assert!(bench.machine.progress() < Some(100));
        assert_eq!(bench.machine.eta(bench.now), None);
    }
}

#[test]
fn a_finished_request_is_finished_at_90_percent() {
    let mut bench = at(Stage::Polling);
    bench.ends(Outcome::json(200, tracker("FINISHED", 90)));
    assert_eq!(bench.machine.phase(), Phase::Resolving);
    bench.opens(LIST);
}

#[test]
fn an_unknown_status_is_one_that_goes_on() {
    let mut bench = at(Stage::Polling);
    bench.ends(Outcome::json(200, tracker("COMPLETION_PENDING", 100)));
    assert_eq!(bench.machine.phase(), Phase::Tracking);
    assert_eq!(bench.machine.tracker().unwrap()["status"], "COMPLETION_PENDING");
    assert_eq!(bench.machine.progress(), Some(99));
    bench.wait();
    bench.calls(POLL, finished());
    assert_eq!(bench.machine.phase(), Phase::Resolving);
}

#[test]
fn a_change_is_counted_and_a_repetition_is_not() {
    let mut bench = at(Stage::Tracking);
    assert_eq!((bench.machine.revision(), bench.machine.polls()), (1, 0));
    for (reported, revision) in [(0, 1), (10, 2), (10, 2), (11, 3)] {
        bench.wait();
        bench.calls(POLL, running(reported));
        assert_eq!(bench.machine.revision(), revision);
    }
    assert_eq!(bench.machine.polls(), 4);
}

#[test]
fn failing_polls_are_borne_for_a_while() {
    let transient = [
        refusal(500, "oops"),
        bare(503),
        bare(408),
        bare(429),
        html(200),
        bare(204),
        Outcome::json(200, json!({ "id": "t-1" })),
        failure(FailureKind::Network),
        failure(FailureKind::Cut),
        failure(FailureKind::Timeout),
    ];
    for outcome in transient {
        let mut bench = at(Stage::Polling);
        let before = bench.machine.progress();
        for _ in 0..30 {
            bench.ends(outcome.clone());
            assert_eq!(bench.machine.phase(), Phase::Tracking);
            bench.wait();
            bench.opens(POLL);
        }
        bench.ends(running(10));
        assert!(bench.machine.progress() > before);

        for _ in 0..31 {
            bench.wait();
            bench.calls(POLL, outcome.clone());
        }
        bench.done();
        let error = bench.machine.answer(Goal::Ended).unwrap().unwrap_err();
        assert!(error.retryable && error.message.starts_with(POLL), "{error:?}");
        assert_eq!(bench.machine.phase(), Phase::Tracking, "{error:?}");

        bench.machine.pull();
        assert!(bench.machine.answer(Goal::Ended).is_none());
        bench.run(&mut |_: &_, _| Outcome::json(200, tracker("FAILED", 10)));
        assert_eq!(bench.machine.phase(), Phase::Failed, "it went on where it stood");
    }
}

#[test]
fn failing_polls_move_apart() {
    let mut bench = at(Stage::Polling);
    let mut pauses = Vec::new();
    for _ in 0..6 {
        bench.ends(bare(503));
        pauses.push(bench.wait());
        bench.opens(POLL);
    }
    assert_eq!(pauses, [2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
}

#[test]
fn a_poll_that_is_refused_ends_the_wait_and_not_the_operation() {
    let refusals = [
        (bare(400), Code::ServiceError),
        (refusal(403, "forbidden"), Code::Forbidden),
        (bare(409), Code::Conflict),
        (html(302), Code::UnexpectedResponse),
        (failure(FailureKind::TooLarge), Code::BodyTooLarge),
        (unsent(), Code::Unauthorized),
    ];
    for (outcome, code) in refusals {
        let mut bench = at(Stage::Polling);
        bench.ends(outcome);
        ends_with(&mut bench, code);
        assert_eq!(bench.machine.phase(), Phase::Tracking);
        assert!(bench.machine.error().is_none());

        bench.machine.pull();
        bench.calls(POLL, finished());
        assert_eq!(bench.machine.phase(), Phase::Resolving);
    }
}

#[test]
fn a_token_that_runs_out_in_mid_wait_is_renewed_once() {
    let mut bench = at(Stage::Polling);
    bench.ends(bare(401));
    bench.calls(POLL, running(30));
    bench.wait();
    bench.calls(POLL, bare(401));
    bench.calls(POLL, bare(401));
    ends_with(&mut bench, Code::Unauthorized);
    assert_eq!(bench.machine.phase(), Phase::Tracking);
}

#[test]
fn a_poll_has_its_own_retries() {
    let mut bench = Bench::new(create(policy(), before()));
    request(&mut bench);
    bench.ends(accepted());
    bench.wait();
    bench.calls(POLL, later(503, "4"));
    bench.waits(4_000);
    bench.calls(POLL, running(10));
    assert_eq!(bench.machine.polls(), 1);
}

#[test]
fn a_nudge_polls_now() {
    let mut bench = at(Stage::Tracking);
    assert!(matches!(bench.poll(), Action::Wait { until: Some(_) }));
    bench.tell(Event::Nudge);
    bench.opens(POLL);
    bench.tell(Event::Nudge);
    bench.rests();
    bench.ends(running(5));
    bench.wait();
    assert_eq!(bench.count(POLL), 1, "one poll answers any number of nudges");
}

#[test]
fn a_nudge_ends_the_pause_of_a_poll_that_failed() {
    let mut bench = Bench::new(create(policy(), before()));
    request(&mut bench);
    bench.ends(accepted());
    bench.wait();
    bench.calls(POLL, bare(503));
    bench.tell(Event::Nudge);
    bench.calls(POLL, running(10));
    assert_eq!(bench.count(POLL), 2);
}

#[test]
fn nothing_else_disturbs_it() {
    let mut bench = at(Stage::Tracking);
    let before = serde_json::to_value(bench.machine.state()).unwrap();
    let outcome = Outcome::json(200, tracker("FAILED", 0));
    for event in [
        Event::Persisted,
        Event::NotPersisted,
        Event::Outcome { id: 2, outcome: outcome.clone() },
        Event::Outcome { id: 77, outcome },
    ] {
        bench.tell(event);
    }
    assert_eq!(serde_json::to_value(bench.machine.state()).unwrap(), before);
    bench.waits(1_000);
    assert_eq!(bench.count(CREATE), 1);
}
