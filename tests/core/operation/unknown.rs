//! A request without a readable answer: it is never sent again.

use serde_json::{Value as Json, json};
use vra_snapshots::{Call, Code, Event, FailureKind, Goal, Now, Outcome, Phase};

use super::stages::{
    CREATE, LIST, NEW, OLD, Stage, TRACKERS, at, before, complete, create, look, quiet, request,
};
use super::{ends_with, error_of};
use crate::bench::{Bench, name, policy};
use crate::replies::{
    bare, failure, failure_after, html, later, refusal, snapshot, snapshots, tracker, trackers,
};

/// Every way in which it can be unknown what became of a request.
fn unreadable() -> Vec<Outcome<Json>> {
    let mut without_id = tracker("INPROGRESS", 0);
    without_id.as_object_mut().unwrap().remove("id");
    let mut nameless = tracker("INPROGRESS", 0);
    nameless["id"] = json!("");
    let mut dots = tracker("INPROGRESS", 0);
    dots["id"] = json!("..");
    vec![
        failure(FailureKind::Network),
        failure(FailureKind::Cut),
        failure(FailureKind::Timeout),
        failure(FailureKind::NoResponse),
        failure_after(FailureKind::Cut, 202),
        failure_after(FailureKind::Timeout, 202),
        failure_after(FailureKind::TooLarge, 202),
        failure_after(FailureKind::Cut, 502),
        bare(200),
        bare(202),
        bare(204),
        html(200),
        html(202),
        Outcome::json(202, json!(null)),
        Outcome::json(202, json!([])),
        Outcome::json(202, json!({ "error": "busy" })),
        Outcome::json(202, without_id),
        Outcome::json(202, nameless),
        Outcome::json(202, dots),
        bare(0),
        html(302),
        bare(307),
        refusal(408, "late"),
        refusal(500, "oops"),
        Outcome::json(500, json!({ "details": ["SHOULD_RETRY"] })),
        html(502),
        bare(503),
        bare(504),
        bare(100),
        bare(600),
    ]
}

#[test]
fn it_is_not_sent_again_whatever_happens() {
    for outcome in unreadable() {
        let mut bench = Bench::new(create(policy(), before()));
        request(&mut bench);
        let what = format!("{outcome:?}");
        bench.ends(outcome);
        assert_eq!(bench.machine.phase(), Phase::Reconciling, "{what}");

        bench.run(&mut quiet);
        let error = ends_with(&mut bench, Code::OutcomeUnknown);
        assert!(!error.retryable, "{error:?}");
        assert!(error.message.contains("machine m-1"), "{error:?}");
        for goal in [Goal::Accepted, Goal::Changed(0), Goal::Polled(0)] {
            assert_eq!(error_of(&bench.machine, goal).code, Code::OutcomeUnknown, "{what}");
        }
        assert!(bench.machine.submit().is_err(), "{what}");

        for event in [Event::Nudge, Event::Persisted, Event::NotPersisted, Event::Abandoned] {
            bench.tell(event);
            bench.machine.pull();
            bench.run(&mut quiet);
            assert_eq!(bench.machine.phase(), Phase::Reconciling, "{what}");
        }
        assert_eq!(bench.count(CREATE), 1, "{what}");
    }
}

#[test]
fn the_error_tells_what_came_of_the_request() {
    let mut bench = at(Stage::Posting);
    bench.ends(refusal(500, "oops"));
    bench.run(&mut quiet);
    let error = ends_with(&mut bench, Code::OutcomeUnknown);
    assert_eq!(
        error.message,
        format!(
            "{CREATE} was answered 500: oops. What became of it cannot be told, and it is not sent \
             again; look at machine m-1"
        )
    );
    assert_eq!(error.status, Some(500));
    assert_eq!(error.service.as_ref().unwrap()["message"], "oops");
}

#[test]
fn an_answer_that_cannot_be_read_is_told_to_be_of_the_request() {
    for outcome in [bare(202), html(200), Outcome::json(202, json!({}))] {
        let mut bench = at(Stage::Posting);
        bench.ends(outcome);
        bench.run(&mut quiet);
        let error = ends_with(&mut bench, Code::OutcomeUnknown);
        assert!(error.message.starts_with(&format!("{CREATE} was answered 20")), "{error:?}");
    }
}

#[test]
fn a_late_answer_changes_nothing() {
    let mut bench = at(Stage::Posting);
    let id = bench.open.unwrap();
    bench.ends(failure(FailureKind::Timeout));
    bench.tell(Event::Outcome { id, outcome: Outcome::json(202, tracker("INPROGRESS", 0)) });
    bench.run(&mut quiet);
    ends_with(&mut bench, Code::OutcomeUnknown);
    assert!(!bench.machine.has_tracker());
}

#[test]
fn a_request_refused_first_and_lost_then_is_unknown() {
    let mut bench = Bench::new(create(policy(), before()));
    request(&mut bench);
    bench.ends(later(429, "5"));
    bench.waits(5_000);
    bench.opens(CREATE);
    bench.ends(bare(504));
    bench.run(&mut quiet);
    ends_with(&mut bench, Code::OutcomeUnknown);
    assert_eq!(bench.count(CREATE), 2);
}

#[test]
fn patience_does_not_make_it_sent_again() {
    let mut patient = policy();
    patient.retry.max_attempts = u32::MAX;
    let mut bench = Bench::new(create(patient, before()));
    bench.machine.submit().unwrap();
    bench.run(&mut |call: &Call, now| match name(call).as_str() {
        CREATE => html(503),
        _ => quiet(call, now),
    });
    assert_eq!(bench.count(CREATE), 1);
    assert_eq!(bench.machine.phase(), Phase::Reconciling);
}

#[test]
fn the_snapshot_may_be_found() {
    let mut bench = at(Stage::Unknown);
    look(&mut bench, &[OLD]);
    bench.waits(2_000);
    let mut theirs = tracker("INPROGRESS", 30);
    theirs["id"] = json!("t-9");
    bench.calls(TRACKERS, trackers(&[theirs.clone()]));
    bench.calls(LIST, snapshots(&[OLD]));
    assert_eq!(bench.machine.tracker(), Some(&theirs), "it is shown");
    assert!(!bench.machine.has_tracker(), "and it is not taken for ours");
    bench.wait();
    look(&mut bench, &[OLD, NEW]);
    bench.done();
    assert_eq!(bench.machine.snapshot(), Some(&snapshot(NEW)));
}

#[test]
fn what_runs_on_the_machine_is_waited_out_and_then_it_must_be_quiet_for_a_while() {
    let mut bench = at(Stage::Unknown);
    for _ in 0..20 {
        bench.calls(TRACKERS, trackers(&[tracker("INPROGRESS", 30)]));
        bench.calls(LIST, snapshots(&[OLD]));
        bench.wait();
    }
    assert_eq!(bench.run(&mut quiet), 32_000);
    ends_with(&mut bench, Code::OutcomeUnknown);
}

#[test]
fn a_refusal_that_comes_with_a_time_is_believed_once_nothing_speaks_against_it() {
    let mut bench = Bench::new(create(policy(), before()));
    request(&mut bench);
    bench.ends(later(503, "5"));
    assert_eq!(bench.machine.phase(), Phase::Submitting);
    bench.waits(5_000);
    while bench.now.monotonic - crate::bench::START.monotonic < 37_000 {
        look(&mut bench, &[OLD]);
        bench.waits(2_000);
    }
    look(&mut bench, &[OLD]);
    bench.persists();
    bench.opens(CREATE);
    complete(&mut bench);
    assert_eq!(bench.count(CREATE), 2);
}

#[test]
fn a_refusal_that_comes_with_a_time_may_be_none() {
    let mut bench = Bench::new(create(policy(), before()));
    request(&mut bench);
    bench.ends(later(503, "5"));
    bench.waits(5_000);
    look(&mut bench, &[OLD, NEW]);
    bench.done();
    assert_eq!((bench.machine.phase(), bench.count(CREATE)), (Phase::Finished, 1));

    for list in [trackers(&[tracker("INPROGRESS", 0)]), bare(403), bare(502)] {
        let mut bench = at(Stage::Posting);
        bench.ends(later(503, "5"));
        bench.run(&mut |call: &Call, now: Now| match name(call).as_str() {
            TRACKERS if now.monotonic < crate::bench::START.monotonic + 60_000 => list.clone(),
            _ => quiet(call, now),
        });
        ends_with(&mut bench, Code::OutcomeUnknown);
        assert_eq!(bench.count(CREATE), 1);
    }
}

#[test]
fn a_list_of_trackers_that_is_not_complete_does_not_show_a_quiet_machine() {
    // The service claims to have refused the request. That is believed only if nothing runs on the machine, and what
    // runs may stand on a page that never comes.
    let mut bench = at(Stage::Posting);
    bench.ends(later(503, "0"));
    let mut over = tracker("FINISHED", 100);
    over["id"] = json!("t-9");
    bench.run(&mut |call: &Call, _| match name(call).as_str() {
        TRACKERS => Outcome::json(200, json!({ "content": [over], "totalElements": 9 })),
        LIST => snapshots(&[OLD]),
        other => panic!("{other}"),
    });
    ends_with(&mut bench, Code::OutcomeUnknown);
    assert_eq!(bench.count(CREATE), 1, "it is not sent again");
}
