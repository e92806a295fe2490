//! A fleet taken up again, and what is no state of one.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use vra_snapshots::{Claims, Fleet, FleetOptions, InvalidInput, MachineStatus};

use super::bench::*;
use crate::bench::policy;
use crate::replies::bare;

fn refusal(state: &Json) -> Option<String> {
    let resumed = Fleet::<Json>::resume(state, policy(), Claims::default());
    resumed.err().map(|InvalidInput(message)| message)
}

/// A machine in every status, but for those that are skipped.
pub(crate) fn mixed() -> Json {
    let mut bench = Fleets::new("aa---a-", at_once(5));
    bench.go();
    bench.ends("POST m-0", running(0));
    bench.ends("POST m-2", bare(403));
    bench.ends("POST m-3", running(3));
    bench.polls_to_the_end(3);
    bench.ends("LIST m-3", made(3, &bench.key_of(3)));
    bench.ends("POST m-4", bare(502));
    bench.tell(vra_snapshots::Event::Nudge);
    let mut state = serde_json::to_value(bench.fleet.state()).unwrap();
    state["entries"][4]["status"] = json!("unknown");
    state["entries"][4]["error"] =
        json!({ "code": "outcome_unknown", "message": "", "retryable": false });
    state
}

#[test]
fn a_whole_state_is_taken_and_written_again() {
    let state = mixed();
    assert_eq!(refusal(&state), None);
    let statuses: Vec<_> =
        (0..7).map(|place| state["entries"][place]["status"].as_str().unwrap()).collect();
    let expected =
        ["inProgress", "queued", "failed", "finished", "unknown", "queued", "submitting"];
    assert_eq!(statuses, expected);
    let fleet = Fleet::<Json>::resume(&state, policy(), Claims::default()).unwrap();
    let again = serde_json::to_value(fleet.state()).unwrap();
    assert!(refusal(&again).is_none());
    for (place, entry) in state["entries"].as_array().unwrap().iter().enumerate() {
        let mut written = again["entries"][place].clone();
        // What was about to be sent is wanted all the same.
        written.as_object_mut().unwrap().remove("again");
        assert_eq!(&written, entry);
    }
    assert_eq!(again["revision"], json!(state["revision"].as_u64().unwrap() + 1));
}

#[test]
fn the_pause_between_submits_is_the_same_after_a_resume() {
    for submit_interval_us in [0, 1, 1_001, 333_333, 999_999, 1_000_000_000] {
        let options = FleetOptions { submit_interval_us, ..at_once(9) };
        let state = serde_json::to_value(Fleets::new("---", options).fleet.state()).unwrap();
        let fleet = Fleet::<Json>::resume(&state, policy(), Claims::default()).unwrap();
        let again = serde_json::to_value(fleet.state()).unwrap();
        assert_eq!(again["submitIntervalMs"], state["submitIntervalMs"], "{submit_interval_us} µs");
    }
}

#[test]
fn the_entries_may_stand_in_any_order() {
    let state = mixed();
    for turn in 1..7 {
        let mut turned = state.clone();
        turned["entries"].as_array_mut().unwrap().rotate_left(turn);
        let fleet = Fleet::<Json>::resume(&turned, policy(), Claims::default()).unwrap();
        let machines: Vec<_> = fleet.entries().map(|entry| entry.machine_id().to_owned()).collect();
        assert_eq!(machines, ["m-0", "m-1", "m-2", "m-3", "m-4", "m-5", "m-6"]);
    }
}

#[test]
fn a_field_that_is_missing() {
    let state = mixed();
    let optional = ["idempotencyKey", "stopAfterFailures"];
    for field in state.as_object().unwrap().keys() {
        let mut cut = state.clone();
        cut.as_object_mut().unwrap().remove(field);
        assert_eq!(refusal(&cut).is_none(), optional.contains(&field.as_str()), "{field}");
    }
    // By the place of an entry, what cannot be left out of it.
    let needed = BTreeMap::from([
        (0, vec!["operation"]),
        (1, vec![]),
        (2, vec!["error"]),
        (3, vec!["snapshot"]),
        (4, vec!["operation", "error"]),
        (6, vec!["operation"]),
    ]);
    for (place, needed) in needed {
        for field in state["entries"][place].as_object().unwrap().keys() {
            let mut cut = state.clone();
            cut["entries"][place].as_object_mut().unwrap().remove(field);
            let always = ["place", "machineId", "status"].contains(&field.as_str());
            let expected = always || needed.contains(&field.as_str());
            assert_eq!(refusal(&cut).is_some(), expected, "{place}: {field}");
        }
    }
}

#[test]
fn a_field_that_no_fleet_writes() {
    let long = "p".repeat(56);
    let cases = [
        ("/version", json!(2), "has version 2"),
        ("/baseUrl", json!("https://evil.example"), "another service"),
        ("/id", json!(""), "`id`"),
        ("/size", json!(6), "every machine"),
        ("/size", json!(8), "every machine"),
        ("/size", json!(-1), "`size`"),
        ("/revision", json!(-1), "`revision`"),
        ("/revision", json!(1.5), "`revision`"),
        ("/concurrency", json!(0), "concurrency"),
        ("/concurrency", json!(1001), "concurrency"),
        ("/idempotencyKey", json!("a b"), "idempotencyKey"),
        ("/idempotencyKey", json!(long), "55 characters"),
        ("/order", json!("random"), "`order`"),
        ("/paused", json!(1), "`paused`"),
        ("/submitIntervalMs", json!("1"), "`submitIntervalMs`"),
        ("/stopAfterFailures", json!(0.5), "`stopAfterFailures`"),
        ("/specification", json!([]), "`specification`"),
        ("/entries", json!({}), "`entries`"),
        ("/entries/1/place", json!(0), "every machine"),
        ("/entries/1/place", json!(7), "every machine"),
        ("/entries/1/machineId", json!("m-0"), "there twice"),
        ("/entries/1/machineId", json!(".."), "machineId"),
        ("/entries/1/status", json!("done"), "`status`"),
        ("/entries/1/status", json!("inProgress"), "m-1 needs"),
        ("/entries/1/deploymentId", json!(7), "`deploymentId`"),
        ("/entries/1/specification", json!({ "name": 7 }), "`specification`"),
        ("/entries/1/skipped", json!("for fun"), "`skipped`"),
        ("/entries/1/attempt", json!(-1), "`attempt`"),
        ("/entries/1/again", json!("yes"), "`again`"),
        ("/entries/2/error", json!({ "code": "oops" }), "`error`"),
        ("/entries/0/operation", json!({}), "`version`"),
        ("/entries/0/operation/machineId", json!("m-1"), "`operation`"),
        ("/entries/0/operation/kind", json!("delete"), "its phase"),
    ];
    for (path, value, words) in cases {
        let mut changed = mixed();
        let (parent, field) = path.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap()[field] = value.clone();
        let refusal = refusal(&changed);
        let refusal = refusal.unwrap_or_else(|| panic!("{path} {value} is taken"));
        assert!(refusal.contains(words) || path.ends_with("kind"), "{path} {value}: {refusal}");
    }
    let mut few = mixed();
    few["entries"].as_array_mut().unwrap().pop();
    assert!(refusal(&few).unwrap().contains("every machine"));
    for value in [json!(null), json!([]), json!("text"), json!({})] {
        assert!(refusal(&value).unwrap().contains("`version`"), "{value}");
    }
}

#[test]
fn ten_thousand_machines_are_written_and_taken_up() {
    let bench = Fleets::new(&"-".repeat(10_000), at_once(20));
    let mut again = bench.reloaded();
    assert_eq!(again.fleet.size(), 10_000);
    assert_eq!(again.fleet.count(MachineStatus::Queued), 10_000);
    again.go();
    assert_eq!(again.opened().len(), 20);
    assert_eq!(again.fleet.entry("m-9999").unwrap().status(), MachineStatus::Queued);
}

#[test]
fn a_fleet_that_is_over_stays_over() {
    let mut bench = Fleets::new("-", at_once(1));
    bench.go();
    bench.finishes(0);
    let mut again = bench.reloaded();
    assert!(again.fleet.is_over() && again.fleet.progress() == 100);
    again.go();
    assert!(again.is_done && again.sent.is_empty());
}
