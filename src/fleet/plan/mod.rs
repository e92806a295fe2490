//! What a fleet of snapshots would do, found by reads alone and by as few as it takes.
//!
//! Machines come by pages of the list, as long as that may be cheaper than one read for each that is still missing;
//! then singly. The snapshots are counted only of machines that have a limit, and that nothing else keeps from it.

pub(crate) mod estimate;

use std::rc::Rc;

use crate::engine::contract::{Action, Event, SendId, StateMachine, Waits};
use crate::engine::exchange::{Certainty, Exchange, Failed, Next, Read};
use crate::engine::outcome::Outcome;
use crate::engine::pages::{Pages, Paging};
use crate::engine::policy::Policy;
use crate::error::{Code, Error, InvalidInput};
use crate::fleet::options::{FleetMachine, FleetOptions};
use crate::inspect::check::{REVERT_UNSUPPORTED, Reason, check, limit_of};
use crate::poll_batch::demand::spacing;
use crate::poll_batch::name_of;
use crate::protocol::call::{Call, MachineQuery};
use crate::protocol::model::{Machine, SnapshotSpecification};
use crate::util::clock::{Ms, Now};
use crate::util::index::Index;
use crate::util::text::{concat, hash};
use crate::util::value::{Unreadable, Value, nullable};
use estimate::{FleetPlan, Pace, PlannedMachine};

/// A plan on its way.
#[derive(Debug)]
pub struct Planning<V> {
    policy: Rc<Policy>,
    pace: Pace,
    specification: SnapshotSpecification,
    machines: Vec<PlannedMachine>,
    /// Each of them, once it has been read.
    read: Vec<Option<Machine>>,
    /// The machines by their ids.
    index: Index,
    pages: Option<Pages<V>>,
    pages_read: usize,
    /// Machines to be read singly, and those whose snapshots are.
    queue: Vec<usize>,
    reads: Vec<(usize, Exchange)>,
    sends: SendId,
    result: Option<Result<FleetPlan, Error<V>>>,
}

/// Fewer are read singly: at most so many calls, and a list may be long.
const WORTH_A_LIST: usize = 20;

const PAGE: u32 = 200;

/// So many calls are open at once.
const OPEN: usize = 16;

impl<V: Value> Planning<V> {
    /// A plan for a fleet of these machines; `expected` is how long one operation is expected to take. A machine that is
    /// there twice is refused.
    pub fn new(
        machines: Vec<FleetMachine>,
        specification: SnapshotSpecification,
        options: &FleetOptions,
        expected: Ms,
        policy: Rc<Policy>,
    ) -> Result<Self, InvalidInput> {
        let mut planning = Self {
            policy,
            pace: Pace::of(options, expected),
            specification,
            index: Index::with_room(machines.len()),
            machines: Vec::new(),
            read: Vec::new(),
            pages: None,
            pages_read: 0,
            queue: Vec::new(),
            reads: Vec::new(),
            sends: 0,
            result: None,
        };
        for machine in machines {
            let id = machine.id.as_str();
            if planning.place_of(id).is_some() {
                return Err(InvalidInput(concat(&["machines: ", id, " is there twice"])));
            }
            planning.index.add(hash(&[id]), planning.machines.len() as u32);
            planning.machines.push(PlannedMachine::new(machine));
            planning.read.push(None);
        }
        if planning.machines.len() >= WORTH_A_LIST {
            let call = Call::list_machines(&MachineQuery::default());
            let paging = Paging::Sized(PAGE);
            // What the list does not show is read singly.
            let pages = Pages::new(call, paging, name_of, planning.policy.clone()).with_gaps();
            planning.pages = Some(pages);
        } else {
            planning.queue_missing();
        }
        planning.conclude();
        Ok(planning)
    }

    fn place_of(&self, id: &str) -> Option<usize> {
        let is_it = |place: u32| {
            self.machines.get(place as usize).is_some_and(|it| it.machine.as_str() == id)
        };
        self.index.find(hash(&[id]), &is_it).map(|place| place as usize)
    }

    fn is_missing(&self, place: usize) -> bool {
        self.read.get(place).is_some_and(Option::is_none)
    }

    /// The plan, once it is done.
    pub fn result(&self) -> Option<&Result<FleetPlan, Error<V>>> {
        self.result.as_ref()
    }

    /// What the list has not shown is read singly, the first one first.
    fn queue_missing(&mut self) {
        self.pages = None;
        for (place, read) in self.read.iter().enumerate().rev() {
            if read.is_none() {
                self.queue.push(place);
            }
        }
    }

    /// Takes what has come of the list.
    fn read_list(&mut self, mut pages: Pages<V>) {
        let mut has_read = false;
        let is_over = loop {
            match pages.take_named() {
                Some(Ok(Some((id, item)))) => {
                    has_read = true;
                    self.show(&id, &item);
                }
                Some(Ok(None)) => break true,
                Some(Err(error)) if error.code == Code::Unauthorized => {
                    self.result = Some(Err(error));
                    return;
                }
                // It can be done without.
                Some(Err(_)) => break true,
                None => break false,
            }
        };
        self.pages_read += usize::from(has_read);
        let missing = self.read.iter().filter(|read| read.is_none()).count();
        if is_over || does_not_pay(self.pages_read, missing) {
            self.queue_missing();
        } else {
            self.pages = Some(pages);
        }
    }

    /// The list shows this machine.
    fn show(&mut self, id: &str, item: &V) {
        if let Some(place) = self.place_of(id).filter(|place| self.is_missing(*place)) {
            // One that cannot be read here is read singly, and that says what is wrong with it.
            let _ = self.see(place, item);
        }
    }

    /// A machine has been read.
    fn see(&mut self, place: usize, item: &V) -> Result<(), Unreadable> {
        let machine: Machine = item.decode()?;
        let (name, deployment) = (nullable(item, "name")?, nullable(item, "deploymentId")?);
        let Some(planned) = self.machines.get_mut(place) else { return Ok(()) };
        // What the user calls it, it is called.
        planned.name = planned.name.take().or(name);
        planned.deployment = planned.deployment.take().or(deployment);
        planned.snapshot_limit = limit_of(&machine);
        if let Some(read) = self.read.get_mut(place) {
            *read = Some(machine);
        }
        // As if there were none: what is in the way then, is so in any case.
        self.judge(place, 0);
        let planned = self.machines.get(place);
        if planned.is_some_and(|it| it.can_snapshot && it.snapshot_limit.is_some()) {
            self.queue.push(place);
        }
        Ok(())
    }

    /// Decides of a machine that has been read.
    fn judge(&mut self, place: usize, snapshots: u32) {
        let (Some(planned), Some(Some(machine))) =
            (self.machines.get_mut(place), self.read.get(place))
        else {
            return;
        };
        let specification = planned.specification.as_deref().unwrap_or(&self.specification);
        let found = check(machine, snapshots, specification);
        planned.can_snapshot = found.can_snapshot;
        planned.reasons = found.reasons;
        // Nobody wants to revert here.
        planned.reasons.retain(|reason| reason.code != REVERT_UNSUPPORTED);
    }

    /// A single read has come to its end.
    fn take(&mut self, place: usize, end: Result<Read<V>, Failed<V>>) {
        let mut error = match end {
            Ok(read) => match self.take_read(place, &read) {
                Ok(()) => return,
                Err(Unreadable) => read.unexpected(),
            },
            Err(Failed { error, certainty }) => {
                if error.code == Code::Unauthorized || certainty == Certainty::Unsent {
                    self.result = Some(Err(error));
                    return;
                }
                error
            }
        };
        if let Some(planned) = self.machines.get_mut(place) {
            planned.can_snapshot = false;
            let message = std::mem::take(&mut error.message);
            planned.reasons.push(Reason { code: why(error.code), message });
        }
    }

    fn take_read(&mut self, place: usize, read: &Read<V>) -> Result<(), Unreadable> {
        if self.is_missing(place) {
            return self.see(place, read.payload.json()?);
        }
        let count = read.payload.items()?.len() as u32;
        if let Some(planned) = self.machines.get_mut(place) {
            planned.snapshot_count = Some(count);
        }
        self.judge(place, count);
        Ok(())
    }

    /// Begins the read that a machine needs next.
    fn begin(&mut self, place: usize) {
        let Some(planned) = self.machines.get(place) else { return };
        let call = match self.is_missing(place) {
            true => Call::get_machine(&planned.machine),
            false => Call::list_snapshots(&planned.machine),
        };
        self.reads.push((place, Exchange::new(call, &self.policy)));
    }

    fn conclude(&mut self) {
        let is_over = self.pages.is_none() && self.queue.is_empty() && self.reads.is_empty();
        if !is_over || self.result.is_some() {
            return;
        }
        let machines = std::mem::take(&mut self.machines);
        self.result = Some(Ok(FleetPlan::new(machines, &self.pace, spacing(&self.policy))));
    }
}

/// Whether so many pages are as many calls as the single reads that they were to save.
fn does_not_pay(pages: usize, missing: usize) -> bool {
    pages >= missing
}

/// A failed read, as a reason not to.
fn why(code: Code) -> &'static str {
    match code {
        Code::NotFound => "not_found",
        Code::Forbidden => "forbidden",
        _ => "unreadable",
    }
}

impl<V: Value> StateMachine<V> for Planning<V> {
    fn next_action(&mut self, now: Now, may_send: bool) -> Action {
        if self.result.is_some() {
            return Action::Done;
        }
        let mut waits = Waits::default();
        if let Some(pages) = &mut self.pages {
            let action = pages.poll_with(now, may_send, &mut self.sends);
            if let Some(action) = waits.add(action) {
                return action;
            }
        }
        while self.reads.len() + usize::from(self.pages.is_some()) < OPEN
            && let Some(place) = self.queue.pop()
        {
            self.begin(place);
        }
        for (_, exchange) in &mut self.reads {
            let action = exchange.poll(now, may_send, &mut self.sends);
            if let Some(action) = action.and_then(|action| waits.add(action)) {
                return action;
            }
        }
        waits.action()
    }

    fn handle(&mut self, event: Event<V>, now: Now, random: u32) {
        let reads = self.reads.iter_mut().map(|(_, exchange)| exchange);
        match event {
            Event::Outcome { id, outcome } if self.result.is_none() => {
                self.take_outcome(id, outcome, now, random);
                return self.conclude();
            }
            Event::Nudge => reads.for_each(Exchange::nudge),
            Event::Abandoned => reads.for_each(Exchange::abandon),
            _ => return,
        }
        if let Some(pages) = &mut self.pages {
            pages.handle(event, now, random);
        }
    }
}

impl<V: Value> Planning<V> {
    fn take_outcome(&mut self, id: SendId, outcome: Outcome<V>, now: Now, random: u32) {
        let is_open = |(_, exchange): &(usize, Exchange)| exchange.next() == Next::Open(id);
        if let Some(which) = self.reads.iter().position(is_open) {
            let Some((place, exchange)) = self.reads.get_mut(which) else { return };
            let place = *place;
            if let Some(end) = exchange.outcome(id, outcome, now, random) {
                self.reads.swap_remove(which);
                self.take(place, end);
            }
        } else if let Some(mut pages) = self.pages.take() {
            pages.handle(Event::Outcome { id, outcome }, now, random);
            self.read_list(pages);
        }
    }
}
