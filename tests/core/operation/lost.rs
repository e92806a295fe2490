//! A tracker that is not found in the middle of a wait: the snapshots decide.

use vra_snapshots::{Call, Code, Goal, Kind, Outcome, Phase};

use super::ends_with;
use super::stages::{LIST, NEW, OLD, POLL, Stage, at, track};
use crate::bench::name;
use crate::replies::{bare, finished, refusal, running, snapshot, snapshots, tracker};

#[test]
fn the_snapshot_may_be_there() {
    let mut bench = at(Stage::Lost);
    assert_eq!(bench.machine.phase(), Phase::Resolving);
    bench.calls(LIST, snapshots(&[OLD, NEW]));
    bench.done();
    assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)));
    assert_eq!(bench.machine.progress(), Some(100));
}

#[test]
fn the_tracker_and_the_snapshots_are_looked_at_in_turn() {
    let mut bench = at(Stage::Lost);
    for _ in 0..3 {
        bench.calls(LIST, snapshots(&[OLD]));
        bench.waits(2_000);
        bench.calls(POLL, refusal(404, "not found"));
    }
    bench.calls(LIST, snapshots(&[OLD, NEW]));
    bench.done();
    assert_eq!(bench.machine.phase(), Phase::Finished);
}

#[test]
fn the_tracker_may_come_back() {
    for (outcome, phase) in [
        (running(70), Phase::Tracking),
        (finished(), Phase::Resolving),
        (Outcome::json(200, tracker("FAILED", 70)), Phase::Failed),
    ] {
        let mut bench = at(Stage::Lost);
        assert!(bench.machine.answer(Goal::Changed(bench.machine.revision())).is_none());
        bench.calls(LIST, snapshots(&[OLD]));
        bench.waits(2_000);
        bench.calls(POLL, outcome);
        assert_eq!(bench.machine.phase(), phase);
    }
}

#[test]
fn a_tracker_that_came_back_may_be_lost_again() {
    let mut bench = at(Stage::Lost);
    for _ in 0..20 {
        bench.calls(LIST, snapshots(&[OLD]));
        bench.waits(2_000);
        bench.calls(POLL, running(10));
        bench.wait();
        bench.calls(POLL, bare(404));
        assert_eq!(bench.machine.phase(), Phase::Resolving, "every loss is given its time");
    }
}

#[test]
fn if_nothing_can_be_told_that_is_said() {
    let theirs = ("s-9", "nightly");
    let mut bench = at(Stage::Lost);
    let mut gone = |call: &Call, _| match name(call).as_str() {
        LIST => snapshots(&[OLD, theirs]),
        POLL => bare(404),
        other => panic!("{other}"),
    };
    let spent = bench.run(&mut gone);
    assert_eq!(spent, 30_000);
    let error = ends_with(&mut bench, Code::OutcomeUnknown);
    assert!(error.message.contains("tracker is gone"), "{error:?}");
    assert_eq!(error.candidates, [snapshot(theirs)]);
    assert_eq!(bench.machine.phase(), Phase::Resolving);
    assert!(!error.retryable);

    bench.machine.pull();
    bench.calls(LIST, snapshots(&[OLD, theirs, NEW]));
    bench.done();
    assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)));
}

#[test]
fn a_tracker_that_never_was_proves_nothing_about_the_snapshots_that_are_there() {
    let mut bench = track(Some("m-1"), Kind::Create);
    bench.run(&mut |call: &Call, _| match name(call).as_str() {
        LIST => snapshots(&[OLD]),
        _ => bare(404),
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
fn no_snapshot_tells_how_a_revert_or_a_delete_ended() {
    for kind in [Kind::Revert, Kind::Delete] {
        let mut bench = track(Some("m-1"), kind);
        bench.calls(POLL, bare(404));
        ends_with(&mut bench, Code::NotFound);
        assert_eq!(bench.machine.phase(), Phase::Tracking);
    }
}
