//! An operation in a world where anything may happen, and what must hold there all the same.

use serde_json::Value as Json;
use vra_snapshots::{
    Action, Call, Event, Goal, Method, Ms, Now, Operation, Outcome, Payload, Phase, SendId,
    StateMachine,
};

use crate::bench::START;
use crate::operation::stages::reloaded;

/// One thing that happens.
#[derive(Debug, Clone)]
pub(crate) enum Move {
    /// Somebody submits.
    Submit,
    /// The operation is asked what to do, and it is done.
    Step,
    /// The open attempt ends: like the first if it lists snapshots, else like the second.
    End(Outcome<Json>, Outcome<Json>),
    /// An attempt that is not open ends, as far below the last one as this.
    Stale(SendId, Outcome<Json>),
    /// The state is said to be safe, whether or not it was asked for.
    Persisted,
    NotPersisted,
    Nudge,
    /// Everybody leaves; somebody comes back.
    Leave,
    /// The process ends; another takes the state up.
    Reload,
    /// Time passes.
    Pass(Ms),
    /// The wall clock is set back.
    SetBack(Ms),
}

/// An operation, and what has been seen of it.
pub(crate) struct World {
    pub(crate) operation: Operation<Json>,
    pub(crate) now: Now,
    random: u32,
    open: Option<(SendId, Call)>,
    last: SendId,
    /// The state is to be kept.
    asked: bool,
    /// The state has been kept, and the request may leave.
    safe: bool,
    /// Of each attempt to send the request: whether it is certain that it had no effect.
    requests: Vec<bool>,
    /// The last of them was claimed to be refused, and the snapshots have not been looked at since.
    claimed: bool,
    /// Every snapshot that was ever listed.
    listed: Vec<String>,
    progress: Option<u8>,
    over: Option<Phase>,
}

impl World {
    pub(crate) fn new(operation: Operation<Json>) -> Self {
        Self {
            operation,
            now: START,
            random: 0,
            open: None,
            last: 0,
            asked: false,
            safe: false,
            requests: Vec::new(),
            claimed: false,
            listed: Vec::new(),
            progress: None,
            over: None,
        }
    }

    pub(crate) fn make(&mut self, what: Move) {
        match what {
            Move::Submit => drop(self.operation.submit()),
            Move::Step => drop(self.step()),
            Move::End(list, tracker) => {
                if let Some((_, call)) = &self.open {
                    let lists = call.path.ends_with("/snapshots") && call.method == Method::Get;
                    self.end(if lists { list } else { tracker });
                }
            }
            Move::Stale(below, outcome) => {
                let id = self.last.wrapping_sub(below);
                if self.open.as_ref().is_none_or(|(open, _)| *open != id) {
                    self.changes_nothing(Event::Outcome { id, outcome });
                }
            }
            Move::Persisted if self.asked => {
                self.asked = false;
                self.safe = true;
                self.tell(Event::Persisted);
            }
            Move::NotPersisted if self.asked => {
                self.asked = false;
                self.tell(Event::NotPersisted);
            }
            Move::Persisted => self.changes_nothing(Event::Persisted),
            // Before it was asked for, a state that could not be kept stops the request too.
            Move::NotPersisted => self.tell(Event::NotPersisted),
            Move::Nudge => self.changes_nothing(Event::Nudge),
            Move::Leave => self.leave(),
            Move::Reload => self.reload(),
            Move::Pass(time) => {
                self.now.monotonic += time;
                self.now.wall = self.now.wall.saturating_add(time);
            }
            Move::SetBack(time) => self.now.wall = self.now.wall.saturating_sub(time),
        }
        self.check();
    }

    /// Asks for the next action, and does it but for the waiting.
    pub(crate) fn step(&mut self) -> Action {
        let action = self.operation.poll(self.now);
        match &action {
            Action::Persist => (self.asked, self.safe) = (true, false),
            Action::Send { id, call, .. } => {
                assert!(self.open.is_none(), "one attempt at a time");
                assert_ne!(*id, self.last, "an id of its own");
                if call.method == Method::Post {
                    assert!(self.safe, "the state is safe");
                    assert!(self.requests.iter().all(|harmless| *harmless), "never twice");
                    self.requests.push(false);
                }
                self.last = *id;
                self.open = Some((*id, Call::clone(call)));
            }
            Action::Cancel { .. } => self.open = None,
            Action::Throttled { .. } => unreachable!("it may send"),
            Action::Wait { until } => {
                assert!(until.is_none_or(|until| until > self.now.monotonic), "a wait that waits");
                let awaited = until.is_some() || self.open.is_some() || self.asked;
                assert!(awaited, "it waits for what will never happen");
            }
            Action::Done => {
                for goal in [Goal::Accepted, Goal::Ended, Goal::Changed(0), Goal::Polled(0)] {
                    assert!(self.operation.answer(goal).is_some(), "whoever waits is told");
                }
            }
        }
        action
    }

    /// Drives it until it is done, where every attempt ends as the service has it: how many steps
    /// and how much time that took.
    pub(crate) fn run(&mut self, mut service: impl FnMut(&Call) -> Outcome<Json>) -> (u32, Ms) {
        let start = self.now.monotonic;
        for steps in 0..2_000 {
            if let Some((_, call)) = &self.open {
                self.end(service(call));
            } else if self.asked {
                self.make(Move::Persisted);
            }
            match self.step() {
                Action::Done => return (steps, self.now.monotonic - start),
                Action::Wait { until: Some(until) } => {
                    self.make(Move::Pass(until - self.now.monotonic));
                }
                _ => {}
            }
            self.check();
        }
        panic!("it runs in circles");
    }

    fn tell(&mut self, event: Event<Json>) {
        self.random = self.random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.operation.handle(event, self.now, self.random);
    }

    fn changes_nothing(&mut self, event: Event<Json>) {
        let before = serde_json::to_value(self.operation.state()).unwrap();
        self.tell(event);
        assert_eq!(serde_json::to_value(self.operation.state()).unwrap(), before);
    }

    fn end(&mut self, outcome: Outcome<Json>) {
        let Some((id, call)) = self.open.take() else { return };
        if call.method == Method::Post {
            *self.requests.last_mut().unwrap() = is_harmless(&outcome);
            self.claimed = is_claim(&outcome);
        }
        if let Outcome::Answer(answer) = &outcome
            && let Payload::Json(Json::Array(items)) = &answer.payload
        {
            let ids = items.iter().filter_map(|item| item["id"].as_str());
            self.listed.extend(ids.map(str::to_owned));
            if std::mem::take(&mut self.claimed) {
                *self.requests.last_mut().unwrap() = true;
            }
        }
        self.tell(Event::Outcome { id, outcome });
    }

    fn leave(&mut self) {
        (self.open, self.asked, self.safe) = (None, false, false);
        self.tell(Event::Abandoned);
        self.operation.pull();
    }

    fn reload(&mut self) {
        self.operation = reloaded(&self.operation).machine;
        (self.open, self.asked, self.safe, self.last) = (None, false, false, 0);
    }

    /// What holds at any time.
    fn check(&mut self) {
        let operation = &self.operation;
        let progress = operation.progress();
        assert!(
            progress >= self.progress,
            "progress fell from {:?} to {progress:?}",
            self.progress
        );
        let is_finished = operation.phase() == Phase::Finished;
        assert_eq!(progress == Some(100), is_finished, "100 % if finished, and only then");
        assert!(progress <= Some(100));
        self.progress = progress;

        if let Some(snapshot) = operation.snapshot() {
            let id = snapshot["id"].as_str().unwrap().to_owned();
            assert!(self.listed.contains(&id), "{id} was never listed");
            let state = serde_json::to_value(operation.state()).unwrap();
            let baseline = state["baseline"].as_array().into_iter().flatten();
            assert!(!baseline.into_iter().any(|it| *it == id), "{id} was there before");
        }
        assert!(self.over.is_none_or(|over| over == operation.phase()), "what is over stays so");
        self.over = operation.is_over().then(|| operation.phase());
    }
}

/// Whether a request that ended like this was refused before any work, or never sent.
fn is_harmless(outcome: &Outcome<Json>) -> bool {
    match outcome {
        Outcome::Answer(answer) => matches!(answer.status, 401 | 429),
        Outcome::Failure(failure) => matches!(failure.status, Some(401 | 429)),
        Outcome::Unsent(_) => true,
    }
}

/// Whether the service claims to have refused it.
fn is_claim(outcome: &Outcome<Json>) -> bool {
    matches!(outcome, Outcome::Answer(answer) if answer.status == 503 && answer.retry_after.is_some())
}
