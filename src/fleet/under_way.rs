//! One machine under way: its operation, from the first request to its end.

use super::Fleet;
use super::entry::{Entry, MachineStatus, NONE, Skipped};
use super::options::{filled, key_of, next_submit};
use crate::engine::contract::{Action, Event, StateMachine};
use crate::error::{Code, Error, InvalidInput};
use crate::operation::Operation;
use crate::operation::state::Phase;
use crate::util::clock::Now;
use crate::util::text::{concat, digits};
use crate::util::value::Value;

/// A place for an operation under way. The number of each of its attempts ends in the slot's own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    /// The entry.
    pub(super) place: u32,
    pub(super) is_ready: bool,
    pub(super) is_throttled: bool,
    /// Its request is under way at the service, or may be.
    is_at_service: bool,
    /// What its operation was at last: its phase, and the revision of its tracker.
    phase: Option<Phase>,
    shown: u32,
}

/// The bits of an attempt's number that name the slot.
pub(super) const SLOT_BITS: u32 = 12;
/// Those that are under way and those that only look for their snapshot: as many again, so that late lists hold nobody up.
pub(super) const SLOTS_FOR_ONE: u32 = 2;

impl<V: Value> Fleet<V> {
    /// Begins with a machine, or goes on with it.
    pub(super) fn start(&mut self, place: u32) {
        let created = self.operation_for(place);
        let Some(entry) = self.entries.get_mut(place as usize) else { return };
        let is_at_service = !entry.only_looks();
        if is_at_service {
            self.at_service += 1;
            self.queue.occupy(entry);
        }
        let slot = self.free_slots.pop().unwrap_or(self.slots.len() as u32);
        let (is_ready, is_throttled, phase, shown) = (false, false, None, 0);
        let taken = Slot { place, is_ready, is_throttled, is_at_service, phase, shown };
        match self.slots.get_mut(slot as usize) {
            // It may still stand in a line, where it must not stand twice.
            Some(free) => {
                let (is_ready, is_throttled) = (free.is_ready, free.is_throttled);
                *free = Slot { is_ready, is_throttled, ..taken };
            }
            None => self.slots.push(taken),
        }
        entry.slot = slot;
        entry.error = None;
        entry.quiet = false;
        match created {
            None => {}
            Some(Ok(operation)) => entry.operation = Some(Box::new(operation)),
            // Not to be expected: the prefix was looked at.
            Some(Err(invalid)) => {
                return self.end(slot, MachineStatus::Failed, Some(invalid.into()));
            }
        }
        self.take_up(slot);
        self.sync(slot);
    }

    /// The operation of a machine that has none yet.
    fn operation_for(&self, place: u32) -> Option<Result<Operation<V>, InvalidInput>> {
        let entry = self.entries.get(place as usize)?;
        if entry.operation.is_some() {
            return None;
        }
        let specification = entry.specification.as_deref().unwrap_or(&self.specification);
        let specification = filled(specification, entry.called(), &self.date);
        let id = concat(&[&self.id, ".", &digits(u64::from(place) + 1)]);
        let machine = entry.machine.clone();
        let operation = Operation::create(id, self.policy.clone(), machine, specification)
            .sharing(self.claims.clone());
        let prefix = self.options.key_prefix.as_deref();
        let key = key_of(prefix, &self.id, entry.machine.as_str(), place, entry.attempt);
        Some(key.map(|key| match prefix {
            Some(_) => operation.keyed(Some(key)),
            None => operation.freshly_keyed(key),
        }))
    }

    /// An operation is to go on: submitted if it is to be, else taken up where it stands.
    pub(super) fn take_up(&mut self, slot: u32) {
        let Some(entry) = self.entry_in(slot) else { return };
        let again = entry.again;
        let Some(operation) = &mut entry.operation else { return };
        let submits = operation.phase() == Phase::Prepared || again;
        if !submits || operation.submit().is_err() {
            operation.pull();
        }
        self.make_ready(slot);
    }

    pub(super) fn make_ready(&mut self, slot: u32) {
        if let Some(it) = self.slots.get_mut(slot as usize)
            && !it.is_ready
        {
            it.is_ready = true;
            self.ready.push_back(slot);
        }
    }

    /// The call of this slot waits until calls may be sent.
    fn hold_back(&mut self, slot: u32) {
        self.timers.clear(slot);
        if let Some(it) = self.slots.get_mut(slot as usize)
            && !std::mem::replace(&mut it.is_throttled, true)
        {
            self.throttled.push_back(slot);
        }
    }

    /// The next slot that has something to do: those whose calls were held back come first.
    pub(super) fn next_slot(&mut self, may_send: bool) -> Option<u32> {
        let held_back = if may_send { self.throttled.pop_front() } else { None };
        if let Some(slot) = held_back {
            if let Some(it) = self.slots.get_mut(slot as usize) {
                it.is_throttled = false;
            }
            return held_back;
        }
        let slot = self.ready.pop_front()?;
        if let Some(it) = self.slots.get_mut(slot as usize) {
            it.is_ready = false;
        }
        Some(slot)
    }

    pub(super) fn entry_in(&mut self, slot: u32) -> Option<&mut Entry<V>> {
        self.entries.get_mut(self.slots.get(slot as usize)?.place as usize)
    }

    /// Lets an operation tell what it wants; gives what is to be done about it at once.
    pub(super) fn poll_slot(&mut self, slot: u32, now: Now, may_send: bool) -> Option<Action> {
        let id = (self.sends.wrapping_add(1) << SLOT_BITS) | slot;
        let mut before = id.wrapping_sub(1);
        let may_at = self.send_after_us.div_ceil(1000);
        let operation = self.entry_in(slot)?.operation.as_mut()?;
        let submits = operation.is_about_to_submit();
        if submits && may_at > now.monotonic {
            self.timers.set(slot, may_at);
            return None;
        }
        match operation.poll_with(now, may_send, &mut before) {
            action @ (Action::Send { .. } | Action::Cancel { .. }) => {
                if submits {
                    let interval = self.options.submit_interval_us;
                    self.send_after_us = next_submit(self.send_after_us, interval, now.monotonic);
                }
                self.sends = self.sends.wrapping_add(1);
                // It may have more to do.
                self.make_ready(slot);
                self.sync(slot);
                return Some(action);
            }
            Action::Persist => self.keeping.asking.push(slot),
            Action::Throttled { .. } => self.hold_back(slot),
            Action::Wait { until: Some(until) } => self.timers.set(slot, until),
            Action::Wait { until: None } | Action::Done => self.timers.clear(slot),
        }
        self.sync(slot);
        None
    }

    /// Tells an operation what happened.
    pub(super) fn tell(&mut self, slot: u32, event: Event<V>, now: Now, random: u32) {
        let Some(entry) = self.entry_in(slot) else { return };
        if let Some(operation) = &mut entry.operation {
            operation.handle(event, now, random);
            self.make_ready(slot);
            self.sync(slot);
        }
    }

    /// Takes note of what an operation has come to.
    fn sync(&mut self, slot: u32) {
        let Some(entry) = self.entry_in(slot) else { return };
        let (status, percent) = (entry.status, entry.percent);
        let Some(operation) = &entry.operation else { return };
        let (phase, revision) = (operation.phase(), operation.revision());
        let now_percent = operation.progress().unwrap_or(0);
        let error = operation.halted().or(operation.error()).cloned();
        if let Some(error) = error {
            let is_unsent = matches!(phase, Phase::Prepared | Phase::Failed);
            return match error.code {
                // No machine's failure: without a token nothing can be done for any of them.
                Code::Unauthorized => {
                    self.halted = Some(error);
                    if is_unsent {
                        self.put_back(slot);
                    }
                    self.recall(false);
                }
                _ if is_unsent => self.end(slot, MachineStatus::Failed, Some(error)),
                _ => self.end(slot, MachineStatus::Unknown, Some(error)),
            };
        }
        let now_status = match phase {
            Phase::Finished => return self.end(slot, MachineStatus::Finished, None),
            Phase::Prepared | Phase::Submitting => MachineStatus::Submitting,
            _ => MachineStatus::InProgress,
        };
        if phase == Phase::Resolving {
            self.leave_service(slot);
        }
        let Some(it) = self.slots.get_mut(slot as usize) else { return };
        let place = it.place;
        // A state must know: what was prepared and has been sent since must not be taken for prepared.
        let moves = it.phase.replace(phase) != Some(phase);
        if std::mem::replace(&mut it.shown, revision) != revision
            || moves
            || (status, percent) != (now_status, now_percent)
        {
            self.note(place, now_status, now_percent, moves);
        }
    }

    /// The request is over at the service: another may be submitted, on the same deployment too.
    fn leave_service(&mut self, slot: u32) {
        let Some(it) = self.slots.get_mut(slot as usize) else { return };
        if !std::mem::replace(&mut it.is_at_service, false) {
            return;
        }
        let place = it.place;
        self.at_service -= 1;
        if self.entries.get(place as usize).is_some_and(Entry::is_quiet) {
            self.queue.free(place, &mut self.entries);
        }
    }

    /// A machine has come to its end.
    fn end(&mut self, slot: u32, status: MachineStatus, error: Option<Error<V>>) {
        let Some(entry) = self.entry_in(slot) else { return };
        entry.error = error;
        entry.again = false;
        entry.retried = false;
        entry.quiet = entry.operation.as_ref().is_some_and(|it| it.is_still());
        entry.snapshot = entry.operation.as_ref().and_then(|it| it.snapshot()).cloned();
        let place = self.vacate(slot);
        if status != MachineStatus::Unknown
            && let Some(entry) = self.entries.get_mut(place as usize)
        {
            entry.operation = None;
        }
        self.note(place, status, 100, true);
        let failures = self.count(MachineStatus::Failed) + self.count(MachineStatus::Unknown);
        let fails = matches!(status, MachineStatus::Failed | MachineStatus::Unknown);
        if fails && self.options.stop_after_failures.is_some_and(|limit| failures >= limit) {
            self.skip(Skipped::Failures);
        }
    }

    /// Takes back all that have not been sent - but for what somebody asked for by name, if that is to be kept.
    pub(super) fn recall(&mut self, keeps_retried: bool) {
        // The last one first: those that are put back are then in order.
        for slot in (0..self.slots.len() as u32).rev() {
            let Some(entry) = self.entry_in(slot) else { continue };
            if keeps_retried && entry.retried {
                continue;
            }
            if entry.operation.as_mut().is_some_and(|operation| operation.recall()) {
                self.put_back(slot);
            }
        }
        // Whoever comes into these slots next has not been kept.
        let slots = &self.slots;
        let is_taken = |slot: &u32| slots.get(*slot as usize).is_some_and(|it| it.place != NONE);
        self.keeping.asking.retain(is_taken);
        self.keeping.asked.retain(is_taken);
    }

    /// Nothing was sent: it is the next one again.
    pub(super) fn put_back(&mut self, slot: u32) {
        let place = self.vacate(slot);
        if let Some(entry) = self.entries.get_mut(place as usize) {
            entry.operation = None;
        }
        self.note(place, MachineStatus::Queued, 0, true);
        self.queue.push_front(place);
    }

    /// The slot is free for another; gives the entry that was in it.
    fn vacate(&mut self, slot: u32) -> u32 {
        self.leave_service(slot);
        self.timers.clear(slot);
        self.free_slots.push(slot);
        let Some(it) = self.slots.get_mut(slot as usize) else { return NONE };
        let place = std::mem::replace(&mut it.place, NONE);
        if let Some(entry) = self.entries.get_mut(place as usize) {
            entry.slot = NONE;
        }
        place
    }

    /// What is still queued is not submitted.
    pub(super) fn skip(&mut self, why: Skipped) {
        let keeps_retried = why == Skipped::Failures;
        self.recall(keeps_retried);
        self.queue.clear(&mut self.entries);
        for place in 0..self.entries.len() as u32 {
            let Some(entry) = self.entries.get_mut(place as usize) else { return };
            if entry.status != MachineStatus::Queued {
                continue;
            }
            if keeps_retried && entry.retried {
                self.queue.push_back(place);
                continue;
            }
            // One that was to be looked for again is as unknown as before.
            let status = match entry.operation {
                Some(_) => MachineStatus::Unknown,
                None => MachineStatus::Skipped,
            };
            entry.again = false;
            entry.retried = false;
            entry.skipped = Some(why);
            self.note(place, status, 100, true);
        }
    }
}
