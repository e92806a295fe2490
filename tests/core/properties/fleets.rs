//! A fleet under any events in any order, and any text that claims to be its state.

use std::collections::HashMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};
use vra_snapshots::{
    Action, Claims, Event, Fleet, FleetOptions, MachineStatus, Method, Ms, Now, Outcome, SendId,
    StateMachine,
};

use super::arbitrary::{any_json, list_outcome, outcome, tracker_outcome};
use crate::bench::{START, impatient, policy};
use crate::fleet::bench::{at_once, before, machines};
use crate::fleet::states::mixed;

#[derive(Debug, Clone)]
enum Move {
    /// It is asked what to do so many times.
    Step(u32),
    /// An open attempt ends, or one that is not open.
    End(prop::sample::Index, Outcome<Json>, Outcome<Json>),
    Stale(SendId, Outcome<Json>),
    Seen(SendId, Json),
    Persisted,
    NotPersisted,
    Nudge,
    Leave,
    Pull,
    Pause(bool),
    Retry(usize),
    Reload,
    Pass(Ms),
}

fn any_move() -> impl Strategy<Value = Move> {
    let index = any::<prop::sample::Index>();
    prop_oneof![
        10 => (1u32..12).prop_map(Move::Step),
        16 => (index, list_outcome(), tracker_outcome()).prop_map(|(at, list, it)| Move::End(at, list, it)),
        2 => (any::<SendId>(), outcome()).prop_map(|(id, it)| Move::Stale(id, it)),
        1 => (any::<SendId>(), any_json()).prop_map(|(id, it)| Move::Seen(id, it)),
        6 => Just(Move::Persisted),
        1 => Just(Move::NotPersisted),
        2 => Just(Move::Nudge),
        1 => Just(Move::Leave),
        2 => Just(Move::Pull),
        2 => any::<bool>().prop_map(Move::Pause),
        4 => (0usize..7).prop_map(Move::Retry),
        1 => Just(Move::Reload),
        4 => prop_oneof![0..30_000u64, 0..86_400_000u64].prop_map(Move::Pass),
    ]
}

struct World {
    fleet: Fleet<Json>,
    now: Now,
    open: HashMap<SendId, String>,
    order: Vec<SendId>,
    asked: bool,
}

impl World {
    fn new(fleet: Fleet<Json>) -> Self {
        Self { fleet, now: START, open: HashMap::new(), order: Vec::new(), asked: false }
    }

    fn step(&mut self) -> bool {
        match self.fleet.poll(self.now) {
            Action::Send { id, call, .. } => {
                let lists = call.path.ends_with("/snapshots") && call.method == Method::Get;
                let kind = if lists { "list" } else { call.method.as_str() };
                assert!(self.open.insert(id, kind.to_owned()).is_none(), "an id of its own");
                self.order.push(id);
            }
            Action::Persist => {
                assert!(!self.asked, "one question at a time");
                self.asked = true;
            }
            Action::Cancel { .. } => {}
            Action::Throttled { .. } => unreachable!("it may send"),
            Action::Wait { until } => {
                assert!(until.is_none_or(|until| until > self.now.monotonic), "a wait that waits");
                return false;
            }
            Action::Done => return false,
        }
        true
    }

    fn make(&mut self, what: Move) {
        match what {
            Move::Step(times) => {
                for _ in 0..times {
                    if !self.step() {
                        break;
                    }
                }
            }
            Move::End(at, list, other) => {
                if !self.order.is_empty() {
                    let id = self.order.swap_remove(at.index(self.order.len()));
                    let kind = self.open.remove(&id).unwrap();
                    let outcome = if kind == "list" { list } else { other };
                    self.tell(Event::Outcome { id, outcome });
                }
            }
            Move::Stale(id, outcome) => {
                let id = id % 50_000;
                if !self.open.contains_key(&id) {
                    self.tell(Event::Outcome { id, outcome });
                }
            }
            Move::Seen(id, tracker) => self.tell(Event::Seen { id: id % 50_000, tracker }),
            Move::Persisted => {
                self.asked = false;
                self.tell(Event::Persisted);
            }
            Move::NotPersisted => {
                self.asked = false;
                self.tell(Event::NotPersisted);
            }
            Move::Nudge => self.tell(Event::Nudge),
            Move::Leave => self.leave(),
            Move::Pull => self.fleet.pull(),
            Move::Pause(true) => self.fleet.pause(),
            Move::Pause(false) => self.fleet.unpause(),
            Move::Retry(machine) => {
                let machine = format!("m-{machine}");
                let status = self.fleet.entry(&machine).map(|entry| entry.status());
                let is_over = status.is_some_and(|it| it.is_over());
                let may = is_over && status != Some(MachineStatus::Finished);
                assert_eq!(self.fleet.retry(&machine).is_ok(), may);
            }
            Move::Reload => {
                let state = serde_json::to_value(self.fleet.state()).unwrap();
                let fleet = Fleet::resume(&state, impatient(), Claims::default()).unwrap();
                *self = Self { now: self.now, ..Self::new(fleet) };
            }
            Move::Pass(time) => {
                self.now.monotonic += time;
                self.now.wall += time;
            }
        }
        self.check();
    }

    fn leave(&mut self) {
        self.open.clear();
        self.order.clear();
        self.asked = false;
        self.tell(Event::Abandoned);
    }

    fn tell(&mut self, event: Event<Json>) {
        self.fleet.handle(event, self.now, 0);
    }

    fn check(&self) {
        let mut counts = [0; 7];
        for entry in self.fleet.entries() {
            counts[entry.status() as usize] += 1;
            if entry.status() == MachineStatus::Finished {
                assert!(entry.snapshot().is_some());
            }
        }
        for status in MachineStatus::ALL {
            assert_eq!(self.fleet.count(status), counts[status as usize]);
        }
        assert_eq!(counts.iter().sum::<u32>(), self.fleet.size());
        assert!(self.fleet.progress() <= 100);
        let posts = self.open.values().filter(|kind| *kind == "POST").count();
        assert!(posts <= 3, "{posts} requests are open, and three may be");
    }

    /// Whatever came before: where nobody answers anything of use any more, it comes to an end.
    fn end(&mut self) {
        self.fleet.unpause();
        for _ in 0..60 {
            for _ in 0..4_000 {
                if self.asked {
                    self.make(Move::Persisted);
                } else if let Some(id) = self.order.pop() {
                    self.open.remove(&id);
                    self.tell(Event::Outcome { id, outcome: crate::replies::bare(403) });
                }
                match self.fleet.poll(self.now) {
                    Action::Wait { until } => match until {
                        Some(until) => self.now.monotonic = until,
                        None => assert!(!self.order.is_empty() || self.asked, "waits for nothing"),
                    },
                    Action::Done => break,
                    Action::Throttled { .. } => unreachable!("it may send"),
                    Action::Persist => self.asked = true,
                    Action::Send { id, call, .. } => {
                        self.open.insert(id, call.method.as_str().to_owned());
                        self.order.push(id);
                    }
                    Action::Cancel { .. } => {}
                }
            }
            if self.fleet.is_over() {
                assert_eq!(self.fleet.progress(), 100);
                return;
            }
            self.leave();
            self.fleet.pull();
        }
        panic!("it comes to no end");
    }
}

proptest! {
    #[test]
    fn it_keeps_its_accounts_and_comes_to_an_end(
        deployments in "[ab-]{1,7}",
        has_prefix: bool,
        few in prop::option::of(1u32..3),
        moves in vec(any_move(), 0..120),
    ) {
        let options = FleetOptions {
            key_prefix: has_prefix.then(|| "patch".into()),
            stop_after_failures: few,
            ..at_once(3)
        };
        let fleet = Fleet::new(
            "0123456789abcdef".into(), impatient(), machines(&deployments), before(), options, START,
        );
        let mut world = World::new(fleet.unwrap());
        for what in moves {
            world.make(what);
        }
        world.end();
    }

    #[test]
    fn a_changed_state_is_refused_or_can_be_driven(
        place in prop::option::of((0usize..7, any::<bool>())),
        field in any::<prop::sample::Index>(),
        value in prop_oneof![
            3 => any_json(),
            2 => select(vec![
                "queued", "submitting", "inProgress", "finished", "failed", "unknown", "skipped",
                "prepared", "resolving", "a",
            ]).prop_map(Json::from),
            1 => select(vec![0i64, 1, 1000, 2_147_483_647, 4_294_967_295]).prop_map(Json::from),
            1 => any::<bool>().prop_map(Json::from),
            1 => Just(json!({ "code": "network", "message": "", "retryable": false })),
        ],
        moves in vec(any_move(), 0..12),
    ) {
        let mut state = mixed();
        let part = match place {
            None => &mut state,
            Some((place, true)) if state["entries"][place].get("operation").is_some() => {
                &mut state["entries"][place]["operation"]
            }
            Some((place, _)) => &mut state["entries"][place],
        };
        let mut fields: Vec<String> = part.as_object().unwrap().keys().cloned().collect();
        fields.extend(["again", "retried", "quiet", "attempt", "skipped", "error"].map(String::from));
        part[field.get(&fields)] = value;
        if let Ok(fleet) = Fleet::resume(&state, policy(), Claims::default()) {
            let written = serde_json::to_value(fleet.state()).unwrap();
            prop_assert!(Fleet::<Json>::resume(&written, policy(), Claims::default()).is_ok());
            let mut world = World::new(fleet);
            for machine in 0..7 {
                let _ = world.fleet.retry(&format!("m-{machine}"));
            }
            for what in moves {
                if !matches!(what, Move::Retry(_)) {
                    world.fleet.pull();
                    match what {
                        Move::Step(_) => while world.step() {},
                        Move::Persisted => { world.asked = false; world.tell(Event::Persisted); }
                        Move::Nudge => world.tell(Event::Nudge),
                        _ => world.leave(),
                    }
                }
            }
        }
    }

    #[test]
    fn any_json_is_refused(state in any_json()) {
        prop_assert!(Fleet::<Json>::resume(&state, policy(), Claims::default()).is_err());
    }
}
