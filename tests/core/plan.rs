//! What a fleet would do, found by reads.

use std::collections::VecDeque;
use std::rc::Rc;

use serde_json::{Value as Json, json};
use vra_snapshots::{
    Action, Call, Code, Event, FailureKind, FleetMachine, FleetOptions, FleetPlan, Outcome,
    Planning, SendId, SnapshotSpecification, StateMachine,
};

use crate::bench::{START, id, name, policy};
use crate::replies::{bare, failure, html, snapshots, unsent};

/// A machine of the service's list.
fn machine(id: &str, operations: &[&str], limit: Option<&str>) -> Json {
    let path = |operation: &&str| format!("/iaas/api/machines/{id}/operations/{operation}");
    let hrefs: Vec<String> = operations.iter().map(path).collect();
    let mut body = json!({
        "id": id, "name": format!("name of {id}"), "deploymentId": "d-1",
        "powerState": "ON", "_links": { "operations": { "hrefs": hrefs } },
    });
    if let Some(limit) = limit {
        body["customProperties"] = json!({ "snapshotLimit": limit });
    }
    body
}

/// A service with these machines, each with one snapshot.
struct Service {
    machines: Vec<Json>,
    /// What it answers instead to what has this in its path.
    fails: Vec<(&'static str, Outcome<Json>)>,
}

impl Service {
    fn answer(&self, call: &Call) -> Outcome<Json> {
        if let Some((_, outcome)) = self.fails.iter().find(|(path, _)| call.path.ends_with(path)) {
            return outcome.clone();
        }
        let path: Vec<&str> = call.path.split('/').collect();
        match path[4..] {
            [] => {
                let value = |place: usize| call.query[place].1.parse::<usize>().unwrap();
                let page = self.machines.iter().skip(value(1)).take(value(0));
                Outcome::json(200, json!({ "content": page.collect::<Vec<_>>() }))
            }
            [wanted] => match self.machines.iter().find(|machine| machine["id"] == wanted) {
                Some(machine) => Outcome::json(200, machine.clone()),
                None => bare(404),
            },
            _ => snapshots(&[("s-1", "one")]),
        }
    }
}

struct Planned {
    result: Result<FleetPlan, Code>,
    /// Names of the calls: pages, machines, snapshots.
    sent: Vec<String>,
    most_open: usize,
}

impl Planned {
    fn count(&self, suffix: &str) -> usize {
        self.sent.iter().filter(|name| name.ends_with(suffix)).count()
    }

    /// Of each machine: whether it can, and why not.
    fn verdicts(&self) -> Vec<(bool, Vec<&str>)> {
        let machines = self.result.as_ref().unwrap().machines.iter();
        machines
            .map(|it| (it.can_snapshot, it.reasons.iter().map(|reason| reason.code).collect()))
            .collect()
    }
}

/// Plans for these machines. Whatever is open at a time is answered in the order in which it was sent.
fn plan(ids: &[String], service: &Service) -> Planned {
    let fleet = ids.iter().map(|text| FleetMachine::new(id(text))).collect();
    run(planning(fleet), service)
}

fn run(mut planning: Planning<Json>, service: &Service) -> Planned {
    let mut now = START;
    let (mut sent, mut most_open) = (Vec::new(), 0);
    let mut open: VecDeque<(SendId, Outcome<Json>)> = VecDeque::new();
    for _ in 0..20_000 {
        match planning.poll(now) {
            Action::Send { id, call, .. } => {
                sent.push(name(&call));
                open.push_back((id, service.answer(&call)));
                most_open = most_open.max(open.len());
            }
            Action::Wait { until } => match open.pop_front() {
                Some((id, outcome)) => {
                    planning.handle(Event::Outcome { id, outcome }, now, u32::MAX);
                }
                None => {
                    let until = until.expect("it waits for what will never happen");
                    assert!(until > now.monotonic);
                    now.monotonic = until;
                }
            },
            Action::Done => {
                let result = planning.result().unwrap().clone().map_err(|error| error.code);
                return Planned { result, sent, most_open };
            }
            other => panic!("{other:?}"),
        }
    }
    panic!("it runs in circles");
}

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("m-{number}")).collect()
}

/// So many machines of which nothing is to be said.
fn plain(count: usize) -> Vec<Json> {
    ids(count).iter().map(|id| machine(id, &["snapshots"], None)).collect()
}

#[test]
fn a_few_are_read_singly_and_many_by_pages() {
    // machines, of how many; pages, single reads
    let cases = [
        (0, 50, 0, 0),
        (1, 50, 0, 1),
        (19, 50, 0, 19),
        (20, 50, 1, 0),
        (50, 50, 1, 0),
        (300, 1_000, 2, 0),
        (1_000, 1_000, 5, 0),
    ];
    for (count, of, pages, single) in cases {
        let service = Service { machines: plain(of), fails: Vec::new() };
        let planned = plan(&ids(count), &service);
        assert_eq!(planned.count("/machines"), pages, "{count} of {of}");
        assert_eq!(planned.sent.len() - pages, single, "{count} of {of}");
        let found = planned.result.unwrap();
        assert_eq!((found.ready as usize, found.blocked, found.machines.len()), (count, 0, count));
    }
}

#[test]
fn pages_that_cost_more_than_they_save_are_read_no_further() {
    // 25 of which the first page shows 20, and the others are far behind.
    let mut wanted = ids(20);
    let mut machines = plain(200);
    machines.extend((0..5_000).map(|number| machine(&format!("x-{number}"), &["snapshots"], None)));
    for number in 0..5 {
        wanted.push(format!("y-{number}"));
        machines.push(machine(&format!("y-{number}"), &["snapshots"], None));
    }
    let planned = plan(&wanted, &Service { machines, fails: Vec::new() });
    assert_eq!((planned.count("/machines"), planned.sent.len()), (5, 10));
    assert_eq!(planned.result.unwrap().ready, 25);
}

#[test]
fn snapshots_are_counted_where_a_limit_needs_it() {
    let machines = vec![
        machine("m-0", &["snapshots", "revert"], None),
        machine("m-1", &["snapshots"], Some("2")),
        machine("m-2", &["snapshots"], Some("1")),
        machine("m-3", &["power-off"], Some("9")),
        machine("m-4", &["snapshots"], Some("many")),
    ];
    let planned = plan(&ids(5), &Service { machines, fails: Vec::new() });
    let expected: Vec<(bool, Vec<&str>)> = vec![
        (true, vec![]),
        (true, vec![]),
        (false, vec!["snapshot_limit"]),
        (false, vec!["snapshot_unsupported"]),
        (true, vec![]),
    ];
    assert_eq!(planned.verdicts(), expected);
    assert_eq!(planned.count("/snapshots"), 2, "{:?}", planned.sent);
    let found = planned.result.unwrap();
    let counts: Vec<_> =
        found.machines.iter().map(|it| (it.snapshot_limit, it.snapshot_count)).collect();
    let (two, one) = ((Some(2), Some(1)), (Some(1), Some(1)));
    assert_eq!(counts, [(None, None), two, one, (Some(9), None), (None, None)]);
    assert_eq!((found.ready, found.blocked, found.duration), (3, 2, 180_000), "one deployment");
}

#[test]
fn a_machine_that_cannot_be_read_is_blocked_and_the_others_are_not() {
    let mut machines = plain(4);
    machines.push(machine("m-5", &["snapshots"], Some("3")));
    machines.push(machine("m-6", &["snapshots"], Some("3")));
    machines.push(json!({ "id": "m-7" }));
    let fails = vec![
        ("/m-1", bare(403)),
        ("/m-2", bare(500)),
        ("/m-3", html(200)),
        ("/m-5/snapshots", failure(FailureKind::Network)),
        ("/m-6/snapshots", Outcome::json(200, json!({}))),
    ];
    let planned = plan(&ids(8), &Service { machines, fails });
    let codes: Vec<Vec<&str>> = planned.verdicts().into_iter().map(|(_, codes)| codes).collect();
    let unreadable = || vec!["unreadable"];
    let expected: Vec<Vec<&str>> = vec![
        vec![],
        vec!["forbidden"],
        unreadable(),
        unreadable(),
        vec!["not_found"],
        unreadable(),
        unreadable(),
        unreadable(),
    ];
    assert_eq!(codes, expected);
    assert_eq!(planned.sent.iter().filter(|name| name.ends_with("/m-2")).count(), 4, "retries");
    let found = planned.result.unwrap();
    assert_eq!((found.ready, found.blocked), (1, 7));
    assert!(found.machines[2].reasons[0].message.contains("500"));
}

#[test]
fn without_the_list_all_are_read_singly() {
    for outcome in [bare(403), bare(502), html(200), failure(FailureKind::TooLarge)] {
        let service = Service { machines: plain(40), fails: vec![("/machines", outcome)] };
        let planned = plan(&ids(40), &service);
        assert_eq!(planned.sent.len() - planned.count("/machines"), 40);
        assert_eq!(planned.most_open, 16, "so many are open at once");
        assert_eq!(planned.result.unwrap().ready, 40);
    }
}

#[test]
fn without_a_token_there_is_no_plan() {
    let cases = [("/machines", 40), ("/m-3", 5), ("/m-4/snapshots", 5)];
    for (path, count) in cases {
        for outcome in [bare(401), unsent()] {
            let mut machines = plain(40);
            machines[4] = machine("m-4", &["snapshots"], Some("9"));
            let planned = plan(&ids(count), &Service { machines, fails: vec![(path, outcome)] });
            assert_eq!(planned.result.unwrap_err(), Code::Unauthorized, "{path}");
        }
    }
}

#[test]
fn what_was_open_is_read_again_after_a_break() {
    for count in [3, 30] {
        let mut planning =
            planning(ids(count).iter().map(|text| FleetMachine::new(id(text))).collect());
        let open = |planning: &mut Planning<Json>| {
            let mut calls = Vec::new();
            while let Action::Send { call, .. } = planning.poll(START) {
                calls.push(name(&call));
            }
            calls
        };
        let before = open(&mut planning);
        assert!(!before.is_empty());
        planning.handle(Event::Abandoned, START, 0);
        assert_eq!(open(&mut planning), before);
    }
}

#[test]
fn it_is_written_as_users_read_it() {
    let machines =
        vec![machine("m-0", &["snapshots"], Some("1")), json!({ "id": "m-1", "powerState": "ON" })];
    let planned = plan(&ids(2), &Service { machines, fails: Vec::new() });
    let written = serde_json::to_value(planned.result.unwrap()).unwrap();
    let (limit, unsupported) = (
        "The machine has 1 snapshots, and no more are allowed",
        "The service lists no snapshot operation for this machine now",
    );
    assert_eq!(
        written,
        json!({
            "machines": [
                {
                    "machineId": "m-0", "name": "name of m-0", "deploymentId": "d-1", "canSnapshot": false,
                    "reasons": [{ "code": "snapshot_limit", "message": limit }],
                    "snapshotLimit": 1, "snapshotCount": 1,
                },
                {
                    "machineId": "m-1", "canSnapshot": false,
                    "reasons": [{ "code": "snapshot_unsupported", "message": unsupported }],
                },
            ],
            "ready": [], "estimatedCalls": 0, "estimatedMs": 0.0,
        })
    );
}

#[test]
fn what_is_ready_is_what_a_fleet_takes_and_as_the_user_calls_it() {
    let named =
        |name: &str| SnapshotSpecification { name: Some(name.into()), ..Default::default() };
    let fleet = vec![
        FleetMachine { name: Some("web".into()), ..FleetMachine::new(id("m-0")) },
        FleetMachine {
            specification: Some(Box::new(named("own"))),
            ..FleetMachine::new(id("m-1"))
        },
        FleetMachine::new(id("m-2")),
    ];
    let machines = vec![
        machine("m-0", &["snapshots"], None),
        machine("m-1", &["snapshots"], None),
        machine("m-2", &[], None),
    ];
    let planned = run(planning(fleet), &Service { machines, fails: Vec::new() });
    let written = serde_json::to_value(planned.result.unwrap()).unwrap();
    assert_eq!(
        written["ready"],
        json!([
            { "id": "m-0", "name": "web", "deploymentId": "d-1" },
            {
                "id": "m-1", "name": "name of m-1", "deploymentId": "d-1",
                "specification": { "name": "own" },
            },
        ])
    );
    assert_eq!(written["machines"][2]["canSnapshot"], json!(false));
}

#[test]
fn a_machine_that_is_there_twice_is_refused() {
    let twice = vec![FleetMachine::new(id("m-0")), FleetMachine::new(id("m-0"))];
    let options = FleetOptions::default();
    let refused =
        Planning::<Json>::new(twice, Default::default(), &options, 60_000, Rc::new(policy()));
    assert_eq!(refused.unwrap_err().0, "machines: m-0 is there twice");
}

fn planning(fleet: Vec<FleetMachine>) -> Planning<Json> {
    let (plain, options) = (SnapshotSpecification::default(), FleetOptions::default());
    Planning::new(fleet, plain, &options, 60_000, Rc::new(policy())).unwrap()
}
