//! One long-running operation: submit, track, resolve - and reconcile, where no readable answer came.
//!
//! ```text
//! prepared ─ baseline ─► submitting ─ request ─► tracking ─ FINISHED ─► resolving ─► finished
//!    ▲  a look failed       │    ▲ │ no readable     │ │ FAILED            │ not to be told
//!    └──────────────────────┘    │ │ answer          │ ▼                   ▼
//!                 surely refused │ ▼                 │ failed      halted, to be looked at again
//!                           reconciling ◄── 404 ─────┘
//! ```
//!
//! What ends a *wait* is kept apart from what ends the *operation*: a wait that cannot go on (the token
//! is refused, the service is gone, nothing can be told) halts with an error, and whoever waits next
//! takes it up where it stands.

pub(crate) mod claims;
pub(crate) mod key;
pub(crate) mod pick;
pub(crate) mod reconcile;
pub(crate) mod state;
pub(crate) mod submit;
pub(crate) mod track;
pub(crate) mod view;

use std::rc::Rc;

use crate::engine::contract::{Action, Event, SendId, StateMachine};
use crate::engine::exchange::{Exchange, Failed, Read};
use crate::engine::outcome::Payload;
use crate::engine::pages::Pages;
use crate::engine::policy::Policy;
use crate::engine::polling::Progress;
use crate::error::{Code, Error, InvalidInput};
use crate::protocol::call::{Call, Id};
use crate::protocol::model::{RequestTracker, Snapshot, SnapshotSpecification};
use crate::util::clock::{Ms, Now};
use crate::util::value::{FromValue, Unreadable, Value};
use claims::Claims;
use key::IdempotencyKey;
use state::{Kind, Phase};

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
    /// What a revert or a delete is about.
    target: Option<Id>,
    key: Option<IdempotencyKey>,
    /// Nobody has ever used this key, so that nothing on the machine can carry it yet.
    is_fresh: bool,

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
    work: Work<V>,
    halted: Option<Error<V>>,
    sends: SendId,
    /// When to poll or to look next.
    due: Ms,
    polls: u32,
    failed_reads: u32,
    /// Counts the changes of the tracker.
    revision: u32,
    /// The fingerprint of the tracker shown last: to read that tracker again would cost as much as to read the new one.
    shown: Option<u64>,
    resources: Vec<String>,
    /// How often the request has been sent.
    submits: u32,
    /// An earlier attempt of this submit may have been carried out.
    tainted: bool,
    /// The service claims to have refused: one look tells whether that can be believed.
    claimed: bool,
    /// Why the outcome is not known.
    why: Option<Error<V>>,
    /// Since when nothing happens on the machine: the tracker was seen finished, or a look was the first to
    /// show nothing under way. What ended just before may be listed late, counted from then.
    quiet_since: Option<Ms>,
    /// The same for requests that do not name what they work on, and might be ours.
    still_since: Option<Ms>,
    /// So many looks in a row, late enough, made nothing certain.
    vain: u32,
    /// So many looks in a row found something under way.
    watched: u32,
    /// What was seen under way on the machine, by the look that is being made.
    under_way: UnderWay,
    glimpse: Glimpse,
}

/// What is under way.
#[derive(Debug)]
enum Work<V> {
    /// Nothing; the phase says what comes next.
    Idle,
    /// The state is to be kept before the request is sent.
    Persist { asked: bool },
    /// A call.
    Call(Purpose, Box<Exchange>),
    /// The list of trackers, which may come in pages.
    Trackers(Box<Pages<V>>),
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

/// What runs on the machine, as far as the list of trackers tells.
#[derive(Debug, Clone, PartialEq)]
enum UnderWay {
    /// Not looked yet.
    Unknown,
    /// Nothing.
    Nothing,
    /// Requests run that do not name what they work on.
    Perhaps,
    /// A request runs on this machine.
    Something,
}

/// The snapshots seen while a request ran that somebody else began. A snapshot under way is not
/// listed, so they are a baseline - provided that a poll made later still finds the request running.
#[derive(Debug)]
enum Glimpse {
    Untried,
    Provisional(Vec<String>),
    Over,
}

impl<V: Value> Operation<V> {
    /// A snapshot to be made; nothing is sent before [`Operation::submit`]. `id` is random.
    pub fn create(
        id: String,
        policy: impl Into<Rc<Policy>>,
        machine: Id,
        specification: SnapshotSpecification,
    ) -> Self {
        Self { specification, ..Self::new(id, Kind::Create, policy.into(), Some(machine)) }
    }

    /// A machine to be reverted to a snapshot.
    pub fn revert(id: String, policy: impl Into<Rc<Policy>>, machine: Id, snapshot: Id) -> Self {
        Self { target: Some(snapshot), ..Self::new(id, Kind::Revert, policy.into(), Some(machine)) }
    }

    /// A snapshot to be deleted.
    pub fn delete(id: String, policy: impl Into<Rc<Policy>>, machine: Id, snapshot: Id) -> Self {
        Self { target: Some(snapshot), ..Self::new(id, Kind::Delete, policy.into(), Some(machine)) }
    }

    /// A request that somebody else began.
    pub fn track(
        id: String,
        policy: impl Into<Rc<Policy>>,
        kind: Kind,
        tracker: Id,
        machine: Option<Id>,
    ) -> Self {
        let mut operation = Self::new(id, kind, policy.into(), machine);
        operation.phase = Phase::Tracking;
        operation.tracker_id = Some(tracker);
        operation
    }

    /// The same, found again by this key across processes and days.
    #[must_use]
    pub fn keyed(mut self, key: Option<IdempotencyKey>) -> Self {
        self.key = key;
        self
    }

    /// The same with a random key that nobody has used before: no look is needed before the request. Only the key, or
    /// the tracker, then tells which snapshot is its own.
    #[must_use]
    pub fn freshly_keyed(mut self, key: IdempotencyKey) -> Self {
        self.is_fresh = true;
        self.keyed(Some(key))
    }

    /// The same, sharing the client's account of the snapshots handed out.
    #[must_use]
    pub fn sharing(mut self, claims: Claims) -> Self {
        self.claims = claims;
        self
    }

    #[inline(never)] // large, and wanted from several places
    fn new(id: String, kind: Kind, policy: Rc<Policy>, machine: Option<Id>) -> Self {
        Self {
            id,
            kind,
            policy,
            claims: Claims::default(),
            machine,
            specification: SnapshotSpecification::default(),
            target: None,
            key: None,
            is_fresh: false,
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
            shown: None,
            resources: Vec::new(),
            submits: 0,
            tainted: false,
            claimed: false,
            why: None,
            quiet_since: None,
            still_since: None,
            vain: 0,
            watched: 0,
            under_way: UnderWay::Unknown,
            glimpse: Glimpse::Untried,
        }
    }

    /// Asks for the request to be sent. With a key it may be asked again after an unknown outcome: it is
    /// looked first, and sent only if nothing is found.
    pub fn submit(&mut self) -> Result<(), InvalidInput> {
        // Submitting, and taken up from a state: as unknown as reconciling.
        // What was accepted, and has lost its tracker, is not.
        let is_unknown = self.tainted
            && self.tracker_id.is_none()
            && matches!(self.phase, Phase::Submitting | Phase::Reconciling);
        if self.wanted || !(self.phase == Phase::Prepared || is_unknown && self.key.is_some()) {
            return Err(InvalidInput(if is_unknown && !self.wanted {
                "submit: the outcome of this request is not known, and without an idempotencyKey it is not sent \
                 again; look with result()"
                    .into()
            } else {
                "submit: this operation has been submitted already; for another one, prepare another".into()
            }));
        }
        self.pull();
        // Somebody decided anew, and not the policy.
        self.submits = 0;
        self.wanted = true;
        Ok(())
    }

    /// Somebody waits, and nobody did: what ended earlier waits is tried again.
    pub fn pull(&mut self) {
        self.halted = None;
        self.failed_reads = 0;
        self.vain = 0;
        if self.phase != Phase::Resolving {
            // Nobody has looked meanwhile.
            self.unsettle();
        }
    }

    fn halt(&mut self, error: Error<V>) {
        self.wanted = false;
        if self.claimed {
            // Whoever is told that nothing is certain must not have it sent again by waiting once more.
            self.claimed = false;
            self.phase = Phase::Reconciling;
        }
        self.halted = Some(error);
    }

    fn fail(&mut self, error: Error<V>) {
        self.phase = Phase::Failed;
        self.error = Some(error);
    }

    fn finish(&mut self) {
        self.progress.finish();
        self.phase = Phase::Finished;
    }

    /// What the phase asks for, when nothing is under way.
    fn next_work(&mut self) -> Option<Work<V>> {
        match self.phase {
            Phase::Prepared if self.wanted => self.begin(),
            Phase::Submitting if self.claimed => self.look(),
            // Submitting, and nothing to be done: taken up from a state.
            Phase::Submitting | Phase::Reconciling => {
                self.phase = Phase::Reconciling;
                self.look()
            }
            Phase::Tracking => self.read_on(),
            Phase::Resolving => self.list_snapshots(Purpose::Look),
            Phase::Prepared | Phase::Finished | Phase::Failed => None,
        }
    }

    fn calling(&self, purpose: Purpose, call: Call) -> Work<V> {
        Work::Call(purpose, Box::new(Exchange::new(call, &self.policy)))
    }

    /// Lists the snapshots of the machine - or halts, if nobody knows which machine it is.
    fn list_snapshots(&mut self, purpose: Purpose) -> Option<Work<V>> {
        if let Some(machine) = &self.machine {
            let call = Call::list_snapshots(machine);
            return Some(self.calling(purpose, call));
        }
        self.halt(Error::new(
            Code::AmbiguousResult,
            "The request is over, and its tracker does not name the machine: give `machineId` to track()",
        ));
        None
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

    fn read_snapshots(
        &self,
        end: Result<Read<V>, Failed<V>>,
    ) -> Result<Vec<(Snapshot, V)>, Error<V>> {
        let read = end.map_err(|failed| failed.error)?;
        snapshots_in(&read.payload).map_err(|_| read.unexpected().again())
    }
}

fn tracker_in<V: Value>(payload: &Payload<V>) -> Result<(RequestTracker, V), Unreadable> {
    Ok((payload.decode()?, payload.json()?.clone()))
}

fn snapshots_in<V: Value>(payload: &Payload<V>) -> Result<Vec<(Snapshot, V)>, Unreadable> {
    decoded(payload.items()?)
}

/// Each with what was decoded of it.
fn decoded<T: FromValue, V: Value>(items: Vec<V>) -> Result<Vec<(T, V)>, Unreadable> {
    let mut decoded = Vec::new();
    for item in items {
        decoded.push((item.decode()?, item));
    }
    Ok(decoded)
}

impl<V: Value> Operation<V> {
    /// Polls on behalf of a machine that numbers the sends.
    pub(crate) fn poll_with(&mut self, now: Now, may_send: bool, sends: &mut SendId) -> Action {
        self.sends = *sends;
        let action = self.next_action(now, may_send);
        *sends = self.sends;
        action
    }
}

impl<V: Value> StateMachine<V> for Operation<V> {
    fn next_action(&mut self, now: Now, may_send: bool) -> Action {
        if self.is_over() || self.halted.is_some() {
            return Action::Done;
        }
        if matches!(self.work, Work::Idle) {
            if self.due > now.monotonic {
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
            Work::Call(purpose, exchange) => {
                let action = exchange.poll(now, may_send, &mut self.sends);
                if let (Purpose::Submit, Some(Action::Send { .. })) = (purpose, &action) {
                    self.submits += 1;
                    self.unsettle();
                }
                action.unwrap_or(Action::Wait { until: None })
            }
            Work::Trackers(pages) => pages.poll_with(now, may_send, &mut self.sends),
            Work::Persist { asked: true } | Work::Idle => Action::Wait { until: None },
        }
    }

    fn handle(&mut self, event: Event<V>, now: Now, random: u32) {
        match event {
            Event::Outcome { id, outcome } => match &mut self.work {
                Work::Call(purpose, exchange) => {
                    let purpose = *purpose;
                    if let Some(end) = exchange.outcome(id, outcome, now, random) {
                        self.work = Work::Idle;
                        self.take(purpose, end, now, random);
                    }
                }
                Work::Trackers(pages) => {
                    pages.handle(Event::Outcome { id, outcome }, now, random);
                    if let Some(end) = pages.all() {
                        self.work = Work::Idle;
                        self.take_trackers(end, now, random);
                    }
                }
                Work::Idle | Work::Persist { .. } => {}
            },
            Event::Persisted if matches!(self.work, Work::Persist { asked: true }) => {
                if let Some(call) = self.request() {
                    self.work = self.calling(Purpose::Submit, call);
                }
            }
            Event::NotPersisted if matches!(self.work, Work::Persist { .. }) => self.abandon(),
            Event::Persisted | Event::NotPersisted => {}
            Event::Seen { tracker, .. } => self.take_seen(tracker, now, random),
            Event::Nudge => match &mut self.work {
                Work::Call(_, exchange) => exchange.nudge(),
                Work::Trackers(pages) => pages.handle(Event::Nudge, now, random),
                _ if self.claimed => {}
                _ => self.due = 0,
            },
            Event::Abandoned => self.abandon(),
        }
    }
}
