//! How a machine ends, what is said of it, and what retry() makes of that.

use vra_snapshots::{Code, Event, FailureKind, FleetGoal, MachineStatus, Outcome};

use super::bench::*;
use crate::replies::{bare, failure, refusal, trackers, unsent};

#[test]
fn every_status_with_its_reason_and_error() {
    let mut bench = Fleets::new("------a", at_once(5));
    bench.go();
    bench.ends("POST m-0", running(0));
    bench.ends("POST m-1", running(1));
    bench.ends("POST m-2", refusal(403, "no"));
    bench.ends("POST m-3", running(3));
    bench.pass(20_000);
    bench.ends("POLL t-0", tracked(0, "FINISHED"));
    bench.ends("LIST m-0", made(0, &bench.key_of(0)));
    bench.ends("POLL t-1", tracked(1, "FAILED"));
    let entry = |machine: &str| {
        let entry = bench.fleet.entry(machine).unwrap();
        let words = entry.reason().map(|it| it.split(' ').take(3).collect::<Vec<_>>().join(" "));
        (entry.status(), entry.error().map(|it| it.code), words, entry.tracker().is_some())
    };
    let some = |words: &str| Some(words.to_owned());
    use MachineStatus::*;
    assert_eq!(entry("m-0"), (Finished, None, None, false));
    let failed = (Failed, Some(Code::OperationFailed), some("The service reports"), true);
    assert_eq!(entry("m-1"), failed);
    let refused = (Failed, Some(Code::Forbidden), some("Refused, or never"), false);
    assert_eq!(entry("m-2"), refused);
    assert_eq!(entry("m-3"), (InProgress, None, None, true));
    assert_eq!(entry("m-4"), (Submitting, None, None, false));
    assert_eq!(bench.fleet.entry("m-0").unwrap().progress(), Some(100));
    assert_eq!(bench.fleet.entry("m-3").unwrap().progress(), Some(40));
    assert_eq!(bench.fleet.count(Finished), 1);
    assert_eq!(bench.fleet.count(Failed), 2);
    assert!(bench.fleet.entry("m-9").is_none());
    bench.fleet.pause();
    bench.run(&mut |call| match call {
        "POLL t-3" => bare(404),
        "POST m-4" | "POST m-5" | "POST m-6" => failure(FailureKind::Timeout),
        _ => quiet(call),
    });
    for machine in ["m-3", "m-4", "m-5", "m-6"] {
        let entry = bench.fleet.entry(machine).unwrap();
        let code = entry.error().unwrap().code;
        assert_eq!((entry.status(), code), (Unknown, Code::OutcomeUnknown));
        assert!(entry.reason().unwrap().starts_with("A snapshot may have been made"));
    }
}

#[test]
fn a_machine_that_is_refused_fails_alone() {
    for (status, code) in [(403, Code::Forbidden), (404, Code::NotFound), (409, Code::Conflict)] {
        let mut bench = Fleets::new("--", at_once(2));
        bench.go();
        bench.ends("POST m-0", bare(status));
        bench.finishes(1);
        assert!(bench.is_done && bench.fleet.is_over());
        assert_eq!(bench.status("m-1"), MachineStatus::Finished);
        let entry = bench.fleet.entry("m-0").unwrap();
        assert_eq!((entry.status(), entry.error().unwrap().code), (MachineStatus::Failed, code));
        assert!(bench.fleet.answer(FleetGoal::Ended).unwrap().is_ok());
    }
}

#[test]
fn without_a_token_all_rest_and_what_was_not_sent_is_queued() {
    let mut bench = Fleets::new("---a", prefixed(4));
    bench.go();
    bench.ends("LIST m-0", none());
    bench.ends("LIST m-1", none());
    bench.ends("POST m-0", running(0));
    assert_eq!(bench.opened(), ["LIST m-2", "LIST m-3", "POST m-1"]);
    // Of m-1 nobody knows yet, of m-0 a tracker; the others have sent nothing.
    bench.tells("LIST m-2", unsent());
    bench.go();
    assert!(!bench.is_done, "what has left is waited for");
    assert_eq!(bench.statuses(), "isqq");
    assert!(bench.fleet.answer(FleetGoal::Ended).is_none());
    bench.ends("POST m-1", running(1));
    let halted = bench.fleet.answer(FleetGoal::Ended).unwrap().unwrap_err();
    assert_eq!(halted.code, Code::Unauthorized);
    assert!(bench.fleet.entry("m-2").unwrap().error().is_none(), "no machine's failure");
    assert!(bench.is_done && !bench.fleet.is_over());
    assert_eq!(bench.statuses(), "iiqq");
    bench.leave();
    bench.pull();
    assert!(bench.fleet.answer(FleetGoal::Ended).is_none());
    bench.polls_to_the_end(1);
    bench.ends("LIST m-1", made(1, &bench.key_of(1)));
    bench.polls_to_the_end(0);
    bench.ends("LIST m-0", made(0, &bench.key_of(0)));
    for machine in 2..4 {
        bench.ends(&list(machine), none());
        bench.finishes(machine);
    }
    assert!(bench.is_done && bench.statuses() == "ffff");
    for machine in 0..4 {
        assert_eq!(bench.count(&post(machine)), 1);
    }
}

#[test]
fn a_request_that_was_refused_for_want_of_a_token_is_queued_again() {
    let mut bench = Fleets::new("-", at_once(1));
    bench.go();
    bench.ends("POST m-0", bare(401));
    bench.ends("POST m-0", bare(401));
    assert!(bench.is_done && bench.statuses() == "q");
    bench.leave();
    bench.pull();
    bench.finishes(0);
    assert_eq!(bench.statuses(), "f");
}

#[test]
fn only_what_is_failed_unknown_or_skipped_is_retried() {
    let mut bench = Fleets::new("---", at_once(2));
    let refused = |bench: &mut Fleets, machine: &str, words: &str| {
        let message = bench.fleet.retry(machine).unwrap_err().0;
        assert!(message.contains(words), "{message}");
    };
    refused(&mut bench, "m-0", "m-0 is queued");
    refused(&mut bench, "m-7", "no machine m-7");
    bench.go();
    refused(&mut bench, "m-0", "m-0 is submitting");
    bench.ends("POST m-0", running(0));
    refused(&mut bench, "m-0", "m-0 is inProgress");
    bench.polls_to_the_end(0);
    bench.ends("LIST m-0", made(0, &bench.key_of(0)));
    refused(&mut bench, "m-0", "m-0 is finished");
    bench.ends("POST m-1", bare(403));
    bench.fleet.retry("m-1").unwrap();
    refused(&mut bench, "m-1", "m-1 is queued");
}

/// A machine whose request got no answer, and was looked for in vain.
fn unknown() -> Fleets {
    let mut bench = Fleets::new("aa", at_once(1));
    bench.go();
    bench.ends("POST m-0", failure(FailureKind::Network));
    bench.fleet.pause();
    bench.run_while_open(&mut quiet);
    assert_eq!(bench.statuses(), "uq");
    let error = bench.fleet.entry("m-0").unwrap().error().unwrap().code;
    assert_eq!(error, Code::OutcomeUnknown);
    bench
}

#[test]
fn a_retry_of_an_unknown_looks_first_and_finds() {
    for reloads in [false, true] {
        let mut bench = unknown();
        let key = bench.key_of(0);
        bench.fleet.retry("m-0").unwrap();
        if reloads {
            // What was asked for is not forgotten.
            bench = bench.reloaded();
        }
        bench.fleet.unpause();
        bench.sent.clear();
        bench.run_while(
            &mut |call| if call == "TRACKERS" { trackers(&[]) } else { made(0, &key) },
            "m-0",
        );
        assert_eq!(bench.status("m-0"), MachineStatus::Finished);
        assert_eq!(bench.count("POST m-0"), 0);
    }
}

#[test]
fn a_retry_of_an_unknown_sends_only_if_nothing_is_found() {
    for reloads in [false, true] {
        let mut bench = unknown();
        let key = bench.key_of(0);
        bench.fleet.retry("m-0").unwrap();
        if reloads {
            bench = bench.reloaded();
        }
        bench.fleet.unpause();
        bench.sent.clear();
        let mut posts = 0;
        let started = bench.now.monotonic;
        bench.run_while(
            &mut |call| match call {
                "POST m-0" => {
                    posts += 1;
                    running(0)
                }
                "POLL t-0" => tracked(0, "FINISHED"),
                "LIST m-0" if posts > 0 => made(0, &key),
                other => quiet(other),
            },
            "m-0",
        );
        assert_eq!(bench.status("m-0"), MachineStatus::Finished);
        assert_eq!((posts, bench.key_of(0)), (1, key), "once, under the key that it had");
        assert!(bench.now.monotonic - started >= 30_000, "it looked until all was settled");
    }
}

#[test]
fn a_retry_that_is_skipped_again_is_as_unknown_as_before() {
    let options = vra_snapshots::FleetOptions { stop_after_failures: Some(1), ..at_once(1) };
    let mut bench = Fleets::new("--", options);
    bench.go();
    bench.ends("POST m-0", running(0));
    bench.run(&mut |_| failure(FailureKind::Network));
    assert_eq!(bench.statuses(), "us");
    // Twice is refused: it would be under way twice.
    bench.fleet.retry("m-0").unwrap();
    assert!(bench.fleet.retry("m-0").is_err());
    bench.fleet.retry("m-1").unwrap();
    bench.go();
    assert_eq!(bench.opened(), ["POLL t-0"], "first in, for it may be holding others up");
    bench.ends("POLL t-0", tracked(0, "FAILED"));
    assert_eq!(bench.opened(), ["POST m-1"], "asked for by name");
}

#[test]
fn what_a_list_shows_answers_a_poll() {
    let mut bench = Fleets::new("-", at_once(1));
    bench.go();
    bench.ends("POST m-0", running(0));
    bench.pass(20_000);
    let (id, _) = bench.open[0];
    assert_eq!(bench.fleet.polled(id), Some("t-0"));
    assert_eq!(bench.fleet.polled(id ^ 1), None);
    bench.tell(Event::Seen { id, tracker: tracker(0, "FINISHED") });
    bench.go();
    assert!(bench.opened().contains(&"LIST m-0"));
    // The poll's own answer is late, and changes nothing.
    bench.ends("POLL t-0", tracked(0, "FAILED"));
    bench.ends("LIST m-0", made(0, &bench.key_of(0)));
    assert_eq!(bench.statuses(), "f");
}

#[test]
fn an_answer_for_one_that_had_the_slot_before_is_nobodys() {
    let mut bench = Fleets::new("--", at_once(1));
    bench.go();
    bench.ends("POST m-0", running(0));
    bench.pass(20_000);
    let (id, _) = bench.open[0];
    bench.tell(Event::Seen { id, tracker: tracker(0, "FAILED") });
    bench.go();
    assert_eq!(bench.opened(), ["POLL t-0", "POST m-1"]);
    bench.ends("POLL t-0", Outcome::json(200, tracker(0, "FINISHED")));
    bench.tell(Event::Seen { id, tracker: tracker(0, "FINISHED") });
    bench.go();
    assert_eq!((bench.statuses().as_str(), bench.opened()), ("fs", vec!["POST m-1"]));
    assert_eq!(bench.status("m-0"), MachineStatus::Failed);
}

#[test]
fn a_nudge_makes_all_look_now() {
    let mut bench = Fleets::new("---", at_once(2));
    bench.go();
    bench.ends("POST m-0", running(0));
    bench.ends("POST m-1", running(1));
    assert!(bench.open.is_empty() && bench.until > Some(bench.now.monotonic));
    bench.tell(Event::Nudge);
    bench.go();
    assert_eq!(bench.opened(), ["POLL t-0", "POLL t-1"]);
}

#[test]
fn progress_and_the_time_left() {
    let mut bench = Fleets::new("--", at_once(1));
    assert_eq!((bench.fleet.progress(), bench.fleet.eta(bench.now)), (0, None));
    bench.go();
    bench.ends("POST m-0", running(0));
    assert_eq!(bench.fleet.progress(), 20, "one of two is at 40 %");
    bench.polls_to_the_end(0);
    bench.ends("LIST m-0", made(0, &bench.key_of(0)));
    assert_eq!((bench.fleet.progress(), bench.fleet.eta(bench.now)), (50, Some(20_000)));
    bench.ends("POST m-1", bare(403));
    assert_eq!((bench.fleet.progress(), bench.fleet.eta(bench.now)), (100, None));
}
