//! A fleet under a virtual clock, step by step: what it opens, and what comes of it.

use std::collections::VecDeque;

use serde_json::{Value as Json, json};
use vra_snapshots::{
    Action, Body, Call, Claims, Event, Fleet, FleetMachine, FleetOptions, MachineStatus, Ms, Now,
    Outcome, Policy, SendId, SnapshotSpecification, StateMachine,
};

use crate::bench::{START, id, name, policy};
use crate::replies::trackers;

/// Machines `m-0`, `m-1` and so on; those with a letter are of the deployment of that name.
pub(crate) fn machines(deployments: &str) -> Vec<FleetMachine> {
    let machine = |(number, letter): (usize, char)| FleetMachine {
        deployment: letter.is_ascii_alphabetic().then(|| letter.to_string()),
        ..FleetMachine::new(id(&format!("m-{number}")))
    };
    deployments.chars().enumerate().map(machine).collect()
}

pub(crate) fn before() -> SnapshotSpecification {
    SnapshotSpecification { name: Some("before".into()), ..SnapshotSpecification::default() }
}

/// So many at once; the rest by default.
pub(crate) fn at_once(concurrency: u32) -> FleetOptions {
    FleetOptions { concurrency, ..FleetOptions::default() }
}

/// With a prefix of the user's.
pub(crate) fn prefixed(concurrency: u32) -> FleetOptions {
    FleetOptions { key_prefix: Some("patch".into()), ..at_once(concurrency) }
}

/// A fleet, the time, and what is open.
pub(crate) struct Fleets {
    pub(crate) fleet: Fleet<Json>,
    pub(crate) now: Now,
    /// Every call, the oldest first.
    pub(crate) sent: Vec<String>,
    /// The descriptions and names that were sent.
    pub(crate) asked: Vec<SnapshotSpecification>,
    pub(crate) open: VecDeque<(SendId, String)>,
    pub(crate) persists: bool,
    /// When it wants to be asked again.
    pub(crate) until: Option<Ms>,
    pub(crate) is_done: bool,
    /// Nothing may be sent now.
    pub(crate) is_closed: bool,
    /// A call is ready, and may not be sent.
    pub(crate) is_throttled: bool,
    pub(crate) polls: u64,
}

impl Fleets {
    pub(crate) fn new(deployments: &str, options: FleetOptions) -> Self {
        Self::with(machines(deployments), before(), options, policy())
    }

    pub(crate) fn with(
        machines: Vec<FleetMachine>,
        specification: SnapshotSpecification,
        options: FleetOptions,
        policy: Policy,
    ) -> Self {
        let own = "0123456789abcdef0123456789abcdef".to_owned();
        Self::of(Fleet::new(own, policy, machines, specification, options, START).unwrap())
    }

    pub(crate) fn of(fleet: Fleet<Json>) -> Self {
        Self {
            fleet,
            now: START,
            sent: Vec::new(),
            asked: Vec::new(),
            open: VecDeque::new(),
            persists: false,
            until: None,
            is_done: false,
            is_closed: false,
            is_throttled: false,
            polls: 0,
        }
    }

    /// The fleet, by way of a text, in another process.
    pub(crate) fn reloaded(&self) -> Self {
        let text = serde_json::to_string(&self.fleet.state()).unwrap();
        let state = serde_json::from_str(&text).unwrap();
        let fleet = Fleet::resume(&state, policy(), Claims::default()).unwrap();
        Self { now: self.now, ..Self::of(fleet) }
    }

    /// Goes on to where it waits. What is to be kept is kept at once.
    pub(crate) fn go(&mut self) {
        loop {
            self.stop_at_persist();
            if !self.persists {
                return;
            }
            self.tell(Event::Persisted);
        }
    }

    /// The same, to where something is to be kept.
    pub(crate) fn stop_at_persist(&mut self) {
        (self.is_done, self.persists, self.is_throttled, self.until) = (false, false, false, None);
        loop {
            self.polls += 1;
            match self.fleet.next_action(self.now, !self.is_closed) {
                Action::Send { id, call, .. } => {
                    assert!(!self.is_closed, "only what may be sent");
                    self.note(id, &call);
                }
                Action::Persist => return self.persists = true,
                Action::Cancel { .. } => {}
                Action::Wait { until } => return self.until = until,
                Action::Throttled { until } => {
                    self.is_throttled = true;
                    return self.until = until;
                }
                Action::Done => return self.is_done = true,
            }
        }
    }

    fn note(&mut self, id: SendId, call: &Call) {
        let name = short(&name(call));
        if let Some(Body::Specification(it)) = &call.body {
            self.asked.push(SnapshotSpecification::clone(it));
        }
        self.sent.push(name.clone());
        assert!(self.open.iter().all(|(other, _)| *other != id), "an id of its own");
        self.open.push_back((id, name));
    }

    pub(crate) fn tell(&mut self, event: Event<Json>) {
        self.fleet.handle(event, self.now, 0);
    }

    /// The open call of this name ends like this, and the fleet goes on.
    #[track_caller]
    pub(crate) fn ends(&mut self, call: &str, outcome: Outcome<Json>) {
        self.tells(call, outcome);
        self.go();
    }

    #[track_caller]
    pub(crate) fn tells(&mut self, call: &str, outcome: Outcome<Json>) {
        let place = self.open.iter().position(|(_, name)| name == call);
        let place = place.unwrap_or_else(|| panic!("{call} is not open: {:?}", self.open));
        let (id, _) = self.open.remove(place).unwrap();
        self.tell(Event::Outcome { id, outcome });
    }

    /// What is open, by name.
    pub(crate) fn opened(&self) -> Vec<&str> {
        self.open.iter().map(|(_, name)| name.as_str()).collect()
    }

    /// Time passes, and the fleet goes on.
    pub(crate) fn pass(&mut self, time: Ms) {
        self.now.monotonic += time;
        self.now.wall += time;
        self.go();
    }

    /// Everybody leaves.
    pub(crate) fn leave(&mut self) {
        self.open.clear();
        self.tell(Event::Abandoned);
    }

    pub(crate) fn pull(&mut self) {
        self.fleet.pull();
        self.go();
    }

    pub(crate) fn status(&self, machine: &str) -> MachineStatus {
        self.fleet.entry(machine).unwrap().status()
    }

    /// By machine, the first letters of what they are.
    pub(crate) fn statuses(&self) -> String {
        self.fleet.entries().map(|entry| entry.status().as_str()[..1].to_owned()).collect()
    }

    /// The service takes it on, it runs for no time, and there is the snapshot.
    #[track_caller]
    pub(crate) fn finishes(&mut self, machine: usize) {
        self.ends(&post(machine), running(machine));
        self.polls_to_the_end(machine);
        let key = self.key_of(machine);
        self.ends(&list(machine), made(machine, &key));
    }

    /// From its acceptance to the look for its snapshot.
    #[track_caller]
    pub(crate) fn polls_to_the_end(&mut self, machine: usize) {
        self.pass(20_000);
        self.ends(&poll(machine), tracked(machine, "FINISHED"));
    }

    /// It runs to its end, whatever it does, against a service without faults: `made` tells of what.
    pub(crate) fn run(&mut self, answer: &mut dyn FnMut(&str) -> Outcome<Json>) {
        for _ in 0..200_000 {
            self.go();
            if self.is_done && self.open.is_empty() {
                return;
            }
            assert!(!self.open.is_empty() || self.until.is_some(), "nothing to wait for");
            self.step(answer);
        }
        panic!("it runs in circles");
    }

    /// The same, as long as this machine is not over.
    pub(crate) fn run_while(
        &mut self,
        answer: &mut dyn FnMut(&str) -> Outcome<Json>,
        machine: &str,
    ) {
        while !self.status(machine).is_over() {
            self.step(answer);
        }
    }

    /// The same, as long as there is anything to wait for.
    pub(crate) fn run_while_open(&mut self, answer: &mut dyn FnMut(&str) -> Outcome<Json>) {
        self.go();
        while !self.open.is_empty() || self.until.is_some() {
            self.step(answer);
        }
    }

    fn step(&mut self, answer: &mut dyn FnMut(&str) -> Outcome<Json>) {
        self.go();
        if let Some((id, name)) = self.open.pop_front() {
            let outcome = answer(&name);
            self.tell(Event::Outcome { id, outcome });
        } else if let Some(until) = self.until {
            assert!(until > self.now.monotonic, "a wait that waits");
            self.pass(until - self.now.monotonic);
        }
        self.go();
    }

    /// The key that was sent last for this machine.
    pub(crate) fn key_of(&self, machine: usize) -> String {
        let machine = Some(format!("m-{machine}"));
        let asked = self.asked.iter().rev().find(|it| it.id == machine).unwrap();
        asked.description.clone().unwrap()
    }

    pub(crate) fn count(&self, call: &str) -> usize {
        self.sent.iter().filter(|it| *it == call).count()
    }
}

/// `POST m-0`, `LIST m-0`, `POLL t-0`, `TRACKERS`.
fn short(name: &str) -> String {
    let parts: Vec<&str> = name.split('/').collect();
    match parts.as_slice() {
        ["POST ", _, _, "machines", machine, ..] => format!("POST {machine}"),
        ["GET ", _, _, "machines", machine, "snapshots"] => format!("LIST {machine}"),
        ["GET ", _, _, "request-tracker", id] => format!("POLL {id}"),
        ["GET ", _, _, "request-tracker"] => "TRACKERS".into(),
        _ => panic!("{name}"),
    }
}

pub(crate) fn post(machine: usize) -> String {
    format!("POST m-{machine}")
}

pub(crate) fn list(machine: usize) -> String {
    format!("LIST m-{machine}")
}

pub(crate) fn poll(machine: usize) -> String {
    format!("POLL t-{machine}")
}

/// The tracker of a machine's request.
pub(crate) fn tracker(machine: usize, status: &str) -> Json {
    json!({
        "id": format!("t-{machine}"), "status": status, "progress": 40,
        "resources": [format!("/iaas/api/machines/m-{machine}")],
    })
}

pub(crate) fn tracked(machine: usize, status: &str) -> Outcome<Json> {
    Outcome::json(200, tracker(machine, status))
}

pub(crate) fn running(machine: usize) -> Outcome<Json> {
    tracked(machine, "INPROGRESS")
}

/// The list of a machine with the snapshot that has this description.
pub(crate) fn made(machine: usize, description: &str) -> Outcome<Json> {
    let snapshot =
        json!({ "id": format!("s-{machine}"), "name": "before", "description": description });
    Outcome::json(200, json!([snapshot]))
}

/// A list of snapshots without any.
pub(crate) fn none() -> Outcome<Json> {
    Outcome::json(200, json!([]))
}

/// Answers of a service on which nothing runs and nothing is made.
pub(crate) fn quiet(call: &str) -> Outcome<Json> {
    if call == "TRACKERS" { trackers(&[]) } else { none() }
}
