//! The key of each machine, and what is sent for it.

use serde_json::json;
use vra_snapshots::{Code, FleetMachine, MachineStatus, Outcome, SnapshotSpecification};

use super::bench::*;
use crate::bench::{id, policy};
use crate::replies::bare;

#[test]
fn a_fresh_key_costs_one_request_and_one_list_for_each_machine() {
    let mut bench = Fleets::new("---", at_once(3));
    bench.go();
    for machine in 0..3 {
        bench.ends(&post(machine), running(machine));
    }
    bench.pass(20_000);
    for machine in 0..3 {
        bench.ends(&poll(machine), tracked(machine, "FINISHED"));
        bench.ends(&list(machine), made(machine, &bench.key_of(machine)));
    }
    assert!(bench.is_done && bench.statuses() == "fff");
    for machine in 0..3 {
        assert_eq!(bench.count(&post(machine)), 1);
        assert_eq!(bench.count(&list(machine)), 1);
    }
    assert_eq!(bench.sent.len(), 9);
    assert_eq!(bench.key_of(1), "[0123456789abcdef.2]");
}

#[test]
fn with_a_prefix_it_is_looked_first_and_nothing_is_made_twice() {
    let mut bench = Fleets::new("--", prefixed(2));
    bench.go();
    assert_eq!(bench.opened(), ["LIST m-0", "LIST m-1"]);
    for machine in 0..2 {
        bench.ends(&list(machine), none());
        bench.finishes(machine);
    }
    let keys = [bench.key_of(0), bench.key_of(1)];
    assert!(keys[0].starts_with("[patch.") && keys[0] != keys[1]);

    // The same is asked for once more.
    let mut again = Fleets::new("--", prefixed(2));
    again.go();
    for (machine, key) in keys.iter().enumerate() {
        again.ends(&list(machine), made(machine, key));
    }
    assert!(again.is_done);
    assert_eq!((again.statuses().as_str(), again.sent.len()), ("ff", 2));
    assert_eq!(again.fleet.entry("m-1").unwrap().snapshot().unwrap()["id"], "s-1");
}

#[test]
fn where_the_look_fails_nothing_is_sent() {
    let mut bench = Fleets::new("-", prefixed(2));
    bench.go();
    bench.ends("LIST m-0", bare(404));
    let entry = bench.fleet.entry("m-0").unwrap();
    assert_eq!(entry.status(), MachineStatus::Failed);
    assert_eq!(entry.error().unwrap().code, Code::NotFound);
    assert_eq!(bench.sent, ["LIST m-0"]);
}

#[test]
fn another_attempt_has_another_key_unless_it_is_the_users() {
    for (options, expected) in [(at_once(1), false), (prefixed(1), true)] {
        let has_prefix = options.key_prefix.is_some();
        let mut bench = Fleets::new("-", options);
        let mut keys = Vec::new();
        for _ in 0..2 {
            bench.go();
            if has_prefix {
                bench.ends("LIST m-0", none());
            }
            bench.ends("POST m-0", running(0));
            bench.pass(20_000);
            bench.ends("POLL t-0", tracked(0, "FAILED"));
            assert_eq!(bench.status("m-0"), MachineStatus::Failed);
            keys.push(bench.key_of(0));
            bench.fleet.retry("m-0").unwrap();
        }
        assert_eq!(keys[0] == keys[1], expected, "{keys:?}");
    }
}

#[test]
fn templates_and_specifications_of_their_own() {
    let named = |name: &str| SnapshotSpecification { name: Some(name.into()), ..before() };
    let machines = vec![
        FleetMachine { name: Some("web".into()), ..FleetMachine::new(id("m-0")) },
        FleetMachine::new(id("m-1")),
        FleetMachine {
            specification: Some(Box::new(SnapshotSpecification {
                snapshot_memory: Some(true),
                description: Some("its own".into()),
                ..named("own {machine}")
            })),
            ..FleetMachine::new(id("m-2"))
        },
    ];
    let mut bench = Fleets::with(machines, named("{date} {machine}"), at_once(3), policy());
    bench.go();
    let names: Vec<_> = bench.asked.iter().map(|it| it.name.as_deref().unwrap()).collect();
    assert_eq!(names, ["2026-03-01 web", "2026-03-01 m-1", "own m-2"]);
    assert_eq!(bench.asked[2].snapshot_memory, Some(true));
    assert_eq!(bench.asked[2].description.as_deref(), Some("its own [0123456789abcdef.3]"));
    assert_eq!(bench.asked[0].description.as_deref(), Some("[0123456789abcdef.1]"));

    // The date is that of the fleet, also for those that begin days later.
    let machines = vec![FleetMachine::new(id("m-0"))];
    let waiting = Fleets::with(machines, named("{date}"), at_once(1), policy());
    let mut later = waiting.reloaded();
    later.pass(3 * 86_400_000);
    assert_eq!(later.asked[0].name.as_deref(), Some("2026-03-01"));
}

#[test]
fn one_of_old_that_bears_the_name_is_not_taken_for_the_one_on_its_way() {
    let mut bench = Fleets::new("-", at_once(1));
    bench.go();
    bench.ends("POST m-0", bare(504));
    let key = bench.key_of(0);
    let old = json!({ "id": "old", "name": "before" });
    let mut looks = 0;
    bench.run(&mut |call| match call {
        "TRACKERS" if looks < 3 => crate::replies::trackers(&[tracker(0, "INPROGRESS")]),
        "TRACKERS" => crate::replies::trackers(&[]),
        _ if looks < 3 => {
            looks += 1;
            Outcome::json(200, json!([old]))
        }
        _ => {
            let new = json!({ "id": "new", "name": "before", "description": key });
            Outcome::json(200, json!([old, new]))
        }
    });
    let entry = bench.fleet.entry("m-0").unwrap();
    assert_eq!(entry.status(), MachineStatus::Finished, "{:?}", entry.error());
    assert_eq!(entry.snapshot().unwrap()["id"], "new");
}
