//! Operations under way: what they take, when they end, and what they change then.

pub(crate) mod kind;
pub(crate) mod tracker;

use std::collections::BTreeMap;

use fastrand::Rng;
use indexmap::IndexMap;

use crate::http::error::ServiceError;
use crate::http::filter::Filter;
use crate::http::route::{Call, Subject};
use crate::inventory::Estate;
use crate::inventory::snapshots::Snapshot;
use crate::util::ids;
use crate::util::list;
use kind::Kind;
use tracker::{Tracker, TrackerAt};

/// What an operation does to the snapshots of its machine when it finishes.
#[derive(Debug)]
pub(crate) enum Change {
    Add(Box<Snapshot>),
    Revert(String),
    Remove(String),
}

/// An operation at its end.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) machine: String,
    /// Whether it occupied the machine until now.
    pub(crate) frees: bool,
    /// Whether it was a request for a snapshot, and is over now.
    pub(crate) requested: bool,
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
    /// So many operations that ended long ago, on one machine after the other.
    pub(crate) fn past(count: u16, estate: &Estate, random: &mut Rng) -> Self {
        let mut operations = Self::default();
        let machines = estate.machines().cycle();
        for (machine, _) in machines.zip(0..count) {
            operations.remember(Tracker {
                id: ids::uuid(random),
                kind: Kind::Create { memory: false },
                machine: machine.id.clone(),
                deployment: machine.deployment_id.clone(),
                resources: Some(vec![format!("/iaas/api/machines/{}", machine.id)]),
                made: None,
                begins: 0,
                ends: 0,
                fails: None,
                phases: Vec::new(),
            });
        }
        operations
    }

    /// Begins one. What it changes can be seen so many milliseconds after its end.
    pub(crate) fn begin(&mut self, tracker: Tracker, end: Ended, seen_after: u64) {
        let seen = tracker.ends.saturating_add(seen_after);
        if seen > tracker.ends {
            let Ended { machine, change, .. } = end;
            self.schedule(tracker.ends, Ended { machine: machine.clone(), change: None, ..end });
            self.schedule(seen, Ended { machine, frees: false, requested: false, change });
        } else {
            self.schedule(seen, end);
        }
        self.remember(tracker);
    }

    /// Adds a tracker behind which nothing is under way.
    pub(crate) fn remember(&mut self, tracker: Tracker) {
        self.trackers.insert(tracker.id.clone(), tracker);
    }

    fn schedule(&mut self, at: u64, ended: Ended) {
        self.under_way.insert((at, self.begun), ended);
        self.begun += 1;
    }

    /// Takes the next operation that has ended by now.
    pub(crate) fn next_ended(&mut self, now: u64) -> Option<Ended> {
        let next = self.under_way.first_entry()?;
        let (ends, _) = *next.key();
        (ends <= now).then(|| next.remove())
    }

    /// The trackers that are shown now and pass a filter, the oldest first.
    pub(crate) fn trackers(&self, filter: &Filter, now: u64) -> Vec<&Tracker> {
        let mut found = list::passing(&self.trackers, filter, |tracker| TrackerAt { tracker, now });
        found.retain(|tracker| tracker.is_shown(now));
        found
    }

    /// A tracker, if it is shown now.
    pub(crate) fn tracker(&self, id: &str, now: u64) -> Result<&Tracker, ServiceError> {
        self.known(id).filter(|tracker| tracker.is_shown(now)).ok_or_else(|| no_tracker(id))
    }

    /// The id of the machine that a call is about, itself or through a tracker.
    pub(crate) fn machine_of<'a>(&'a self, call: &'a Call) -> Option<&'a str> {
        match call.subject() {
            Subject::Machine(id) => Some(id),
            Subject::Tracker(id) => self.known(id).map(|tracker| tracker.machine.as_str()),
            Subject::Nothing => None,
        }
    }

    /// A tracker, shown or not.
    pub(crate) fn known(&self, id: &str) -> Option<&Tracker> {
        self.trackers.get(id)
    }

    pub(crate) fn forget(&mut self, id: &str, now: u64) -> Result<(), ServiceError> {
        self.tracker(id, now)?;
        self.trackers.shift_remove(id);
        Ok(())
    }
}

fn no_tracker(id: &str) -> ServiceError {
    ServiceError::not_found(format!("Request tracker with id '{id}' not found"))
}
