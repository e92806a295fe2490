//! A snapshot with an idempotency key: found by it, and asked for again only where it cannot be.

use serde_json::{Value as Json, json};
use vra_snapshots::{Body, Call, Code, IdempotencyKey, Operation, Outcome, Phase};

use super::ends_with;
use super::stages::{CREATE, LIST, OLD, POLL, TRACKERS, before, create, quiet, reloaded};
use crate::bench::{Bench, impatient, name};
use crate::replies::{accepted, bare, finished, running, snapshot, snapshots, tracker, trackers};

fn keyed() -> Bench<Operation<Json>> {
    let key = IdempotencyKey::new("key", "k.1").unwrap();
    let mut bench = Bench::new(create(impatient(), before()).keyed(Some(key)));
    bench.machine.submit().unwrap();
    bench
}

/// The request is on its way.
fn posting() -> Bench<Operation<Json>> {
    let mut bench = keyed();
    bench.calls(LIST, snapshots(&[OLD]));
    bench.persists();
    bench.opens(CREATE);
    bench
}

fn marked(id: &str, description: &str) -> Json {
    let mut marked = snapshot((id, "before"));
    marked["description"] = json!(description);
    marked
}

#[test]
fn it_is_sent_at_the_end_of_the_description() {
    let bench = posting();
    let Some(Body::Specification(sent)) = &bench.sent.last().unwrap().body else { panic!() };
    assert_eq!(sent.description.as_deref(), Some("[k.1]"));
}

#[test]
fn a_snapshot_that_carries_it_ends_the_submit() {
    let mut bench = keyed();
    let ours = marked("s-5", "[k.1]");
    bench.calls(LIST, Outcome::json(200, json!([ours])));
    bench.done();
    assert_eq!((bench.machine.phase(), bench.count(CREATE)), (Phase::Finished, 0));
    assert_eq!(bench.machine.snapshot(), Some(&ours));

    let mut bench = keyed();
    bench.calls(LIST, Outcome::json(200, json!([ours, marked("s-6", "x [k.1]")])));
    assert_eq!(ends_with(&mut bench, Code::AmbiguousResult).candidates.len(), 2);
    assert_eq!(bench.machine.phase(), Phase::Prepared);
}

#[test]
fn it_is_asked_for_again_only_by_who_submits_again_and_after_a_look() {
    let mut bench = posting();
    bench.ends(bare(502));
    for _ in 0..3 {
        bench.run(&mut quiet);
        ends_with(&mut bench, Code::OutcomeUnknown);
        bench.machine.pull();
    }
    assert_eq!(bench.count(CREATE), 1, "who only waits sends nothing");

    for sent in 2..5 {
        bench.machine.submit().unwrap();
        assert!(bench.machine.submit().is_err());
        let start = bench.now.monotonic;
        bench.run_until(&mut quiet, |it| it.phase() == Phase::Submitting);
        assert!(bench.now.monotonic - start >= 30_000, "every time it is looked first");
        bench.persists();
        bench.calls(CREATE, bare(502));
        assert_eq!(bench.count(CREATE), sent);
        bench.run(&mut quiet);
        ends_with(&mut bench, Code::OutcomeUnknown);
    }
}

#[test]
fn it_is_not_asked_for_again_while_something_runs_that_may_be_it() {
    let mut nameless = tracker("INPROGRESS", 0);
    nameless["resources"] = json!([]);
    let mut bench = posting();
    bench.ends(bare(502));
    bench.machine.pull();
    bench.machine.submit().unwrap();
    for _ in 0..16 {
        bench.calls(TRACKERS, trackers(std::slice::from_ref(&nameless)));
        bench.calls(LIST, snapshots(&[OLD]));
        bench.waits(2_000);
    }
    // It is over, and what it made may be listed late.
    for _ in 0..15 {
        bench.calls(TRACKERS, trackers(&[]));
        bench.calls(LIST, snapshots(&[OLD]));
        bench.waits(2_000);
    }
    bench.calls(TRACKERS, trackers(&[]));
    bench.calls(LIST, Outcome::json(200, json!([marked("s-5", "[k.1]")])));
    bench.done();
    assert_eq!((bench.machine.phase(), bench.count(CREATE)), (Phase::Finished, 1));
}

#[test]
fn what_was_accepted_is_not_asked_for_again() {
    let mut bench = posting();
    bench.ends(accepted());
    bench.wait();
    bench.calls(POLL, bare(404));
    for mut bench in [reloaded(&bench.machine), bench] {
        bench.run(&mut quiet);
        ends_with(&mut bench, Code::OutcomeUnknown);
        assert!(bench.machine.submit().is_err());
    }
}

#[test]
fn a_name_without_the_key_is_no_proof() {
    let mut bench = posting();
    bench.ends(bare(502));
    // The one that carries it may be yet to come.
    let waited = bench.run(&mut |call: &Call, _| match name(call).as_str() {
        TRACKERS => trackers(&[]),
        _ => Outcome::json(200, json!([marked("s-5", "by hand")])),
    });
    assert!(waited >= 30_000, "{waited} ms");
    assert_eq!(ends_with(&mut bench, Code::AmbiguousResult).candidates.len(), 1);

    // Unless the service says that it has made one, and none is listed that carries it.
    let mut bench = posting();
    bench.ends(accepted());
    bench.wait();
    bench.calls(POLL, running(50));
    bench.wait();
    bench.calls(POLL, finished());
    bench.run(&mut |_: &_, _| Outcome::json(200, json!([marked("s-5", "by hand")])));
    assert_eq!(bench.machine.snapshot(), Some(&marked("s-5", "by hand")));
}

#[test]
fn what_somebody_elses_tracker_names_is_not_believed_after_a_resume_either() {
    let mut theirs = tracker("INPROGRESS", 0);
    theirs["resources"] = json!(["/iaas/api/machines/m-1", "/iaas/api/machines/m-1/snapshots/s-9"]);
    let mut bench = posting();
    bench.ends(bare(502));
    bench.calls(TRACKERS, trackers(&[theirs]));
    bench.calls(LIST, snapshots(&[OLD]));
    let mut again = reloaded(&bench.machine);
    again.calls(TRACKERS, trackers(&[]));
    again.calls(LIST, snapshots(&[OLD, ("s-9", "nightly")]));
    again.wait();
    assert_eq!(again.machine.phase(), Phase::Reconciling);
}
