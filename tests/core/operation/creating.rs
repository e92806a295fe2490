//! A snapshot, from the wish to the request.

use serde_json::json;
use vra_snapshots::{Action, Call, Code, Event, FailureKind, Goal, Outcome, Phase};

use super::stages::{
    CREATE, LIST, NEW, OLD, POLL, STAGES, Stage, at, before, complete, create, request,
};
use super::{ends_with, error_of};
use crate::bench::{Bench, policy};
use crate::replies::{
    accepted, bare, failure, finished, html, later, refusal, running, snapshot, snapshots, unsent,
};

#[test]
fn from_the_wish_to_the_snapshot() {
    let mut bench = Bench::new(create(policy(), before()));
    assert_eq!(bench.machine.phase(), Phase::Prepared);
    bench.machine.submit().unwrap();

    bench.calls(LIST, snapshots(&[OLD]));
    assert_eq!(bench.machine.phase(), Phase::Submitting);
    bench.persists();
    bench.calls(CREATE, accepted());
    assert_eq!(bench.machine.phase(), Phase::Tracking);
    assert_eq!(bench.machine.progress(), Some(0));

    bench.waits(1_000);
    bench.calls(POLL, running(40));
    assert_eq!(bench.machine.progress(), Some(40));
    assert_eq!(bench.machine.eta(bench.now), Some(1_500), "60 more, at 40 a second");
    bench.waits(1_000);
    bench.calls(POLL, finished());
    assert_eq!(bench.machine.phase(), Phase::Resolving);
    assert_eq!(bench.machine.progress(), Some(99), "the snapshot is yet to be found");

    bench.calls(LIST, snapshots(&[OLD, NEW]));
    bench.done();
    assert_eq!(bench.machine.phase(), Phase::Finished);
    assert_eq!(bench.machine.progress(), Some(100));
    assert_eq!(bench.machine.eta(bench.now), None);
    assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)));
    assert_eq!(bench.machine.tracker().unwrap()["status"], "FINISHED");
}

#[test]
fn nothing_is_sent_before_somebody_asks_for_it() {
    let mut bench = at(Stage::Prepared);
    bench.done();
    bench.tell(Event::Nudge);
    bench.tell(Event::Persisted);
    bench.machine.pull();
    bench.done();
    assert!(bench.sent.is_empty());
    assert_eq!(error_of(&bench.machine, Goal::Ended).code, Code::InvalidInput);
}

#[test]
fn nothing_is_sent_before_the_state_is_safe() {
    let mut bench = at(Stage::Listing);
    bench.tell(Event::Persisted);
    bench.ends(snapshots(&[OLD]));
    bench.tell(Event::Persisted);
    assert_eq!(bench.poll(), Action::Persist, "what came too early is not it");
    let state = serde_json::to_value(bench.machine.state()).unwrap();
    assert_eq!((&state["phase"], &state["baseline"]), (&json!("submitting"), &json!(["s-0"])));
    bench.rests();
    bench.tell(Event::Nudge);
    bench.pass(86_400_000);
    bench.rests();
    assert_eq!(bench.count(CREATE), 0);

    bench.tell(Event::Persisted);
    bench.opens(CREATE);
    bench.tell(Event::Persisted);
    bench.rests();
    assert_eq!(bench.count(CREATE), 1, "and once it is, it is sent once");
}

#[test]
fn a_state_that_cannot_be_kept_stops_the_request() {
    let mut bench = at(Stage::Persisting);
    assert_eq!(bench.poll(), Action::Persist);
    bench.tell(Event::NotPersisted);
    bench.done();
    assert_eq!(bench.machine.phase(), Phase::Prepared);
    assert_eq!(bench.count(CREATE), 0);
    assert_eq!(error_of(&bench.machine, Goal::Accepted).code, Code::InvalidInput);

    request(&mut bench);
    complete(&mut bench);
    assert_eq!(bench.count(LIST), 3, "the snapshots are listed anew");
}

#[test]
fn it_is_submitted_once() {
    for stage in STAGES {
        let mut bench = at(stage);
        let may = matches!(stage, Stage::Prepared | Stage::NotListed);
        let submitted = bench.machine.submit();
        assert_eq!(submitted.is_ok(), may, "{stage:?}");
        let twice = bench.machine.submit().unwrap_err();
        assert!(twice.to_string().starts_with("submit: "), "{twice}");
    }
}

#[test]
fn without_a_list_of_what_is_there_nothing_is_sent_and_it_may_be_submitted_again() {
    let cases = [
        (bare(401), Code::Unauthorized),
        (refusal(403, "forbidden"), Code::Forbidden),
        (bare(404), Code::NotFound),
        (bare(429), Code::RateLimited),
        (bare(503), Code::ServiceError),
        (html(200), Code::UnexpectedResponse),
        (bare(204), Code::UnexpectedResponse),
        (Outcome::json(200, json!({})), Code::UnexpectedResponse),
        (Outcome::json(200, json!([{}])), Code::UnexpectedResponse),
        (failure(FailureKind::Network), Code::Network),
        (failure(FailureKind::TooLarge), Code::BodyTooLarge),
        (unsent(), Code::Unauthorized),
    ];
    for (outcome, code) in cases {
        let mut bench = at(Stage::Prepared);
        bench.machine.submit().unwrap();
        bench.run(&mut |_: &Call, _| outcome.clone());
        let error = ends_with(&mut bench, code);
        assert!(error.message.starts_with(LIST) || error.message == "there is no token");
        assert_eq!(error_of(&bench.machine, Goal::Accepted).code, code);
        assert_eq!(bench.machine.phase(), Phase::Prepared);
        assert!(bench.machine.error().is_none(), "the operation itself has not failed");

        request(&mut bench);
        complete(&mut bench);
        assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)));
    }
}

#[test]
fn a_request_that_is_refused_has_failed() {
    let cases = [
        (400, Code::ServiceError),
        (403, Code::Forbidden),
        (404, Code::NotFound),
        (409, Code::Conflict),
        (422, Code::ServiceError),
        (425, Code::ServiceError),
        (429, Code::RateLimited),
    ];
    for (status, code) in cases {
        let mut bench = at(Stage::Posting);
        bench.ends(refusal(status, "no"));
        let error = ends_with(&mut bench, code);
        assert_eq!(error.message, format!("{CREATE} was answered {status}: no"));
        assert_eq!(bench.machine.phase(), Phase::Failed);
        assert_eq!(bench.machine.error().unwrap().code, code);

        bench.machine.pull();
        assert_eq!(ends_with(&mut bench, code).status, Some(status), "for good");
    }
}

#[test]
fn a_request_refused_before_any_work_goes_out_again() {
    let mut bench = Bench::new(create(policy(), before()));
    request(&mut bench);
    bench.ends(bare(401));
    bench.opens(CREATE);
    bench.ends(later(429, "20"));
    bench.waits(20_000);
    bench.opens(CREATE);
    complete(&mut bench);
    assert_eq!(bench.count(CREATE), 3);
}

#[test]
fn a_request_that_was_never_sent_may_be_submitted_again() {
    let mut bench = at(Stage::Posting);
    bench.ends(bare(401));
    bench.calls(CREATE, unsent());
    let error = ends_with(&mut bench, Code::Unauthorized);
    assert!(error.message.contains("no token"), "{error:?}");
    assert_eq!(bench.machine.phase(), Phase::Prepared);

    request(&mut bench);
    complete(&mut bench);
    assert_eq!(bench.count(CREATE), 3);
}
