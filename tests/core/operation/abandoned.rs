//! Everybody leaves, and somebody comes back.

use serde_json::Value as Json;
use vra_snapshots::{Code, Event, Goal, Operation, Outcome, Phase};

use super::error_of;
use super::stages::{
    CREATE, LIST, NEW, OLD, POLL, STAGES, Stage, TRACKERS, at, complete, look, quiet, request,
};
use crate::bench::Bench;
use crate::replies::{finished, snapshot, snapshots, tracker, trackers};

/// Everybody leaves; what was open ends all the same, and that is none of the operation's business.
fn leave(bench: &mut Bench<Operation<Json>>) {
    bench.tell(Event::Abandoned);
    let left = serde_json::to_value(bench.machine.state()).unwrap();
    if let Some(id) = bench.open.take() {
        bench.tell(Event::Outcome { id, outcome: Outcome::json(202, tracker("FAILED", 0)) });
    }
    bench.tell(Event::Persisted);
    bench.tell(Event::NotPersisted);
    bench.tell(Event::Abandoned);
    assert_eq!(serde_json::to_value(bench.machine.state()).unwrap(), left);
}

#[test]
fn before_the_request_has_left_it_may_be_submitted_again() {
    for stage in
        [Stage::Prepared, Stage::Listing, Stage::NotListed, Stage::Persisting, Stage::Delayed]
    {
        let mut bench = at(stage);
        bench.poll();
        leave(&mut bench);
        assert_eq!(bench.machine.phase(), Phase::Prepared, "{stage:?}");

        bench.machine.pull();
        bench.done();
        assert_eq!(error_of(&bench.machine, Goal::Ended).code, Code::InvalidInput, "{stage:?}");
        request(&mut bench);
        complete(&mut bench);
        assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)), "{stage:?}");
        assert_eq!(bench.count(CREATE), if stage == Stage::Delayed { 2 } else { 1 });
    }
}

#[test]
fn between_the_kept_state_and_the_request_it_may_be_submitted_again() {
    let mut bench = at(Stage::Persisting);
    bench.persists();
    leave(&mut bench);
    assert_eq!(bench.machine.phase(), Phase::Prepared);
    request(&mut bench);
    complete(&mut bench);
    assert_eq!(bench.count(CREATE), 1);
}

#[test]
fn a_request_that_has_left_is_not_called_back_and_not_sent_again() {
    let mut bench = at(Stage::Posting);
    leave(&mut bench);
    assert_eq!(bench.machine.phase(), Phase::Reconciling);
    assert!(bench.machine.submit().is_err());
    bench.machine.pull();
    bench.run(&mut quiet);
    let error = error_of(&bench.machine, Goal::Ended);
    assert_eq!(error.code, Code::OutcomeUnknown);
    assert!(error.message.starts_with("An earlier request got no readable answer"), "{error:?}");
    assert_eq!(bench.count(CREATE), 1);
}

#[test]
fn a_request_under_way_is_tracked_on() {
    for stage in [Stage::Tracking, Stage::Polling, Stage::Halted] {
        let mut bench = at(stage);
        leave(&mut bench);
        assert_eq!(bench.machine.phase(), Phase::Tracking, "{stage:?}");
        bench.machine.pull();
        if stage == Stage::Tracking {
            bench.waits(1_000);
        }
        bench.calls(POLL, finished());
        bench.calls(LIST, snapshots(&[OLD, NEW]));
        bench.done();
        assert_eq!(bench.count(CREATE), 1, "{stage:?}");
    }
}

#[test]
fn a_request_that_is_over_is_looked_up_again() {
    for stage in [Stage::Resolving, Stage::Looking, Stage::Ambiguous] {
        let mut bench = at(stage);
        leave(&mut bench);
        assert_eq!(bench.machine.phase(), Phase::Resolving, "{stage:?}");
        bench.machine.pull();
        bench.calls(LIST, snapshots(&[OLD, NEW]));
        bench.done();
        assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)), "{stage:?}");
    }
}

#[test]
fn a_look_that_was_broken_off_is_made_anew() {
    for stage in [Stage::Left, Stage::Unknown, Stage::Lost] {
        let mut bench = at(stage);
        bench.calls(TRACKERS, trackers(&[]));
        bench.opens(LIST);
        leave(&mut bench);
        assert_eq!(bench.machine.phase(), Phase::Reconciling, "{stage:?}");
        bench.pass(86_400_000);
        bench.machine.pull();
        look(&mut bench, &[OLD]);
        bench.waits(2_000);
        look(&mut bench, &[OLD, NEW]);
        bench.done();
        assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)), "{stage:?}");
    }
}

#[test]
fn what_is_over_stays_over() {
    for stage in [Stage::Finished, Stage::Failed, Stage::Refused] {
        let mut bench = at(stage);
        let before = serde_json::to_value(bench.machine.state()).unwrap();
        leave(&mut bench);
        bench.machine.pull();
        bench.done();
        assert_eq!(serde_json::to_value(bench.machine.state()).unwrap(), before, "{stage:?}");
    }
}

#[test]
fn nothing_is_sent_while_nobody_waits() {
    for stage in STAGES {
        let mut bench = at(stage);
        let sent = bench.sent.len();
        leave(&mut bench);
        bench.pass(86_400_000);
        assert_eq!(bench.sent.len(), sent, "{stage:?}");
    }
}
