//! A request that somebody else began.

use serde_json::json;
use vra_snapshots::{Code, Goal, Kind, Outcome, Phase};

use super::ends_with;
use super::stages::{LIST, NEW, OLD, POLL, track};
use crate::replies::{bare, finished, html, running, snapshot, snapshots, tracker};

const OLDER: (&str, &str) = ("s-00", "nightly");

#[test]
fn what_is_listed_while_it_runs_is_not_what_it_makes() {
    let mut bench = track(Some("m-1"), Kind::Create);
    assert_eq!(bench.machine.phase(), Phase::Tracking);
    assert_eq!(bench.machine.answer(Goal::Accepted).unwrap().ok(), Some(()));
    assert!(bench.machine.submit().is_err());

    bench.calls(LIST, snapshots(&[OLDER, OLD]));
    bench.calls(POLL, running(30));
    bench.wait();
    bench.calls(POLL, finished());
    bench.calls(LIST, snapshots(&[OLDER, OLD]));
    bench.waits(2_000);
    bench.calls(LIST, snapshots(&[OLDER, OLD, NEW]));
    bench.done();
    assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)));
}

#[test]
fn what_is_listed_when_it_is_over_may_be_what_it_made() {
    let mut bench = track(Some("m-1"), Kind::Create);
    bench.calls(LIST, snapshots(&[OLD, NEW]));
    bench.calls(POLL, finished());
    bench.run(&mut |_: &_, _| snapshots(&[OLD, NEW]));
    let error = ends_with(&mut bench, Code::AmbiguousResult);
    assert_eq!(error.candidates, [snapshot(OLD), snapshot(NEW)]);
}

#[test]
fn its_tracker_tells_the_machine() {
    let mut bench = track(None, Kind::Create);
    assert_eq!(bench.machine.machine_id(), "");
    bench.calls(POLL, running(30));
    assert_eq!(bench.machine.machine_id(), "m-1");

    bench.wait();
    bench.calls(LIST, snapshots(&[OLDER, OLD]));
    bench.calls(POLL, running(60));
    bench.wait();
    bench.calls(POLL, finished());
    bench.calls(LIST, snapshots(&[OLDER, OLD, NEW]));
    bench.done();
    assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)));
}

#[test]
fn its_tracker_may_tell_the_snapshot() {
    let mut bench = track(None, Kind::Create);
    let mut body = tracker("FINISHED", 100);
    body["resources"] = json!(["/iaas/api/machines/m-1/snapshots/s-1"]);
    bench.calls(POLL, Outcome::json(200, body));
    bench.calls(LIST, snapshots(&[OLDER, NEW, OLD]));
    bench.done();
    assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)));
}

#[test]
fn without_any_machine_the_caller_is_told_what_is_missing() {
    for resources in [json!([]), json!(["/iaas/api/machines/m-1", "/iaas/api/machines/m-2"])] {
        let mut bench = track(None, Kind::Create);
        let mut body = tracker("FINISHED", 100);
        body["resources"] = resources;
        bench.calls(POLL, Outcome::json(200, body));
        let error = ends_with(&mut bench, Code::AmbiguousResult);
        assert!(error.message.contains("give `machineId` to track()"), "{error:?}");
        assert_eq!(bench.machine.phase(), Phase::Resolving);
    }
}

#[test]
fn a_list_that_cannot_be_had_does_not_stop_it() {
    for outcome in [bare(403), bare(404), bare(503), html(200)] {
        let mut bench = track(Some("m-1"), Kind::Create);
        bench.calls(LIST, outcome);
        bench.calls(POLL, running(30));
        bench.wait();
        bench.calls(POLL, running(50));
        assert_eq!(bench.count(LIST), 1, "it is tried once");
        bench.wait();
        bench.calls(POLL, finished());
        bench.calls(LIST, snapshots(&[OLD, NEW]));
        bench.waits(2_000);
    }
}

#[test]
fn a_revert_or_a_delete_is_over_when_its_tracker_is() {
    for kind in [Kind::Revert, Kind::Delete] {
        let mut bench = track(Some("m-1"), kind);
        bench.calls(POLL, running(50));
        bench.wait();
        bench.calls(POLL, finished());
        bench.done();
        assert_eq!(bench.machine.phase(), Phase::Finished);
        assert_eq!(bench.machine.answer(Goal::Ended).unwrap().ok(), Some(()));
        assert_eq!((bench.machine.progress(), bench.machine.snapshot()), (Some(100), None));
        assert_eq!(bench.count(LIST), 0);

        let mut bench = track(None, kind);
        bench.calls(POLL, Outcome::json(200, tracker("FAILED", 50)));
        let error = ends_with(&mut bench, Code::OperationFailed);
        assert!(error.message.contains(kind.as_str()), "{error:?}");
    }
}
