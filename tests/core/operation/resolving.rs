//! A request that has finished: which snapshot it made.

use serde_json::json;
use vra_snapshots::{Code, FailureKind, Outcome, Payload, Phase, SnapshotSpecification};

use super::ends_with;
use super::stages::{CREATE, LIST, NEW, OLD, POLL, Stage, at, before, create, request};
use crate::bench::{Bench, policy};
use crate::replies::{accepted, bare, failure, finished, html, snapshot, snapshots, tracker};

#[test]
fn a_snapshot_may_be_listed_late() {
    let mut bench = at(Stage::Resolving);
    for _ in 0..3 {
        bench.calls(LIST, snapshots(&[OLD]));
        bench.waits(2_000);
    }
    bench.calls(LIST, snapshots(&[OLD, NEW]));
    bench.done();
    assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)));
}

#[test]
fn a_request_that_has_finished_is_nearly_there() {
    let mut bench = at(Stage::Resolving);
    assert_eq!(bench.machine.progress(), Some(99));
    bench.calls(LIST, snapshots(&[OLD, NEW]));
    bench.done();
    assert_eq!(bench.machine.progress(), Some(100));
}

#[test]
fn a_snapshot_that_is_never_listed_is_not_made_up() {
    let mut bench = at(Stage::Resolving);
    let spent = bench.run(&mut |_: &_, _| snapshots(&[OLD]));
    assert_eq!(spent, 32_000, "snapshots may be listed that late, and one look is none");
    let error = ends_with(&mut bench, Code::AmbiguousResult);
    assert!(error.message.contains("no new snapshot is listed"), "{error:?}");
    assert_eq!((error.candidates.len(), error.tracker.as_ref()), (0, bench.machine.tracker()));
    assert_eq!(bench.machine.phase(), Phase::Resolving, "it can be looked for again");

    bench.machine.pull();
    bench.calls(LIST, snapshots(&[OLD, NEW]));
    bench.done();
    assert_eq!(bench.machine.phase(), Phase::Finished);
}

#[test]
fn of_two_new_snapshots_of_one_name_none_is_guessed() {
    let twin = ("s-2", "before");
    let mut bench = at(Stage::Resolving);
    bench.run(&mut |_: &_, _| snapshots(&[NEW, OLD, twin]));
    let error = ends_with(&mut bench, Code::AmbiguousResult);
    assert!(error.message.contains("cannot be told which"), "{error:?}");
    assert_eq!(error.candidates, [snapshot(NEW), snapshot(twin)]);
    assert_eq!(bench.machine.phase(), Phase::Resolving);

    bench.machine.pull();
    bench.calls(LIST, snapshots(&[OLD, twin]));
    bench.done();
    assert_eq!(bench.machine.snapshot(), Some(&snapshot(twin)), "the other has been deleted");
}

#[test]
fn a_new_snapshot_of_another_name_is_somebody_elses() {
    let theirs = ("s-9", "nightly");
    let mut bench = at(Stage::Resolving);
    bench.run(&mut |_: &_, _| snapshots(&[OLD, theirs]));
    let error = ends_with(&mut bench, Code::AmbiguousResult);
    assert_eq!(error.candidates, [snapshot(theirs)]);

    bench.machine.pull();
    bench.calls(LIST, snapshots(&[theirs, NEW, OLD]));
    bench.done();
    assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)));
}

#[test]
fn without_a_name_any_new_snapshot_is_it() {
    let mut bench = Bench::new(create(policy(), SnapshotSpecification::default()));
    request(&mut bench);
    bench.ends(accepted());
    bench.wait();
    bench.calls(POLL, finished());
    let named_by_the_service = ("s-7", "Snapshot 2");
    bench.calls(LIST, snapshots(&[OLD, named_by_the_service]));
    bench.done();
    assert_eq!(bench.machine.snapshot(), Some(&snapshot(named_by_the_service)));
}

#[test]
fn what_the_tracker_names_is_believed() {
    let twin = ("s/2", "before");
    let mut bench = at(Stage::Polling);
    let mut body = tracker("FINISHED", 100);
    body["resources"] = json!(["/iaas/api/machines/m-1", "/iaas/api/machines/m-1/snapshots/s%2F2"]);
    bench.ends(Outcome::json(200, body));
    bench.calls(LIST, snapshots(&[OLD, NEW]));
    bench.waits(2_000);
    bench.calls(LIST, snapshots(&[OLD, NEW, twin]));
    bench.done();
    assert_eq!(bench.machine.snapshot(), Some(&snapshot(twin)));
}

#[test]
fn what_the_tracker_names_elsewhere_is_not() {
    let mut bench = at(Stage::Polling);
    let mut body = tracker("FINISHED", 100);
    body["resources"] = json!([
        "/iaas/api/machines/m-2/snapshots/s-2",
        "https://evil.example/iaas/api/machines/m-1/snapshots/s-2",
        "//evil.example/iaas/api/machines/m-1/snapshots/s-2",
        "string",
    ]);
    bench.ends(Outcome::json(200, body));
    bench.calls(LIST, snapshots(&[OLD, NEW, ("s-2", "nightly")]));
    bench.done();
    assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)));
}

#[test]
fn what_was_there_before_is_never_it() {
    let mut bench = at(Stage::Polling);
    let mut body = tracker("FINISHED", 100);
    body["resources"] = json!(["/iaas/api/machines/m-1/snapshots/s-0"]);
    bench.ends(Outcome::json(200, body));
    bench.run(&mut |_: &_, _| snapshots(&[OLD]));
    ends_with(&mut bench, Code::AmbiguousResult);
    assert!(bench.machine.snapshot().is_none());
}

#[test]
fn a_list_that_fails_is_asked_for_again() {
    for outcome in [bare(503), html(200), failure(FailureKind::Network)] {
        let mut bench = at(Stage::Resolving);
        for _ in 0..30 {
            bench.calls(LIST, outcome.clone());
            bench.wait();
        }
        bench.calls(LIST, outcome.clone());
        bench.done();
        assert_eq!(bench.machine.phase(), Phase::Resolving);

        bench.machine.pull();
        bench.calls(LIST, outcome);
        bench.wait();
        bench.calls(LIST, snapshots(&[OLD, NEW]));
        bench.done();
        assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)));
    }
}

#[test]
fn a_list_that_is_refused_ends_the_wait_and_not_the_operation() {
    for (status, code) in [(403, Code::Forbidden), (404, Code::NotFound)] {
        let mut bench = at(Stage::Resolving);
        bench.calls(LIST, bare(status));
        ends_with(&mut bench, code);
        assert_eq!(bench.machine.phase(), Phase::Resolving);
    }
}

#[test]
fn a_name_is_found_as_vcenter_stores_it_and_another_name_is_not() {
    // asked for, listed, whether that is it
    let cases = [
        ("before 11/24", "before 11%2f24", true),
        ("before 11/24", "before 11%2F24", true),
        ("before 11/24", "before 11%252f24", true),
        ("before 11/24", "before 11/24", true),
        ("before 11/24", "before 11-24", false),
        ("before 11/24", "Before 11%2f24", false),
        ("a%2fb", "a/b", false),
    ];
    for (asked, listed, is_it) in cases {
        let specification =
            SnapshotSpecification { name: Some(asked.into()), ..Default::default() };
        let mut bench = Bench::new(create(policy(), specification));
        request(&mut bench);
        bench.ends(accepted());
        bench.wait();
        bench.calls(POLL, finished());
        bench.run(&mut |_: &_, _| snapshots(&[OLD, ("s-1", listed)]));
        if is_it {
            assert_eq!(bench.machine.phase(), Phase::Finished, "{asked} {listed}");
        } else {
            ends_with(&mut bench, Code::AmbiguousResult);
        }
    }
}

#[test]
fn an_envelope_is_read_like_an_array() {
    let envelope = |list: &[_]| match snapshots(list) {
        Outcome::Answer(answer) => match answer.payload {
            Payload::Json(list) => Outcome::json(200, json!({ "content": list })),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let mut bench = Bench::new(create(policy(), before()));
    bench.machine.submit().unwrap();
    bench.calls(LIST, envelope(&[OLD]));
    bench.persists();
    bench.calls(CREATE, accepted());
    bench.wait();
    bench.calls(POLL, finished());
    bench.calls(LIST, envelope(&[OLD, NEW]));
    bench.done();
    assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)));
}
