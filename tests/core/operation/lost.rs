//! A tracker that is not found in the middle of a wait: the snapshots decide.

use vra_snapshots::{Call, Code, Goal, Kind, Phase};

use super::ends_with;
use super::stages::{LIST, NEW, OLD, POLL, Stage, TRACKERS, at, look, quiet, track};
use crate::bench::name;
use crate::replies::{bare, no_handler, refusal, running, snapshot, snapshots, tracker, trackers};

#[test]
fn the_snapshot_may_be_there() {
    let mut bench = at(Stage::Lost);
    assert_eq!(bench.machine.phase(), Phase::Reconciling);
    look(&mut bench, &[OLD, NEW]);
    bench.done();
    assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)));
    assert_eq!(bench.machine.progress(), Some(100));
}

#[test]
fn the_trackers_and_the_snapshots_are_looked_at_in_turn() {
    let mut bench = at(Stage::Lost);
    for _ in 0..3 {
        look(&mut bench, &[OLD]);
        bench.waits(2_000);
    }
    look(&mut bench, &[OLD, NEW]);
    bench.done();
    assert_eq!(bench.machine.phase(), Phase::Finished);
}

#[test]
fn the_tracker_may_come_back() {
    for (status, phase) in
        [("INPROGRESS", Phase::Tracking), ("FINISHED", Phase::Resolving), ("FAILED", Phase::Failed)]
    {
        let mut bench = at(Stage::Lost);
        assert!(bench.machine.answer(Goal::Changed(bench.machine.revision())).is_none());
        look(&mut bench, &[OLD]);
        bench.waits(2_000);
        bench.calls(TRACKERS, trackers(&[tracker(status, 70)]));
        assert_eq!(bench.machine.phase(), phase);
    }
}

#[test]
fn a_tracker_that_came_back_may_be_lost_again() {
    let mut bench = at(Stage::Lost);
    for _ in 0..20 {
        look(&mut bench, &[OLD]);
        bench.waits(2_000);
        bench.calls(TRACKERS, trackers(&[tracker("INPROGRESS", 10)]));
        bench.wait();
        bench.calls(POLL, running(10));
        bench.wait();
        bench.calls(POLL, bare(404));
        assert_eq!(bench.machine.phase(), Phase::Reconciling, "every loss is given its time");
    }
}

#[test]
fn if_nothing_can_be_told_that_is_said() {
    let mut bench = at(Stage::Lost);
    assert_eq!(bench.run(&mut quiet), 32_000);
    let error = ends_with(&mut bench, Code::OutcomeUnknown);
    assert!(error.message.starts_with(POLL), "{error:?}");
    assert!(!error.retryable && error.candidates.is_empty(), "{error:?}");
    assert_eq!(bench.machine.phase(), Phase::Reconciling);

    bench.machine.pull();
    look(&mut bench, &[OLD, ("s-9", "nightly"), NEW]);
    bench.done();
    assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)));
}

#[test]
fn a_tracker_that_never_was_proves_nothing_about_the_snapshots_that_are_there() {
    let mut bench = track(Some("m-1"), Kind::Create);
    bench.run(&mut |call: &Call, now| match name(call).as_str() {
        POLL => bare(404),
        _ => quiet(call, now),
    });
    let error = ends_with(&mut bench, Code::OutcomeUnknown);
    assert_eq!(error.candidates, [snapshot(OLD)]);
    assert!(bench.machine.snapshot().is_none());
}

#[test]
fn without_a_machine_there_is_nothing_else_to_look_at() {
    let mut bench = track(None, Kind::Create);
    bench.calls(POLL, refusal(404, "no such tracker"));
    let error = ends_with(&mut bench, Code::NotFound);
    assert_eq!(error.message, format!("{POLL} was answered 404: no such tracker"));
    assert_eq!(bench.machine.phase(), Phase::Tracking);
}

#[test]
fn no_snapshot_tells_how_a_revert_or_a_delete_of_somebody_else_ended() {
    for kind in [Kind::Revert, Kind::Delete] {
        for list in [trackers(&[]), bare(403)] {
            let mut bench = track(Some("m-1"), kind);
            let spent = bench.run(&mut |call: &Call, now| match name(call).as_str() {
                POLL => bare(404),
                TRACKERS => list.clone(),
                _ => quiet(call, now),
            });
            assert_eq!(spent, 32_000);
            ends_with(&mut bench, Code::OutcomeUnknown);
            assert_eq!(bench.machine.phase(), Phase::Reconciling);
        }
    }
}

#[test]
fn a_look_that_cannot_be_made_is_no_empty_look() {
    for (list, there) in [(bare(503), snapshots(&[OLD])), (trackers(&[]), bare(503))] {
        let mut bench = at(Stage::Lost);
        bench.run(&mut |call: &Call, _| match name(call).as_str() {
            TRACKERS => list.clone(),
            LIST => there.clone(),
            other => panic!("{other}"),
        });
        assert!(ends_with(&mut bench, Code::ServiceError).retryable);
        assert_eq!(bench.machine.phase(), Phase::Reconciling);
    }
}

#[test]
fn a_gateway_that_finds_no_handler_says_nothing_of_the_tracker() {
    let mut bench = at(Stage::Tracking);
    for _ in 0..5 {
        bench.wait();
        bench.calls(POLL, no_handler(404));
        assert_eq!(bench.machine.phase(), Phase::Tracking);
    }
}

#[test]
fn a_gateway_that_never_finds_a_handler_for_the_tracker_leaves_it_to_the_snapshots() {
    let mut bench = at(Stage::Tracking);
    let mut polls = 0;
    bench.run(&mut |call: &Call, now| match name(call).as_str() {
        POLL => {
            polls += 1;
            no_handler(404)
        }
        LIST => snapshots(&[OLD, NEW]),
        _ => quiet(call, now),
    });
    assert_eq!(bench.machine.phase(), Phase::Finished);
    assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)));
    assert!(polls > 30, "{polls}");
}
