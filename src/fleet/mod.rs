//! Many operations as one: so many at once, never two on the same machine or deployment, each to its own end.
//!
//! ```text
//! queued ──► submitting ──► inProgress ──► finished
//!   │  ▲          │               ├──────► failed      the service said no: nothing was made
//!   │  └─ retry ──┴── of these ───┴──────► unknown     nobody can tell; retry() looks first
//!   └────────────────────────────────────► skipped     nothing was sent, and nothing will be
//! ```
//!
//! A fleet is a [`StateMachine`] like an operation, with many calls open at once. What it does costs the same however
//! many machines wait: the next one is at the head of a queue, what is due next at the top of a heap, and the sums and
//! the changes are kept as they happen. A machine that waits is a small entry; only one under way is an operation.
//!
//! One request a machine is sent without a look before it, because each machine has a random key that nobody has used;
//! with a prefix of the user's, which somebody may have used before, each is preceded by a look.

pub(crate) mod entry;
pub(crate) mod keeping;
pub(crate) mod ledger;
pub(crate) mod options;
pub(crate) mod plan;
pub(crate) mod queue;
pub(crate) mod state;
pub(crate) mod timers;
pub(crate) mod under_way;
pub(crate) mod view;

use std::collections::VecDeque;
use std::rc::Rc;

use crate::engine::contract::{Action, Event, SendId, StateMachine};
use crate::engine::policy::Policy;
use crate::error::{Error, InvalidInput};
use crate::operation::claims::Claims;
use crate::protocol::http_date::day_of;
use crate::protocol::model::SnapshotSpecification;
use crate::util::clock::{Ms, Now};
use crate::util::index::Index;
use crate::util::text::{concat, hash};
use crate::util::value::Value;
use entry::{Entry, MachineStatus, NONE, Skipped};
use keeping::Keeping;
use ledger::Ledger;
use options::{FleetMachine, FleetOptions, next_submit};
use queue::{Deployment, Queue};
use timers::Timers;
use under_way::{SLOT_BITS, SLOTS_FOR_ONE, Slot};

/// The snapshots of many machines, from the first request to the last result.
#[derive(Debug)]
pub struct Fleet<V> {
    id: String,
    policy: Rc<Policy>,
    claims: Claims,
    options: FleetOptions,
    specification: SnapshotSpecification,
    /// The day on which it was asked for.
    date: String,
    entries: Vec<Entry<V>>,
    /// The entries by their machines.
    index: Index,
    ledger: Ledger,
    queue: Queue,
    is_paused: bool,

    // What follows is of this process: a state leaves it out.
    slots: Vec<Slot>,
    free_slots: Vec<u32>,
    /// So many operations are under way at the service.
    at_service: u32,
    /// The slots that have something to do.
    ready: VecDeque<u32>,
    /// The slots whose next call waits until calls may be sent again.
    throttled: VecDeque<u32>,
    timers: Timers,
    sends: u32,
    /// No machine is begun before, and no request leaves before, in microseconds: what is begun in good time may wait
    /// for a look or for a checkpoint, and leave together with the next.
    submit_after_us: u64,
    send_after_us: u64,
    keeping: Keeping,
    /// What ended the last wait: it concerns all machines.
    halted: Option<Error<V>>,
    /// Nobody drives it.
    rests: bool,
    /// When this process began, and what had been done by then.
    begun: Option<(Ms, u64)>,
}

impl<V: Value> Fleet<V> {
    /// A fleet that has not started; nothing is sent before it is driven. `id` is random. A machine that is there twice
    /// is refused.
    pub fn new(
        id: String,
        policy: impl Into<Rc<Policy>>,
        machines: Vec<FleetMachine>,
        specification: SnapshotSpecification,
        options: FleetOptions,
        now: Now,
    ) -> Result<Self, InvalidInput> {
        options.check()?;
        let mut fleet = Self::empty(id, policy.into(), specification, options, day_of(now.wall));
        fleet.make_room(machines.len());
        let mut deployments = Index::with_room(machines.len());
        for machine in machines {
            let mut entry = Entry::new(machine.id);
            entry.name = machine.name.map(Into::into);
            entry.specification = machine.specification;
            entry.deployment = fleet.deployment(machine.deployment, &mut deployments);
            fleet.enlist(entry)?;
        }
        fleet.line_up();
        Ok(fleet)
    }

    /// The same, sharing the client's account of the snapshots handed out.
    #[must_use]
    pub fn sharing(mut self, claims: Claims) -> Self {
        self.claims = claims;
        self
    }

    fn empty(
        id: String,
        policy: Rc<Policy>,
        specification: SnapshotSpecification,
        options: FleetOptions,
        date: String,
    ) -> Self {
        Self {
            id,
            policy,
            claims: Claims::default(),
            options,
            specification,
            date,
            entries: Vec::new(),
            index: Index::default(),
            ledger: Ledger::default(),
            queue: Queue::default(),
            is_paused: false,
            slots: Vec::new(),
            free_slots: Vec::new(),
            at_service: 0,
            ready: VecDeque::new(),
            throttled: VecDeque::new(),
            timers: Timers::default(),
            sends: 0,
            submit_after_us: 0,
            send_after_us: 0,
            keeping: Keeping::default(),
            halted: None,
            rests: false,
            begun: None,
        }
    }

    /// All at once: a vector that grows leaves behind as much memory as it takes.
    fn make_room(&mut self, count: usize) {
        self.index = Index::with_room(count);
        self.entries.reserve_exact(count);
    }

    /// The number of a deployment.
    fn deployment(&mut self, name: Option<String>, known: &mut Index) -> u32 {
        let Some(name) = name else { return NONE };
        let deployments = &mut self.queue.deployments;
        let (mark, next) = (hash(&[&name]), deployments.len() as u32);
        let is_it =
            |number: u32| deployments.get(number as usize).is_some_and(|it| it.name == name);
        known.find(mark, &is_it).unwrap_or_else(|| {
            known.add(mark, next);
            deployments.push(Deployment::new(name));
            next
        })
    }

    /// Takes a machine in, once.
    fn enlist(&mut self, entry: Entry<V>) -> Result<(), InvalidInput> {
        let place = self.entries.len() as u32;
        let machine = entry.machine.as_str();
        if self.place_of(machine).is_some() {
            return Err(InvalidInput(concat(&["machines: ", machine, " is there twice"])));
        }
        self.index.add(hash(&[machine]), place);
        self.entries.push(entry);
        self.ledger.add(&mut self.entries, place);
        Ok(())
    }

    /// Puts those that are queued into their order, and those that another process has begun before them.
    fn line_up(&mut self) {
        let mut queued = Vec::new();
        for (place, entry) in (0..).zip(&mut self.entries) {
            match entry.status {
                MachineStatus::Queued => queued.push(place),
                status if !status.is_over() => self.queue.push_begun(place),
                _ => {}
            }
            if !entry.is_quiet() {
                self.queue.occupy(entry);
            }
        }
        self.queue.fill(&self.entries, self.options.order, &queued);
    }

    fn place_of(&self, machine: &str) -> Option<u32> {
        let is_it = |place: u32| {
            self.entries.get(place as usize).is_some_and(|it| it.machine.as_str() == machine)
        };
        self.index.find(hash(&[machine]), &is_it)
    }

    /// Somebody waits, and nobody did: what ended the last wait is tried again.
    pub fn pull(&mut self) {
        self.halted = None;
        self.rests = false;
        for slot in 0..self.slots.len() as u32 {
            self.take_up(slot);
        }
    }

    /// No other machine is submitted, not even by [`Fleet::retry`], nor one whose request is ready and has not left;
    /// those under way go on.
    pub fn pause(&mut self) {
        self.begun = None;
        self.recall(false);
        self.set_paused(true);
    }

    /// Goes on after a pause.
    pub fn unpause(&mut self) {
        self.set_paused(false);
    }

    /// A change like any other: whoever takes the fleet up after a crash must not submit what was to wait.
    fn set_paused(&mut self, is_paused: bool) {
        if std::mem::replace(&mut self.is_paused, is_paused) != is_paused {
            self.ledger.revision += 1;
        }
    }

    /// Submits a machine again that failed or was skipped; or looks again what became of one that is unknown, and sends
    /// only if nothing is found. Of any other it is refused.
    pub fn retry(&mut self, machine: &str) -> Result<(), InvalidInput> {
        let Some(place) = self.place_of(machine) else {
            return Err(InvalidInput(concat(&["retry: the fleet has no machine ", machine])));
        };
        let Some(entry) = self.entries.get_mut(place as usize) else { return Ok(()) };
        match entry.status {
            MachineStatus::Failed => entry.attempt = entry.attempt.wrapping_add(1),
            MachineStatus::Skipped => {}
            MachineStatus::Unknown => entry.again = true,
            status => {
                return Err(InvalidInput(concat(&[
                    "retry: machine ",
                    machine,
                    " is ",
                    status.as_str(),
                    "; only what is failed, unknown or skipped can be retried",
                ])));
            }
        }
        entry.skipped = None;
        entry.retried = true;
        // Others may be waiting for the deployment that it holds.
        let holds = entry.holds;
        self.note(place, MachineStatus::Queued, 0, true);
        if holds {
            self.queue.push_front(place)
        } else {
            self.queue.push_back(place)
        }
        Ok(())
    }

    fn note(&mut self, place: u32, status: MachineStatus, percent: u8, moves: bool) {
        self.ledger.note(&mut self.entries, place, status, percent, moves);
    }

    fn slots_in_use(&self) -> u32 {
        (self.slots.len() - self.free_slots.len()) as u32
    }

    /// The next machine to begin with, if one may be begun; or when one may be.
    fn next(&mut self, now: Now) -> Result<u32, Option<Ms>> {
        let most = self.options.concurrency;
        if self.at_service >= most || self.slots_in_use() >= SLOTS_FOR_ONE * most {
            return Err(None);
        }
        if let Some(place) = self.queue.pop_begun() {
            return Ok(place);
        }
        if self.is_paused || self.queue.is_empty() {
            return Err(None);
        }
        let may_at = self.submit_after_us.div_ceil(1000);
        if may_at > now.monotonic {
            return Err(Some(may_at));
        }
        let place = self.queue.pop(&mut self.entries).ok_or(None)?;
        let interval = self.options.submit_interval_us;
        self.submit_after_us = next_submit(self.submit_after_us, interval, now.monotonic);
        Ok(place)
    }

    /// Whether a request that must not be repeated is on its way.
    fn is_sending(&self) -> bool {
        self.slots.iter().any(|slot| {
            let entry = self.entries.get(slot.place as usize);
            entry.and_then(|it| it.operation.as_ref()).is_some_and(|it| it.is_sending())
        })
    }

    /// Nobody drives it any more. A request that has left cannot be called back; all else is dropped.
    fn abandon(&mut self, now: Now, random: u32) {
        self.rests = true;
        for slot in 0..self.slots.len() as u32 {
            self.tell(slot, Event::Abandoned, now, random);
        }
        self.recall(false);
        self.begun = None;
        self.ready.clear();
        self.throttled.clear();
        self.timers.clear_all();
        for slot in &mut self.slots {
            slot.is_ready = false;
            slot.is_throttled = false;
        }
        self.keeping.asking.clear();
        self.keeping.asked.clear();
        self.keeping.is_open = false;
    }
}

impl<V: Value> StateMachine<V> for Fleet<V> {
    fn next_action(&mut self, now: Now, may_send: bool) -> Action {
        while !self.is_resting() {
            if !self.is_paused {
                self.begun.get_or_insert((now.monotonic, self.ledger.percents));
            }
            let mut until = None;
            if let Some(slot) = self.next_slot(may_send) {
                if let Some(action) = self.poll_slot(slot, now, may_send) {
                    return action;
                }
                continue;
            }
            if let Some((at, slot)) = self.timers.first() {
                if at <= now.monotonic {
                    self.timers.clear(slot);
                    self.make_ready(slot);
                    continue;
                }
                until = Some(at);
            }
            match self.next(now) {
                Ok(place) => {
                    self.start(place);
                    continue;
                }
                Err(later) => until = earlier(until, later),
            }
            let is_idle = self.slots_in_use() == 0 && self.queue.is_empty();
            if is_idle && self.count(MachineStatus::Queued) > 0 {
                // Those that wait for a deployment that nobody will free.
                self.skip(Skipped::Deployment);
            }
            return match self.keeps(now, is_idle) {
                Ok(()) => Action::Persist,
                Err(None) if is_idle && !self.keeping.is_open => Action::Done,
                Err(later) if self.throttled.is_empty() => {
                    Action::Wait { until: earlier(until, later) }
                }
                Err(later) => Action::Throttled { until: earlier(until, later) },
            };
        }
        // What has left is waited for: given up, it would have to be looked for.
        match self.is_sending() {
            true => Action::Wait { until: None },
            false => Action::Done,
        }
    }

    fn handle(&mut self, event: Event<V>, now: Now, random: u32) {
        let slot = |id: SendId| id & ((1 << SLOT_BITS) - 1);
        match event {
            Event::Outcome { id, .. } | Event::Seen { id, .. } => {
                self.tell(slot(id), event, now, random);
            }
            Event::Persisted => self.note_kept(true, now, random),
            Event::NotPersisted => self.note_kept(false, now, random),
            Event::Nudge => {
                for slot in 0..self.slots.len() as u32 {
                    self.tell(slot, Event::Nudge, now, random);
                }
            }
            Event::Abandoned => self.abandon(now, random),
        }
    }
}

fn earlier(one: Option<Ms>, other: Option<Ms>) -> Option<Ms> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
