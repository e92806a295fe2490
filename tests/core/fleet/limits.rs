//! How many at once, how soon after one another, in which order, and when no more.

use vra_snapshots::{
    Action, Event, FailureKind, FleetMachine, FleetOptions, MachineStatus, Order, StateMachine,
};

use super::bench::*;
use crate::bench::{id, policy};
use crate::replies::{bare, failure, refusal, trackers};

#[test]
fn so_many_at_once_and_the_next_when_a_request_is_over() {
    let mut bench = Fleets::new("----", at_once(2));
    bench.go();
    assert_eq!(bench.opened(), ["POST m-0", "POST m-1"]);
    bench.ends("POST m-0", running(0));
    assert_eq!(bench.opened(), ["POST m-1"], "it is accepted, not over");
    bench.polls_to_the_end(0);
    assert_eq!(bench.opened(), ["POST m-1", "LIST m-0", "POST m-2"], "over at the service");
    bench.ends("POST m-1", refusal(403, "no"));
    assert_eq!(bench.opened(), ["LIST m-0", "POST m-2", "POST m-3"]);
}

#[test]
fn late_lists_hold_up_no_more_than_as_many_again() {
    let mut bench = Fleets::new("------", at_once(1));
    for machine in 0..2 {
        bench.go();
        bench.ends(&post(machine), running(machine));
        bench.polls_to_the_end(machine);
    }
    // Two look for their snapshots.
    assert!(bench.opened().iter().all(|call| call.starts_with("LIST")), "{:?}", bench.opened());
    bench.ends("LIST m-0", made(0, &bench.key_of(0)));
    assert!(bench.opened().contains(&"POST m-2"));
}

#[test]
fn one_of_a_deployment_the_next_as_soon_as_the_request_is_over() {
    let mut bench = Fleets::new("aab-a", at_once(9));
    bench.go();
    assert_eq!(bench.opened(), ["POST m-0", "POST m-2", "POST m-3"]);
    bench.ends("POST m-0", running(0));
    assert!(!bench.opened().contains(&"POST m-1"));
    bench.polls_to_the_end(0);
    assert!(bench.opened().contains(&"LIST m-0") && bench.opened().contains(&"POST m-1"));
    bench.ends("POST m-1", refusal(409, "busy"));
    assert!(bench.opened().contains(&"POST m-4"), "refused, and so over");
}

#[test]
fn one_under_way_is_found_in_the_deployment_after_a_resume() {
    // One looks for its snapshot, the other has been accepted.
    let mut bench = Fleets::new("aaa", at_once(9));
    bench.go();
    bench.ends("POST m-0", running(0));
    bench.polls_to_the_end(0);
    bench.ends("POST m-1", running(1));
    let mut bench = bench.reloaded();
    bench.pass(20_000);
    assert!(bench.opened().contains(&"LIST m-0"), "{:?}", bench.opened());
    bench.ends("LIST m-0", none());
    bench.pass(20_000);
    assert!(!bench.opened().contains(&"POST m-2"), "m-1 is under way: {:?}", bench.opened());
    bench.ends("POLL t-1", tracked(1, "FINISHED"));
    assert!(bench.opened().contains(&"POST m-2"), "{:?}", bench.opened());
}

#[test]
fn submits_are_apart() {
    let options = FleetOptions { submit_interval_us: 400_500, ..at_once(9) };
    let mut bench = Fleets::new("---", options);
    bench.go();
    assert_eq!(bench.opened(), ["POST m-0"]);
    assert_eq!(bench.until, Some(bench.now.monotonic + 401));
    bench.pass(400);
    assert_eq!(bench.opened().len(), 1);
    bench.pass(1);
    assert_eq!(bench.opened().len(), 2);
    bench.pass(399);
    assert_eq!(bench.opened().len(), 2);
    bench.pass(2);
    assert_eq!(bench.opened().len(), 3);
}

#[test]
fn submits_are_apart_however_long_it_takes_to_keep_them() {
    let options = FleetOptions { submit_interval_us: 400_000, ..at_once(9) };
    let mut bench = Fleets::new("---", options);
    bench.stop_at_persist();
    for _ in 0..3 {
        bench.now.monotonic += 1_000;
        assert!(!matches!(bench.fleet.poll(bench.now), Action::Send { .. }));
    }
    bench.tell(Event::Persisted);
    bench.go();
    assert_eq!(bench.opened(), ["POST m-0"], "the others have been kept meanwhile");
    bench.pass(399);
    assert_eq!(bench.opened().len(), 1);
    bench.pass(1);
    assert_eq!(bench.opened().len(), 2);
    bench.pass(400);
    assert_eq!(bench.opened().len(), 3);
}

#[test]
fn the_order_is_the_one_asked_for() {
    for (order, expected) in [
        (Order::Given, ["POST m-0", "POST m-1", "POST m-2"]),
        (Order::LargestDeploymentFirst, ["POST m-2", "POST m-1", "POST m-0"]),
    ] {
        let mut bench = Fleets::new("-abbb", FleetOptions { order, ..at_once(3) });
        bench.go();
        let mut opened = bench.opened();
        if order == Order::LargestDeploymentFirst {
            // Those alone are all the same; the largest is the first.
            assert_eq!(opened[0], expected[0]);
            opened.sort_unstable();
            assert_eq!(opened, ["POST m-0", "POST m-1", "POST m-2"]);
        } else {
            assert_eq!(opened, expected);
        }
    }
}

#[test]
fn after_so_many_failures_nothing_more_is_submitted() {
    let options = FleetOptions { stop_after_failures: Some(2), ..at_once(3) };
    let mut bench = Fleets::new("------", options);
    bench.go();
    bench.ends("POST m-0", refusal(403, "no"));
    assert_eq!(bench.statuses(), "fsssqq");
    bench.ends("POST m-2", running(2));
    bench.ends("POST m-3", running(3));
    bench.tells("POST m-1", refusal(403, "no"));
    bench.go();
    assert_eq!(bench.statuses(), "ffiiss");
    let reason = bench.fleet.entry("m-5").unwrap().reason().unwrap();
    assert!(reason.contains("stopAfterFailures"), "{reason}");
    assert_eq!(bench.count("POST m-4"), 0);
    // What runs is finished ...
    bench.polls_to_the_end(2);
    bench.ends("LIST m-2", made(2, &bench.key_of(2)));
    assert_eq!(bench.status("m-2"), MachineStatus::Finished);
    // ... and what is asked for by name runs, though others fail again.
    for machine in ["m-4", "m-5", "m-0"] {
        bench.fleet.retry(machine).unwrap();
    }
    bench.go();
    bench.ends("POST m-4", refusal(403, "no"));
    assert_eq!(bench.opened().iter().filter(|it| it.starts_with("POST")).count(), 2);
}

#[test]
fn what_has_not_left_when_it_stops_is_taken_back() {
    let options = FleetOptions { stop_after_failures: Some(1), ..prefixed(3) };
    let mut bench = Fleets::new("---", options);
    bench.go();
    assert_eq!(bench.opened(), ["LIST m-0", "LIST m-1", "LIST m-2"]);
    bench.tells("LIST m-1", none());
    bench.stop_at_persist();
    assert!(bench.persists, "m-1 is about to be sent");
    bench.tells("LIST m-0", bare(403));
    assert_eq!(bench.statuses(), "fss");
    assert_eq!(bench.status("m-1"), MachineStatus::Skipped);
    bench.tell(Event::Persisted);
    bench.go();
    bench.ends("LIST m-2", none());
    assert!(bench.sent.iter().all(|call| !call.starts_with("POST")), "{:?}", bench.sent);
    assert!(bench.is_done && bench.fleet.is_over());
}

#[test]
fn a_slot_taken_back_sends_nothing_of_another_that_is_not_kept() {
    let options = FleetOptions { stop_after_failures: Some(1), ..prefixed(2) };
    let mut bench = Fleets::new("---", options);
    bench.go();
    bench.tells("LIST m-1", none());
    bench.stop_at_persist();
    bench.tells("LIST m-0", bare(403));
    // Somebody wants it all the same, and it comes into the slot of m-1 while the question is open.
    bench.fleet.retry("m-2").unwrap();
    bench.stop_at_persist();
    bench.tells("LIST m-2", none());
    bench.stop_at_persist();
    bench.tell(Event::Persisted);
    bench.stop_at_persist();
    assert!(bench.persists && bench.count("POST m-2") == 0, "not kept yet: {:?}", bench.sent);
    bench.tell(Event::Persisted);
    bench.stop_at_persist();
    assert_eq!(bench.count("POST m-2"), 1);
}

#[test]
fn a_pause_submits_nothing_and_lets_those_under_way_end() {
    let mut bench = Fleets::new("----", at_once(2));
    bench.go();
    bench.fleet.pause();
    bench.finishes(0);
    assert_eq!(bench.opened(), ["POST m-1"]);
    bench.finishes(1);
    assert_eq!(bench.statuses(), "ffqq");
    bench.pass(10_000);
    assert!(!bench.is_done && bench.until.is_none() && bench.open.is_empty());
    assert!(bench.fleet.eta(bench.now).is_none());
    let mut resumed = bench.reloaded();
    resumed.go();
    assert!(resumed.fleet.is_paused() && resumed.open.is_empty());
    bench.fleet.unpause();
    bench.go();
    assert_eq!(bench.opened(), ["POST m-2", "POST m-3"]);
    bench.ends("POST m-2", running(2));
    bench.pass(1_000);
    bench.polls_to_the_end(2);
    bench.ends("LIST m-2", made(2, &bench.key_of(2)));
    assert!(bench.fleet.eta(bench.now).is_some(), "there is a speed again");
}

#[test]
fn a_retry_during_a_pause_waits_for_its_end() {
    let mut bench = Fleets::new("a", at_once(1));
    bench.go();
    bench.ends("POST m-0", running(0));
    bench.run(&mut |_| failure(FailureKind::Network));
    assert_eq!(bench.status("m-0"), MachineStatus::Unknown);
    bench.fleet.pause();
    bench.fleet.retry("m-0").unwrap();
    bench.pass(10_000);
    assert!(bench.open.is_empty());
    bench.fleet.unpause();
    bench.go();
    assert_eq!(bench.opened(), ["POLL t-0"]);
}

#[test]
fn a_deployment_where_something_may_still_run_strands_the_others() {
    let mut bench = Fleets::new("aab", at_once(9));
    bench.go();
    bench.ends("POST m-0", running(0));
    bench.finishes(2);
    bench.run(&mut |_| failure(FailureKind::Network));
    assert_eq!(bench.statuses(), "usf");
    let reason = bench.fleet.entry("m-1").unwrap().reason().unwrap();
    assert!(reason.contains("deployment"), "{reason}");
    // The same after a resume: the deployment is not free.
    let mut bench = bench.reloaded();
    bench.fleet.retry("m-1").unwrap();
    bench.go();
    assert!(bench.sent.is_empty() && bench.statuses() == "usf");
    // The one that holds it is looked for, and then the next may run.
    bench.fleet.retry("m-0").unwrap();
    bench.fleet.retry("m-1").unwrap();
    bench.go();
    assert_eq!(bench.opened(), ["POLL t-0"]);
    bench.ends("POLL t-0", tracked(0, "FINISHED"));
    assert!(bench.opened().contains(&"POST m-1"));
}

#[test]
fn a_deployment_is_free_where_it_was_seen_that_nothing_runs() {
    for (sees, expected) in [(true, "POST m-1"), (false, "")] {
        let mut bench = Fleets::new("aa", at_once(9));
        bench.go();
        bench.ends("POST m-0", bare(502));
        let mut posted = false;
        bench.run(&mut |call| match call {
            "TRACKERS" if sees => trackers(&[]),
            "TRACKERS" => bare(403),
            "POST m-1" => {
                posted = true;
                refusal(403, "no")
            }
            _ => none(),
        });
        assert_eq!(bench.status("m-0"), MachineStatus::Unknown);
        assert_eq!(posted, !expected.is_empty());
    }
}

#[test]
fn no_machines_are_over_at_once() {
    let mut bench = Fleets::new("", at_once(9));
    bench.go();
    assert!(bench.is_done && bench.fleet.is_over());
    assert_eq!((bench.fleet.progress(), bench.fleet.size()), (100, 0));
    assert!(bench.reloaded().fleet.is_over());
}

#[test]
fn a_machine_that_is_there_twice_is_refused() {
    let twice = vec![FleetMachine::new(id("m-1")), FleetMachine::new(id("m-1"))];
    let fleet = vra_snapshots::Fleet::<serde_json::Value>::new(
        "f".into(),
        policy(),
        twice,
        before(),
        at_once(1),
        crate::bench::START,
    );
    assert!(fleet.unwrap_err().0.contains("m-1 is there twice"));
}
