//! Operations under way: what they take, when they end, and what they change then.

mod kind;
mod tracker;

use std::collections::BTreeMap;

use indexmap::IndexMap;

pub(crate) use kind::Kind;
pub(crate) use tracker::{Tracker, TrackerView};

use crate::error::ServiceError;
use crate::estate::Snapshot;

/// What an operation does to the snapshots of its machine when it finishes.
#[derive(Debug)]
pub(crate) enum Change {
    Add(Snapshot),
    Revert(String),
    Remove(String),
}

/// An operation at its end.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) machine: String,
    /// Nothing, if it failed.
    pub(crate) change: Option<Change>,
}

/// All operations, under way and over.
#[derive(Default)]
pub(crate) struct Operations {
    /// What clients see, the oldest first.
    trackers: IndexMap<String, Tracker>,
    /// What is under way, by the time of its end and then by its number. Kept apart from the trackers: deleting
    /// a tracker does not stop the request.
    under_way: BTreeMap<(u64, u64), Ended>,
    begun: u64,
}

impl Operations {
    pub(crate) fn begin(&mut self, tracker: Tracker, change: Option<Change>) {
        let machine = tracker.machine.clone();
        self.under_way.insert((tracker.ends, self.begun), Ended { machine, change });
        self.begun += 1;
        self.trackers.insert(tracker.id.clone(), tracker);
    }

    /// Takes the next operation that has ended by now.
    pub(crate) fn next_ended(&mut self, now: u64) -> Option<Ended> {
        let next = self.under_way.first_entry()?;
        let (ends, _) = *next.key();
        (ends <= now).then(|| next.remove())
    }

    /// The trackers, the newest first.
    pub(crate) fn trackers(&self) -> impl Iterator<Item = &Tracker> {
        self.trackers.values().rev()
    }

    pub(crate) fn tracker(&self, id: &str) -> Result<&Tracker, ServiceError> {
        self.trackers.get(id).ok_or_else(|| no_tracker(id))
    }

    pub(crate) fn forget(&mut self, id: &str) -> Result<(), ServiceError> {
        self.trackers.shift_remove(id).map(drop).ok_or_else(|| no_tracker(id))
    }
}

fn no_tracker(id: &str) -> ServiceError {
    ServiceError::not_found(format!("Request tracker with id '{id}' not found"))
}
