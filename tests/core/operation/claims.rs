//! Two operations of one client on one machine: they never report the same snapshot.

use serde_json::Value as Json;
use vra_snapshots::{Claims, Code, Operation, Outcome};

use super::ends_with;
use super::stages::{LIST, NEW, OLD, before, create, reloaded_with, request};
use crate::bench::{Bench, impatient};
use crate::replies::{snapshot, snapshots, tracker};

/// Two finished requests of one client that were made at the same time.
fn both() -> [Bench<Operation<Json>>; 2] {
    let claims = Claims::default();
    ["t-1", "t-2"].map(|request_tracker| {
        let operation = create(impatient(), before()).sharing(claims.clone());
        let mut bench = Bench::new(operation);
        request(&mut bench);
        let mut body = tracker("FINISHED", 100);
        body["id"] = request_tracker.into();
        bench.ends(Outcome::json(202, body));
        bench
    })
}

const TWIN: (&str, &str) = ("s-2", "before");

#[test]
fn each_gets_its_own() {
    let [mut one, mut other] = both();
    one.calls(LIST, snapshots(&[OLD, NEW]));
    one.done();
    assert_eq!(one.machine.snapshot(), Some(&snapshot(NEW)));

    other.calls(LIST, snapshots(&[OLD, NEW]));
    other.waits(2_000);
    other.calls(LIST, snapshots(&[OLD, NEW, TWIN]));
    other.done();
    assert_eq!(other.machine.snapshot(), Some(&snapshot(TWIN)));
}

#[test]
fn what_the_other_has_is_no_candidate() {
    let [mut one, mut other] = both();
    one.calls(LIST, snapshots(&[OLD, NEW]));
    other.run(&mut |_: &_, _| snapshots(&[OLD, NEW]));
    assert!(ends_with(&mut other, Code::AmbiguousResult).candidates.is_empty());
}

#[test]
fn two_that_look_at_once_are_not_guessed_apart() {
    let [mut one, mut other] = both();
    for bench in [&mut one, &mut other] {
        bench.run(&mut |_: &_, _| snapshots(&[OLD, NEW, TWIN]));
        assert_eq!(ends_with(bench, Code::AmbiguousResult).candidates.len(), 2);
    }
}

#[test]
fn what_was_handed_out_before_a_restart_still_is() {
    let [mut one, other] = both();
    one.calls(LIST, snapshots(&[OLD, NEW]));

    let claims = Claims::default();
    let _one = reloaded_with(&one.machine, claims.clone());
    let mut other = reloaded_with(&other.machine, claims);
    other.run(&mut |_: &_, _| snapshots(&[OLD, NEW]));
    assert!(other.machine.snapshot().is_none());
}

#[test]
fn an_operation_taken_up_twice_gets_the_same() {
    let [mut one, _] = both();
    let claims = Claims::default();
    one.machine = one.machine.sharing(claims.clone());
    let mut again = reloaded_with(&one.machine, claims);
    for bench in [&mut one, &mut again] {
        bench.calls(LIST, snapshots(&[OLD, NEW]));
        bench.done();
        assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)));
    }
}

#[test]
fn claims_are_bounded_and_the_oldest_are_forgotten() {
    let claims = Claims::default();
    for number in 0..50_000 {
        let snapshot = number.to_string();
        claims.claim("t-1", &snapshot);
        claims.claim("t-1", &snapshot);
    }
    let is_kept = |number: &u32| claims.taken("t-2", &number.to_string());
    let kept = (0..50_000).filter(is_kept).count();
    assert!((10_000..20_000).contains(&kept), "{kept}");
    assert!((46_000..50_000).all(|number| is_kept(&number)), "the newest are known");
    assert!(!(0..10_000).any(|number| is_kept(&number)), "the oldest are not");
    assert!(!claims.taken("t-1", "49999"), "not from the one that made it");
}
