//! A state machine under a virtual clock, driven step by step or to its end.

use serde_json::Value as Json;
use vra_snapshots::{
    Action, BaseUrl, Call, Event, Id, Ms, Now, Outcome, Policy, SendId, StateMachine,
};

use crate::service::Service;

/// 2026-03-01 at 08:00 UTC, on a computer that has been up for a while.
pub(crate) const START: Now = Now { monotonic: 1_000_000, wall: 1_772_352_000_000 };

/// A machine that takes more steps than this to its end is running in circles.
const STEPS: u32 = 2_000;

/// The defaults, against a service behind a path prefix.
pub(crate) fn policy() -> Policy {
    Policy::new(BaseUrl::new("https://vra.example/proxy", false).unwrap())
}

/// The same with one attempt for each call.
pub(crate) fn impatient() -> Policy {
    let mut policy = policy();
    policy.retry.max_attempts = 1;
    policy
}

pub(crate) fn id(text: &str) -> Id {
    Id::new("id", text).unwrap()
}

/// A call as tests name it: `GET /iaas/api/about`.
pub(crate) fn name(call: &Call) -> String {
    format!("{} {}", call.method.as_str(), call.path)
}

/// A machine, the time, and what has been sent.
pub(crate) struct Bench<M> {
    pub(crate) machine: M,
    pub(crate) now: Now,
    /// What events come with. 0 makes the pauses between polls as long as they get, and those between
    /// the attempts of a call as short.
    pub(crate) random: u32,
    /// Every attempt, the oldest first.
    pub(crate) sent: Vec<Call>,
    /// The attempt sent last, until its outcome is told.
    pub(crate) open: Option<SendId>,
}

impl<M: StateMachine<Json>> Bench<M> {
    pub(crate) fn new(machine: M) -> Self {
        Self { machine, now: START, random: 0, sent: Vec::new(), open: None }
    }

    /// The next action.
    pub(crate) fn poll(&mut self) -> Action {
        let action = self.machine.poll(self.now);
        if let Action::Send { id, call, .. } = &action {
            self.sent.push(Call::clone(call));
            self.open = Some(*id);
        }
        action
    }

    pub(crate) fn tell(&mut self, event: Event<Json>) {
        self.machine.handle(event, self.now, self.random);
    }

    /// It sends this call now; the attempt stays open.
    #[track_caller]
    pub(crate) fn opens(&mut self, expected: &str) -> SendId {
        match self.poll() {
            Action::Send { id, call, .. } if name(&call) == expected => id,
            other => panic!("expected {expected}, got {other:?}"),
        }
    }

    /// The open attempt ends like this.
    #[track_caller]
    pub(crate) fn ends(&mut self, outcome: Outcome<Json>) {
        let id = self.open.take().expect("an open attempt");
        self.tell(Event::Outcome { id, outcome });
    }

    /// It sends this call now, and gets this.
    #[track_caller]
    pub(crate) fn calls(&mut self, expected: &str, outcome: Outcome<Json>) {
        self.opens(expected);
        self.ends(outcome);
    }

    /// It asks for its state to be kept, and that is done.
    #[track_caller]
    pub(crate) fn persists(&mut self) {
        assert_eq!(self.poll(), Action::Persist);
        self.tell(Event::Persisted);
    }

    /// It waits this long, and the time passes.
    #[track_caller]
    pub(crate) fn waits(&mut self, expected: Ms) {
        assert_eq!(self.wait(), expected);
    }

    /// It waits, and the time passes: how long.
    #[track_caller]
    pub(crate) fn wait(&mut self) -> Ms {
        match self.poll() {
            Action::Wait { until: Some(until) } if until > self.now.monotonic => {
                let delay = until - self.now.monotonic;
                self.pass(delay);
                delay
            }
            other => panic!("expected a wait, got {other:?}"),
        }
    }

    /// It waits for something to happen, however long that takes.
    #[track_caller]
    pub(crate) fn rests(&mut self) {
        assert_eq!(self.poll(), Action::Wait { until: None });
    }

    /// It has nothing to do any more.
    #[track_caller]
    pub(crate) fn done(&mut self) {
        assert_eq!(self.poll(), Action::Done);
    }

    pub(crate) fn pass(&mut self, time: Ms) {
        self.now.monotonic += time;
        self.now.wall += time;
    }

    /// One action, and what a service and the time make of it: whether there was anything to do.
    #[track_caller]
    pub(crate) fn step(&mut self, service: &mut impl Service) -> bool {
        match self.poll() {
            Action::Persist => self.tell(Event::Persisted),
            Action::Send { call, .. } => {
                self.pass(service.latency());
                let outcome = service.answer(&call, self.now);
                self.ends(outcome);
            }
            Action::Cancel { .. } => self.open = None,
            Action::Wait { until: Some(until) } => {
                assert!(until > self.now.monotonic, "a wait for a time that has come");
                self.pass(until - self.now.monotonic);
            }
            Action::Wait { until: None } => panic!("it waits for what will never happen"),
            Action::Throttled { .. } => unreachable!("it may send"),
            Action::Done => return false,
        }
        true
    }

    /// Drives the machine until it is done: how long that took.
    #[track_caller]
    pub(crate) fn run(&mut self, service: &mut impl Service) -> Ms {
        let start = self.now.monotonic;
        for _ in 0..STEPS {
            if !self.step(service) {
                return self.now.monotonic - start;
            }
        }
        panic!("not done after {STEPS} steps");
    }

    /// Drives the machine until it is like this.
    #[track_caller]
    pub(crate) fn run_until(&mut self, service: &mut impl Service, reached: impl Fn(&M) -> bool) {
        for _ in 0..STEPS {
            if reached(&self.machine) {
                return;
            }
            assert!(self.step(service), "it is done before");
        }
        panic!("not so after {STEPS} steps");
    }

    /// How often a call of this name has been sent.
    pub(crate) fn count(&self, expected: &str) -> usize {
        self.sent.iter().filter(|call| name(call) == expected).count()
    }
}
