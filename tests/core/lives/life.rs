//! A life: an operation, the processes that drive it one after the other, and all that befalls them.

use serde_json::Value as Json;
use vra_snapshots::{
    Action, Claims, Event, IdempotencyKey, Kind, Ms, Now, Operation, Outcome, Phase, Policy,
    SnapshotSpecification, StateMachine,
};

use super::chance::Chance;
use super::model::{Busy, Habits, Kept, Model, What};
use crate::bench::{START, id, name, policy};

/// So often somebody waits before the world calms down, and after.
const WAITS: u32 = 8;
/// A wait ends within this time after the last request at the service has ended ...
const WAIT: Ms = 3 * 3_600_000;
/// ... and makes no more calls than these, and these for each second.
const CALLS: (u64, u64) = (40, 8);

/// What is wanted.
pub(crate) struct Plan {
    pub(crate) kind: Kind,
    pub(crate) key: Option<&'static str>,
    pub(crate) name: Option<String>,
    pub(crate) alone: bool,
    policy: Policy,
    crashes: bool,
}

pub(crate) struct Life {
    pub(crate) plan: Plan,
    pub(crate) model: Model,
    pub(crate) operation: Operation<Json>,
    pub(crate) crashes: u32,
    pub(crate) calls: u64,
    chance: Chance,
    /// Nothing goes wrong any more.
    is_calm: bool,
    /// Nothing may be sent before.
    opens_at: Ms,
    now: Now,
    /// The state that outlives the process.
    kept: String,
    /// Every call is told, for whoever looks for an error.
    pub(crate) tells: bool,
}

/// How a wait ended.
#[derive(PartialEq)]
enum End {
    Done,
    Left,
    Crashed,
}

impl Life {
    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let plan = plan(&mut chance);
        let mut model = Model {
            habits: habits(&mut chance),
            chance: Chance::new(chance.next()),
            snapshots: Vec::new(),
            requests: Vec::new(),
        };
        populate(&mut model, &plan, &mut chance);
        let description = chance.pick(&[None, Some("by hand".to_owned())]);
        let specification = SnapshotSpecification {
            name: plan.name.clone(),
            description,
            ..SnapshotSpecification::default()
        };
        let (own, machine, policy) = ("o-1".to_owned(), id("m-1"), plan.policy.clone());
        let operation = match plan.kind {
            Kind::Create => Operation::create(own, policy, machine, specification)
                .keyed(plan.key.map(|key| IdempotencyKey::new("key", key).unwrap())),
            Kind::Revert => Operation::revert(own, policy, machine, id("before-0")),
            Kind::Delete => Operation::delete(own, policy, machine, id("before-0")),
        };
        let kept = serde_json::to_string(&operation.state()).unwrap();
        Self {
            plan,
            model,
            operation,
            crashes: 0,
            calls: 0,
            is_calm: false,
            opens_at: 0,
            chance,
            now: START,
            kept,
            tells: false,
        }
    }

    /// Lives it, to where nothing more can come of it.
    pub(crate) fn live(&mut self) {
        for _ in 0..WAITS {
            if self.operation.is_over() {
                return;
            }
            self.ask();
            if self.wait() == End::Crashed {
                self.resume();
            } else if self.chance.one_in(4) {
                self.pass_some(600_000);
            }
        }
        // The world calms down, and somebody looks once more.
        self.plan.crashes = false;
        self.is_calm = true;
        self.model.habits.faults = 0;
        self.pass(3_600_000);
        for _ in 0..4 {
            if !self.operation.is_over() {
                self.ask();
                self.wait();
            }
        }
    }

    /// Somebody wants something of the operation.
    fn ask(&mut self) {
        match self.operation.phase() {
            Phase::Prepared => self.operation.submit().unwrap(),
            Phase::Submitting | Phase::Reconciling if self.is_calm || self.chance.one_in(2) => {
                if self.operation.submit().is_err() {
                    self.operation.pull();
                }
            }
            _ => self.operation.pull(),
        }
    }

    fn wait(&mut self) -> End {
        let (began, calls) = (self.now.monotonic, self.calls);
        let last = self.model.requests.iter().map(|it| it.ends).max().unwrap_or(began);
        let limit = last.max(began) + WAIT;
        loop {
            let spent = self.now.monotonic - began;
            let limit = self.model.taken_on().map(|it| it.ends + WAIT).fold(limit, Ms::max);
            assert!(self.now.monotonic <= limit, "a wait of {spent} ms");
            let (base, rate) = CALLS;
            let made = self.calls - calls;
            assert!(made <= base + rate * spent / 1000, "{made} calls in {spent} ms");
            if let Some(end) = self.step() {
                return end;
            }
            if self.chance.one_in(8) {
                self.keep();
            }
            if self.plan.crashes && self.chance.one_in(200) {
                return End::Crashed;
            }
            if self.plan.crashes && self.chance.one_in(200) {
                self.tell(Event::Abandoned);
                return End::Left;
            }
        }
    }

    fn step(&mut self) -> Option<End> {
        if !self.is_calm && self.chance.one_in(20) {
            self.opens_at = self.now.monotonic + self.chance.pick(&[1, 500, 16_000]);
        }
        let may_send = self.opens_at <= self.now.monotonic;
        match self.operation.next_action(self.now, may_send) {
            Action::Throttled { until } => {
                assert!(!may_send, "only while nothing may be sent");
                if self.plan.crashes && self.chance.one_in(6) {
                    self.tell(Event::Abandoned);
                    return Some(End::Left);
                }
                let until = until.unwrap_or(Ms::MAX).min(self.opens_at);
                self.pass(until - self.now.monotonic);
            }
            Action::Persist => {
                if self.plan.crashes && self.chance.one_in(20) {
                    self.tell(Event::NotPersisted);
                    return None;
                }
                self.keep();
                if self.plan.crashes && self.chance.one_in(4) {
                    return Some(End::Crashed);
                }
                self.tell(Event::Persisted);
            }
            Action::Send { id, call, .. } => {
                self.calls += 1;
                if self.tells {
                    let time = self.now.monotonic - START.monotonic;
                    println!("{time:>8} {} {:?}", name(&call), self.operation.phase());
                }
                let (outcome, latency) = match self.model.answer(&call, self.now.monotonic) {
                    // What was never sent takes no time.
                    (outcome @ Outcome::Unsent(_), _) => (outcome, 0),
                    other => other,
                };
                // The process may end, or everybody leave, while the call is on its way.
                let odds = if call.repeatable { 100 } else { 6 };
                if self.plan.crashes && self.chance.one_in(odds) {
                    self.pass_some(latency + 1);
                    if self.chance.one_in(2) {
                        return Some(End::Crashed);
                    }
                    self.tell(Event::Abandoned);
                    return Some(End::Left);
                }
                if self.tells {
                    println!("{:>8} {outcome:?}", "");
                }
                self.pass(latency);
                self.tell(Event::Outcome { id, outcome });
            }
            Action::Cancel { .. } => {}
            Action::Wait { until } => {
                let until = until.expect("something to wait for");
                let time = until.checked_sub(self.now.monotonic).expect("a wait that waits");
                if self.chance.one_in(50) {
                    self.pass_some(time);
                    self.tell(Event::Nudge);
                } else {
                    self.pass(time);
                }
            }
            Action::Done => return Some(End::Done),
        }
        None
    }

    fn tell(&mut self, event: Event<Json>) {
        let random = self.chance.next() as u32;
        self.operation.handle(event, self.now, random);
    }

    /// The state is written down.
    fn keep(&mut self) {
        self.kept = serde_json::to_string(&self.operation.state()).unwrap();
    }

    /// Another process takes up what was written down last.
    fn resume(&mut self) {
        self.crashes += 1;
        let pause = self.chance.pick(&[1, 5_000, 600_000]);
        self.pass_some(pause);
        let state = serde_json::from_str(&self.kept).unwrap();
        self.operation =
            Operation::resume(&state, self.plan.policy.clone(), Claims::default()).unwrap();
    }

    fn pass_some(&mut self, most: Ms) {
        let time = self.chance.below(most.max(1));
        self.pass(time);
    }

    fn pass(&mut self, time: Ms) {
        self.now.monotonic += time;
        self.now.wall += time;
    }
}

fn plan(chance: &mut Chance) -> Plan {
    let kind = match chance.below(10) {
        0 => Kind::Revert,
        1 => Kind::Delete,
        _ => Kind::Create,
    };
    let mut policy = policy();
    policy.retry.max_attempts = chance.pick(&[1, 2, 4]);
    policy.renewable = chance.one_in(2);
    Plan {
        kind,
        key: if kind == Kind::Create { chance.pick(&[None, Some("k.1")]) } else { None },
        name: chance.pick(&[None, Some("before".to_owned()), Some("before".to_owned())]),
        alone: chance.one_in(2),
        policy,
        crashes: !chance.one_in(4),
    }
}

fn habits(chance: &mut Chance) -> Habits {
    Habits {
        faults: chance.pick(&[0, 30, 200, 500]),
        busy: chance.pick(&[Busy::Refuses, Busy::Fails, Busy::Minds]),
        drops_descriptions: chance.one_in(8),
        lists_trackers: !chance.one_in(8),
        loses_trackers: chance.one_in(4),
        lists_late: chance.one_in(2),
        fails: chance.one_in(4),
    }
}

/// What is there before, and what others do meanwhile.
fn populate(model: &mut Model, plan: &Plan, chance: &mut Chance) {
    for number in 0..2 {
        model.snapshots.push(Kept {
            id: format!("before-{number}"),
            name: Some("before".into()),
            description: chance.pick(&[None, Some("[k.0]".to_owned())]),
            ours: false,
            listed_from: 0,
            gone_from: Ms::MAX,
        });
    }
    for _ in 0..if plan.alone { 0 } else { 1 + chance.below(3) } {
        let starts = START.monotonic + chance.pick(&[1, 30_000, 600_000]);
        let starts = starts + chance.below(30_000);
        let time = chance.pick(&[1, 5_000, 60_000]);
        let what = chance.pick(&[What::Create, What::Create, What::Power]);
        let name = chance.pick(&[Some("before".to_owned()), Some("nightly".to_owned())]);
        let description = chance.pick(&[None, Some("[k.2]".to_owned())]);
        model.add(what, false, name, description, starts, time, false);
    }
}
