//! When the state is kept, what of it, and what comes of it where it is not.

use serde_json::{Value as Json, json};
use vra_snapshots::{Event, FleetGoal, MachineStatus};

use super::bench::*;
use super::lives::store::Store;
use crate::replies::{bare, trackers};

fn places(state: &Json) -> Vec<u64> {
    let entries = state["entries"].as_array().unwrap();
    let mut places: Vec<_> = entries.iter().map(|it| it["place"].as_u64().unwrap()).collect();
    places.sort_unstable();
    places
}

impl Fleets {
    /// What a checkpoint would be given.
    fn changes(&self) -> Json {
        serde_json::to_value(self.fleet.changes_since(self.fleet.kept())).unwrap()
    }
}

#[test]
fn one_question_for_all_that_are_about_to_be_sent_and_only_what_moved() {
    let mut bench = Fleets::new("-----", at_once(3));
    bench.stop_at_persist();
    assert!(bench.persists && bench.sent.is_empty());
    assert_eq!(places(&bench.changes()), [0, 1, 2, 3, 4], "all, the first time");
    bench.tell(Event::Persisted);
    bench.stop_at_persist();
    assert_eq!(bench.sent, ["POST m-0", "POST m-1", "POST m-2"]);
    bench.tells("POST m-1", bare(403));
    bench.stop_at_persist();
    assert!(bench.persists, "for m-3");
    assert_eq!(places(&bench.changes()), [1, 3]);
    bench.tell(Event::Persisted);
    bench.stop_at_persist();
    // Nobody waits for what changes now: it is kept soon, and then together.
    bench.tells("POST m-0", running(0));
    bench.tells("POST m-2", running(2));
    bench.stop_at_persist();
    assert!(!bench.persists);
    bench.now.monotonic += 2_000;
    bench.stop_at_persist();
    assert!(bench.persists);
    assert_eq!(places(&bench.changes()), [0, 2]);
    // What a poll tells need not be kept for long, and is no reason to write an entry.
    bench.tell(Event::Persisted);
    bench.pass(15_000);
    bench.ends("POLL t-0", running(0));
    assert!(places(&bench.changes()).is_empty());
}

#[test]
fn what_was_looked_for_before_it_is_sent_is_kept_as_sent() {
    // Two looks; the second comes back when the first question has been answered.
    let mut bench = Fleets::new("--", prefixed(2));
    bench.go();
    bench.ends("LIST m-0", none());
    assert_eq!(bench.count("POST m-0"), 1);
    bench.tells("LIST m-1", none());
    bench.stop_at_persist();
    let changes = bench.changes();
    let last = changes["entries"].as_array().unwrap();
    let last = last.iter().find(|it| it["place"] == 1).expect("m-1 is about to be sent");
    assert_eq!(last["operation"]["phase"], "submitting");
}

#[test]
fn the_last_state_is_kept_before_the_end() {
    let mut bench = Fleets::new("-", at_once(1));
    bench.go();
    bench.tells("POST m-0", bare(403));
    bench.stop_at_persist();
    assert!(bench.persists && !bench.is_done);
    assert!(!bench.fleet.is_over() && bench.fleet.answer(FleetGoal::Ended).is_none());
    bench.tell(Event::Persisted);
    bench.stop_at_persist();
    assert!(bench.is_done && bench.fleet.is_over());
    assert_eq!(bench.fleet.kept(), bench.fleet.revision());
}

#[test]
fn what_cannot_be_kept_is_not_sent() {
    let mut bench = Fleets::new("---", at_once(2));
    bench.stop_at_persist();
    bench.tell(Event::NotPersisted);
    bench.stop_at_persist();
    assert!(bench.is_done && bench.sent.is_empty());
    assert_eq!((bench.statuses().as_str(), bench.fleet.kept()), ("qqq", 0));
    bench.leave();
    bench.pull();
    assert_eq!(bench.opened(), ["POST m-0", "POST m-1"], "in the order that was asked for");
    for machine in 0..3 {
        bench.finishes(machine);
    }
    assert!(bench.is_done && bench.statuses() == "fff" && bench.sent.len() == 9);
}

#[test]
fn everybody_may_leave_at_any_point_and_come_back() {
    // By what is open when they leave; what must not be sent again is not.
    for (steps, expected) in [(0, "POST m-0"), (1, "TRACKERS"), (2, "POLL t-0"), (3, "LIST m-0")] {
        let mut bench = Fleets::new("-", at_once(1));
        bench.stop_at_persist();
        if steps > 0 {
            bench.tell(Event::Persisted);
            bench.stop_at_persist();
            assert_eq!(bench.opened(), ["POST m-0"]);
        }
        if steps > 1 {
            bench.ends("POST m-0", running(0));
            bench.pass(20_000);
        }
        if steps > 2 {
            bench.ends("POLL t-0", tracked(0, "FINISHED"));
        }
        bench.leave();
        bench.stop_at_persist();
        assert!(bench.is_done, "nobody waits");
        bench.pull();
        bench.pass(20_000);
        assert_eq!(bench.opened(), [expected]);
        let posts = bench.count("POST m-0");
        let key = bench.key_of(0);
        bench.run(&mut |call| match call {
            "TRACKERS" => trackers(&[]),
            "LIST m-0" => made(0, &key),
            "POST m-0" => running(0),
            _ => tracked(0, "FINISHED"),
        });
        assert_eq!((bench.statuses().as_str(), bench.count("POST m-0")), ("f", posts));
    }
}

#[test]
fn a_crash_between_the_checkpoint_and_the_answer_is_looked_into() {
    let mut bench = Fleets::new("--", at_once(2));
    bench.go();
    let key = bench.key_of(0);
    let mut bench = bench.reloaded();
    // Nobody knows whether the requests have left; one has.
    let mut posts = 0;
    bench.run(&mut |call| match call {
        "TRACKERS" => trackers(&[]),
        "LIST m-0" => made(0, &key),
        "LIST m-1" if posts == 0 => none(),
        "LIST m-1" => made(1, "[0123456789abcdef.2]"),
        "POST m-1" => {
            posts += 1;
            running(1)
        }
        _ => tracked(1, "FINISHED"),
    });
    assert_eq!((bench.statuses().as_str(), bench.count("POST m-0"), posts), ("ff", 0, 1));
}

#[test]
fn a_store_that_merges_changes_has_the_whole() {
    let mut bench = Fleets::new("a-ab-b-", prefixed(3));
    let mut store = Store::default();
    let mut turn = 0;
    loop {
        bench.stop_at_persist();
        if bench.persists {
            store.merge(bench.changes());
            let whole = serde_json::to_value(bench.fleet.state()).unwrap();
            let (merged, whole) =
                (super::lives::store::essence(store.state(0)), super::lives::store::essence(whole));
            assert_eq!(merged, whole);
            bench.tell(Event::Persisted);
        } else if let Some((id, call)) = bench.open.pop_front() {
            turn += 1;
            let machine: usize = call.split('-').next_back().unwrap().parse().unwrap_or(0);
            let outcome = match call.as_bytes() {
                [b'P', b'O', b'S', ..] if turn % 5 == 0 => bare(403),
                [b'P', b'O', b'S', ..] => running(machine),
                [b'P', ..] if turn % 7 == 0 => tracked(machine, "FAILED"),
                [b'P', ..] => tracked(machine, "FINISHED"),
                [b'L', ..] if bench.count(&post(machine)) == 0 => none(),
                _ => made(machine, &bench.key_of(machine)),
            };
            bench.tell(Event::Outcome { id, outcome });
        } else if bench.is_done {
            break;
        } else {
            bench.now.monotonic = bench.until.unwrap();
        }
    }
    assert!(bench.fleet.is_over() && bench.fleet.count(MachineStatus::Finished) > 2);
}

#[test]
fn a_pause_is_kept_though_no_machine_changes() {
    let mut bench = Fleets::new("--", at_once(1));
    bench.go();
    bench.pass(10_000);
    let before = bench.fleet.kept();
    bench.fleet.pause();
    assert!(bench.fleet.answer(FleetGoal::Changed(before)).is_some(), "readers are told");
    bench.stop_at_persist();
    bench.now.monotonic = bench.until.expect("it is to be kept soon");
    bench.stop_at_persist();
    assert!(bench.persists);
    let kept = serde_json::to_value(bench.fleet.changes_since(before)).unwrap();
    assert_eq!((&kept["paused"], &kept["entries"]), (&json!(true), &json!([])));
    bench.tell(Event::Persisted);
    bench.fleet.pause();
    assert_eq!(bench.fleet.kept(), bench.fleet.revision(), "again changes nothing");
}
