//! One long-running operation: submit, track, resolve.
//!
//! ```text
//! prepared ─ baseline ─► submitting ─ POST ─► tracking ─ FINISHED ─► resolving ─► finished
//!    ▲  refused a look │      │ │ no readable answer        │ FAILED        │ not to be told
//!    └─────────────────┘      │ └──────► reconciling        ▼               ▼
//!                             └ refused ──────────────► failed      halted, to be looked at again
//! ```
//!
//! What ends a *wait* is kept apart from what ends the *operation*: a wait that cannot go on (the token
//! is refused, the service is gone, nothing can be told) halts with an error, and whoever waits next
//! takes it up where it stands.

mod pick;
mod state;
mod track;

use std::rc::Rc;

pub use state::{Kind, OperationState, Phase};

use crate::exchange::unexpected;
use crate::model::{RequestTracker, Snapshot, SnapshotSpecification};
use crate::{
    Action, Call, Certainty, Claims, Code, Error, Event, Exchange, Failed, Id, InvalidInput, Ms,
    Now, Payload, Policy, Progress, Read, SendId, StateMachine, Unreadable, Value,
};

/// One operation of the service, from its request to its result.
#[derive(Debug)]
pub struct Operation<V> {
    id: String,
    kind: Kind,
    policy: Rc<Policy>,
    claims: Claims,
    /// Not known of a tracked request until its tracker tells.
    machine: Option<Id>,
    specification: SnapshotSpecification,

    phase: Phase,
    /// The snapshots that were there before the request was sent.
    baseline: Option<Vec<String>>,
    tracker_id: Option<Id>,
    tracker: Option<V>,
    progress: Progress,
    snapshot: Option<V>,
    error: Option<Error<V>>,

    // What follows is of this process: a state leaves it out.
    wanted: bool,
    work: Work,
    halted: Option<Error<V>>,
    sends: SendId,
    /// When to poll or to look next.
    due: Ms,
    polls: u32,
    failed_reads: u32,
    /// Counts the changes of the tracker.
    revision: u32,
    resources: Vec<String>,
    lost: Lost,
    /// Since when, and how often, the snapshots have been looked at in vain.
    vain: Option<(Ms, u32)>,
    glimpse: Glimpse,
}

/// What is under way.
#[derive(Debug)]
enum Work {
    /// Nothing; the phase says what comes next.
    Idle,
    /// The state is to be kept before the request is sent.
    Persist { asked: bool },
    /// A call.
    Call(Purpose, Box<Exchange>),
}

/// What a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To list the snapshots before the request is sent.
    Baseline,
    /// To send the request that must not be repeated.
    Submit,
    /// To list the snapshots while somebody else's request runs.
    Glimpse,
    /// To read the tracker.
    Poll,
    /// To find the snapshot.
    Look,
}

/// Whether the tracker is still there. If not, it and the snapshots are looked at in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lost {
    No,
    /// The snapshots are looked at next.
    Look,
    /// The tracker is polled next.
    Poll,
}

/// The snapshots seen while a request ran that somebody else began. A snapshot under way is not
/// listed, so they are a baseline - provided that a poll made later still finds the request running.
#[derive(Debug)]
enum Glimpse {
    Untried,
    Provisional(Vec<String>),
    Over,
}

/// What somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// That the service has accepted the request.
    Accepted,
    /// That the operation is over.
    Ended,
    /// That the tracker differs from this revision, or that it will not change any more.
    Changed(u32),
    /// That the tracker has been polled more often than this.
    Polled(u32),
}

impl<V: Value> Operation<V> {
    /// A snapshot to be made; nothing is sent before [`Operation::submit`]. `id` is random.
    pub fn create(
        id: String,
        policy: impl Into<Rc<Policy>>,
        machine: Id,
        specification: SnapshotSpecification,
    ) -> Self {
        Self::new(id, Kind::Create, policy.into(), Some(machine), specification)
    }

    /// A request that somebody else began.
    pub fn track(
        id: String,
        policy: impl Into<Rc<Policy>>,
        kind: Kind,
        tracker: Id,
        machine: Option<Id>,
    ) -> Self {
        let mut operation =
            Self::new(id, kind, policy.into(), machine, SnapshotSpecification::default());
        operation.phase = Phase::Tracking;
        operation.tracker_id = Some(tracker);
        operation
    }

    /// The same, sharing the client's account of the snapshots handed out.
    #[must_use]
    pub fn sharing(mut self, claims: Claims) -> Self {
        self.claims = claims;
        self
    }

    #[inline(never)] // large, and wanted from three places
    fn new(
        id: String,
        kind: Kind,
        policy: Rc<Policy>,
        machine: Option<Id>,
        specification: SnapshotSpecification,
    ) -> Self {
        Self {
            id,
            kind,
            policy,
            claims: Claims::default(),
            machine,
            specification,
            phase: Phase::Prepared,
            baseline: None,
            tracker_id: None,
            tracker: None,
            progress: Progress::default(),
            snapshot: None,
            error: None,
            wanted: false,
            work: Work::Idle,
            halted: None,
            sends: 0,
            due: 0,
            polls: 0,
            failed_reads: 0,
            revision: 0,
            resources: Vec::new(),
            lost: Lost::No,
            vain: None,
            glimpse: Glimpse::Untried,
        }
    }

    /// Asks for the request to be sent.
    pub fn submit(&mut self) -> Result<(), InvalidInput> {
        if self.phase != Phase::Prepared || self.wanted {
            return Err(InvalidInput(
                "submit: this operation has been submitted already; for another snapshot, prepare another".into(),
            ));
        }
        self.pull();
        self.wanted = true;
        Ok(())
    }

    /// Somebody waits, and nobody did: what ended earlier waits is tried again.
    pub fn pull(&mut self) {
        self.halted = None;
        self.failed_reads = 0;
        self.vain = None;
    }

    /// Whether the goal is reached, or what keeps it from being reached; `None`: not yet.
    pub fn answer(&self, goal: Goal) -> Option<Result<(), Error<V>>> {
        if let Some(error) = &self.halted {
            return Some(Err(error.clone()));
        }
        let reached = match goal {
            // A request that was accepted may have failed since: its result tells.
            Goal::Accepted => self.tracker_id.is_some() || self.phase == Phase::Finished,
            Goal::Ended => self.phase == Phase::Finished,
            Goal::Changed(since) => self.revision != since || self.is_settled(),
            Goal::Polled(since) => self.polls != since || self.is_over(),
        };
        match (reached, &self.error) {
            (true, _) => Some(Ok(())),
            (false, Some(error)) => Some(Err(error.clone())),
            (false, None) if self.phase == Phase::Prepared && !self.wanted => Some(Err(
                InvalidInput("this operation has not been submitted: call submit() first".into())
                    .into(),
            )),
            (false, None) => None,
        }
    }

    /// Random; the same after a resume.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it does.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The machine; empty while it is not known.
    pub fn machine_id(&self) -> &str {
        self.machine.as_ref().map_or("", Id::as_str)
    }

    /// Where it is.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The last tracker seen, as it came.
    pub fn tracker(&self) -> Option<&V> {
        self.tracker.as_ref()
    }

    /// Whether there is a tracker to poll.
    pub fn has_tracker(&self) -> bool {
        self.tracker_id.is_some()
    }

    /// Counts the changes of the tracker; 0: none has been seen.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// Counts the polls that were answered.
    pub fn polls(&self) -> u32 {
        self.polls
    }

    /// 0 to 100.
    pub fn progress(&self) -> Option<u8> {
        self.progress.percent()
    }

    /// The time left, if it can be told.
    pub fn eta(&self, now: Now) -> Option<Ms> {
        if self.is_over() { None } else { self.progress.eta(now.monotonic) }
    }

    /// The snapshot that was made.
    pub fn snapshot(&self) -> Option<&V> {
        self.snapshot.as_ref()
    }

    /// Why it failed.
    pub fn error(&self) -> Option<&Error<V>> {
        self.error.as_ref()
    }

    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Finished | Phase::Failed)
    }

    /// Whether its tracker will not change any more.
    fn is_settled(&self) -> bool {
        self.is_over() || (self.phase == Phase::Resolving && self.lost == Lost::No)
    }

    fn halt(&mut self, error: Error<V>) {
        self.wanted = false;
        self.halted = Some(error);
    }

    fn fail(&mut self, error: Error<V>) {
        self.phase = Phase::Failed;
        self.error = Some(error);
    }

    /// What the phase asks for, when nothing is under way.
    fn next_work(&mut self) -> Option<Work> {
        let (purpose, call) = match self.phase {
            Phase::Prepared if self.wanted => {
                (Purpose::Baseline, Call::list_snapshots(self.machine.as_ref()?))
            }
            Phase::Tracking => self.next_read()?,
            Phase::Resolving => self.next_look()?,
            Phase::Submitting | Phase::Reconciling => {
                self.phase = Phase::Reconciling;
                self.halt(self.outcome_unknown(None));
                return None;
            }
            Phase::Prepared | Phase::Finished | Phase::Failed => return None,
        };
        Some(self.calling(purpose, call))
    }

    fn calling(&self, purpose: Purpose, call: Call) -> Work {
        Work::Call(purpose, Box::new(Exchange::new(call, &self.policy)))
    }

    /// The request that must not be repeated.
    fn request(&self) -> Option<Call> {
        let machine = self.machine.as_ref()?;
        Some(Call::create_snapshot(machine, self.specification.clone(), self.policy.conformant))
    }

    fn outcome_unknown(&self, cause: Option<Error<V>>) -> Error<V> {
        let why = cause
            .as_ref()
            .map_or("An earlier request got no readable answer", |error| &error.message);
        let message = format!(
            "{why}. The snapshot may have been made, or be under way; it is not asked for again. \
             Look at the snapshots of machine {}.",
            self.machine_id()
        );
        let cause = cause.unwrap_or_else(|| Error::new(Code::OutcomeUnknown, ""));
        Error { code: Code::OutcomeUnknown, message, retryable: false, ..cause }
    }

    fn take(&mut self, purpose: Purpose, end: Result<Read<V>, Failed<V>>, now: Now, random: u32) {
        match purpose {
            Purpose::Baseline => self.take_baseline(end),
            Purpose::Submit => self.take_submit(end, now, random),
            Purpose::Glimpse => self.take_glimpse(end),
            Purpose::Poll => self.take_poll(end, now, random),
            Purpose::Look => self.take_look(end, now, random),
        }
    }

    fn take_baseline(&mut self, end: Result<Read<V>, Failed<V>>) {
        match self.read_snapshots(end) {
            Ok(list) => {
                self.baseline = Some(list.into_iter().map(|(snapshot, _)| snapshot.id).collect());
                self.phase = Phase::Submitting;
                self.work = Work::Persist { asked: false };
            }
            // Nothing has been sent, so that it may simply be submitted again.
            Err(error) => self.halt(error),
        }
    }

    fn take_submit(&mut self, end: Result<Read<V>, Failed<V>>, now: Now, random: u32) {
        self.wanted = false;
        let (error, certainty) = match end {
            Ok(read) => match tracker_in(&read.payload) {
                Ok((seen, tracker)) => return self.accept(seen, tracker, now, random),
                Err(Unreadable) => (self.unreadable(Purpose::Submit, &read), Certainty::Unknown),
            },
            Err(failed) => (failed.error, failed.certainty),
        };
        match certainty {
            Certainty::Unknown => {
                self.phase = Phase::Reconciling;
                self.halt(self.outcome_unknown(Some(error)));
            }
            // It was never sent.
            Certainty::Refused if error.status.is_none() => self.back_to_prepared(error),
            Certainty::Refused => self.fail(error),
        }
    }

    fn back_to_prepared(&mut self, error: Error<V>) {
        self.phase = Phase::Prepared;
        self.baseline = None;
        self.halt(error);
    }

    fn unreadable(&self, purpose: Purpose, read: &Read<V>) -> Error<V> {
        let call = match (purpose, &self.machine, &self.tracker_id) {
            (Purpose::Submit, ..) => self.request(),
            (Purpose::Poll, _, Some(tracker)) => Some(Call::get_tracker(tracker)),
            (_, Some(machine), _) => Some(Call::list_snapshots(machine)),
            _ => None,
        };
        unexpected(&call.unwrap_or_else(Call::list_trackers), read)
    }

    fn read_snapshots(
        &self,
        end: Result<Read<V>, Failed<V>>,
    ) -> Result<Vec<(Snapshot, V)>, Error<V>> {
        let read = end.map_err(|failed| failed.error)?;
        snapshots_in(&read.payload).map_err(|_| self.unreadable(Purpose::Look, &read))
    }
}

fn tracker_in<V: Value>(payload: &Payload<V>) -> Result<(RequestTracker, V), Unreadable> {
    let Payload::Json(body) = payload else { return Err(Unreadable) };
    Ok((body.decode()?, body.clone()))
}

fn snapshots_in<V: Value>(payload: &Payload<V>) -> Result<Vec<(Snapshot, V)>, Unreadable> {
    let Payload::Json(body) = payload else { return Err(Unreadable) };
    body.items().ok_or(Unreadable)?.into_iter().map(|item| Ok((item.decode()?, item))).collect()
}

impl<V: Value> StateMachine<V> for Operation<V> {
    fn poll(&mut self, now: Now) -> Action {
        if self.is_over() || self.halted.is_some() {
            return Action::Done;
        }
        if matches!(self.work, Work::Idle) {
            if matches!(self.phase, Phase::Tracking | Phase::Resolving) && self.due > now.monotonic
            {
                return Action::Wait { until: Some(self.due) };
            }
            match self.next_work() {
                Some(work) => self.work = work,
                None => return Action::Done,
            }
        }
        match &mut self.work {
            Work::Persist { asked: asked @ false } => {
                *asked = true;
                Action::Persist
            }
            Work::Call(_, exchange) => {
                exchange.poll(now, &mut self.sends).unwrap_or(Action::Wait { until: None })
            }
            Work::Persist { asked: true } | Work::Idle => Action::Wait { until: None },
        }
    }

    fn handle(&mut self, event: Event<V>, now: Now, random: u32) {
        match event {
            Event::Outcome { id, outcome } => {
                let Work::Call(purpose, exchange) = &mut self.work else { return };
                let purpose = *purpose;
                if let Some(end) = exchange.outcome(id, outcome, now, random) {
                    self.work = Work::Idle;
                    self.take(purpose, end, now, random);
                }
            }
            Event::Persisted if matches!(self.work, Work::Persist { asked: true }) => {
                if let Some(call) = self.request() {
                    self.work = self.calling(Purpose::Submit, call);
                }
            }
            Event::NotPersisted if matches!(self.work, Work::Persist { .. }) => self.abandon(),
            Event::Persisted | Event::NotPersisted => {}
            Event::Nudge => match &mut self.work {
                Work::Call(_, exchange) => exchange.nudge(),
                _ => self.due = 0,
            },
            Event::Abandoned => self.abandon(),
        }
    }
}

impl<V: Value> Operation<V> {
    /// Nobody waits any more. A request that has left cannot be called back; all else is dropped.
    fn abandon(&mut self) {
        let is_unsent = match &self.work {
            Work::Persist { .. } => true,
            Work::Call(Purpose::Submit, exchange) => !exchange.is_open(),
            // Taken up from a state: another process may have sent it.
            Work::Call(..) | Work::Idle => false,
        };
        self.work = Work::Idle;
        self.wanted = false;
        if self.phase == Phase::Submitting {
            self.phase = if is_unsent { Phase::Prepared } else { Phase::Reconciling };
        }
    }
}
