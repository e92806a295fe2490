//! What has happened so far, for assertions.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::http::route::CallName;
use crate::inventory::snapshots::Snapshot;
use crate::service::Simulator;
use crate::service::tally::Tally;

/// What was asked of a service, and what it did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// How many requests arrived, by the name of the call; those whose connection was refused or cut are counted too.
    pub calls: BTreeMap<CallName, u64>,
    /// How many requests for a snapshot were accepted, by the id of the machine.
    pub created: BTreeMap<String, u64>,
    /// How many snapshots these requests have made, by the id of the machine; one that was deleted since is counted.
    pub made: BTreeMap<String, u64>,
    /// The most requests for a snapshot that were under way at a time: accepted, and their trackers not at their ends.
    pub most_under_way: u64,
    /// The most of them in one deployment.
    pub most_under_way_in_deployment: u64,
}

impl Stats {
    /// Looks at what is under way, after one more has begun.
    pub(crate) fn see(&mut self, under_way: &Tally, deployment: Option<&str>) {
        self.most_under_way = self.most_under_way.max(under_way.all());
        let beside = deployment.map_or(0, |deployment| under_way.in_deployment(deployment));
        self.most_under_way_in_deployment = self.most_under_way_in_deployment.max(beside);
    }
}

/// A snapshot that there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotRecord {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its description, if it has one.
    pub description: Option<String>,
    /// The number of the request that asked for it: see [`Simulator::requests`]. `None` for one that was there before
    /// or that somebody else made.
    pub made_by_request: Option<u64>,
}

impl Simulator {
    /// What has happened up to the last request or [`advance`](Self::advance).
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// How many requests for a snapshot of this machine were accepted.
    pub fn created(&self, machine: &str) -> u64 {
        self.stats.created.get(machine).copied().unwrap_or_default()
    }

    /// How many requests have arrived; they are numbered from 1.
    pub fn requests(&self) -> u64 {
        self.stats.calls.values().sum()
    }

    /// The snapshots that a machine has, the oldest first. Those still being made, or not yet listed, are not among
    /// them.
    pub fn snapshots_of(&self, machine: &str) -> Vec<SnapshotRecord> {
        let record = |snapshot: &Snapshot| SnapshotRecord {
            id: snapshot.id.clone(),
            name: snapshot.name.clone(),
            description: snapshot.description.clone(),
            made_by_request: snapshot.made_by,
        };
        let found = self.estate.find(machine).into_iter();
        found.flat_map(|machine| machine.snapshots.iter()).map(record).collect()
    }
}
