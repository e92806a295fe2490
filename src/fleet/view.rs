//! What can be seen of a fleet from outside, and what may be waited for.

use super::entry::{FleetEntry, MachineStatus};
use super::{Fleet, SLOT_BITS};
use crate::engine::contract::SendId;
use crate::error::Error;
use crate::util::clock::{Ms, Now};
use crate::util::value::Value;

/// What somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FleetGoal {
    /// That nothing more comes of any machine, and all of it is kept.
    Ended,
    /// That something has changed since this revision, or that nothing will any more.
    Changed(u32),
}

impl<V: Value> Fleet<V> {
    /// Whether the goal is reached, or what keeps it from being reached; `None`: not yet.
    pub fn answer(&self, goal: FleetGoal) -> Option<Result<(), Error<V>>> {
        let is_reached = match (&self.halted, goal) {
            // Once nothing is on its way any more, so that it is known what was sent.
            (Some(_), _) if self.is_sending() => false,
            (Some(error), _) => return Some(Err(error.clone())),
            (None, FleetGoal::Ended) => self.is_over(),
            (None, FleetGoal::Changed(since)) => self.ledger.revision != since || self.is_over(),
        };
        is_reached.then_some(Ok(()))
    }

    /// Random; the same after a resume.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How many machines there are.
    pub fn size(&self) -> u32 {
        self.entries.len() as u32
    }

    /// How many machines are there.
    pub fn count(&self, status: MachineStatus) -> u32 {
        self.ledger.count(status)
    }

    /// Whether nothing more comes of any machine, and all of it is kept.
    pub fn is_over(&self) -> bool {
        let over: u32 = MachineStatus::ALL
            .into_iter()
            .filter(|status| status.is_over())
            .map(|status| self.count(status))
            .sum();
        over == self.size() && self.ledger.revision == self.keeping.kept && !self.keeping.is_open
    }

    /// Whether it sends nothing more until it is pulled again.
    pub(super) fn is_resting(&self) -> bool {
        self.rests || self.halted.is_some()
    }

    /// Whether it is paused.
    pub fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// 0 to 100; 100 when nothing more comes of any machine.
    pub fn progress(&self) -> u8 {
        let all = u64::from(self.size());
        self.ledger.percents.checked_div(all).unwrap_or(100) as u8
    }

    /// The time left, if it goes on as it went in this process.
    pub fn eta(&self, now: Now) -> Option<Ms> {
        let (begun, before) = self.begun?;
        if self.is_paused || self.is_over() {
            return None;
        }
        let done = self.ledger.percents.checked_sub(before).filter(|done| *done > 0)?;
        let left = (u64::from(self.size()) * 100).saturating_sub(self.ledger.percents);
        Some(now.monotonic.saturating_sub(begun).saturating_mul(left) / done)
    }

    /// Counts the changes.
    pub fn revision(&self) -> u32 {
        self.ledger.revision
    }

    /// All machines, in the order in which they were given.
    pub fn entries(&self) -> impl Iterator<Item = FleetEntry<'_, V>> {
        self.entries.iter().map(FleetEntry)
    }

    /// This machine, if the fleet has it.
    pub fn entry(&self, machine: &str) -> Option<FleetEntry<'_, V>> {
        let place = self.place_of(machine)?;
        self.entries.get(place as usize).map(FleetEntry)
    }

    /// The machines of which anything has changed since this revision, the latest first.
    pub fn changed_since(&self, revision: u32) -> impl Iterator<Item = FleetEntry<'_, V>> {
        self.ledger.since(&self.entries, revision).map(|(_, entry)| FleetEntry(entry))
    }

    /// The tracker that this attempt polls, if it polls one.
    pub fn polled(&self, id: SendId) -> Option<&str> {
        let slot = self.slots.get((id & ((1 << SLOT_BITS) - 1)) as usize)?;
        self.entries.get(slot.place as usize)?.operation.as_ref()?.polled(id)
    }
}
