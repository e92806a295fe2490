//! The beginning of an operation.

use fastrand::Rng;

use crate::faults::operation::{OperationFault, Phase};
use crate::http::error::ServiceError;
use crate::inventory::machine::Trouble;
use crate::operations::kind::Kind;
use crate::operations::tracker::Tracker;
use crate::operations::{Change, Ended};
use crate::options::{Options, TrackerResources};
use crate::service::Simulator;
use crate::util::ids;

/// What is to begin.
pub(crate) struct Begin<'a> {
    /// The machine's id.
    pub(crate) machine: String,
    pub(crate) kind: Kind,
    /// The id of the snapshot that it will make.
    pub(crate) made: Option<String>,
    pub(crate) twist: &'a OperationFault,
    /// Whether somebody else begins it, whatever is under way.
    pub(crate) foreign: bool,
}

impl Simulator {
    /// Begins an operation, and gives the id of its tracker. `change` is told when the operation ends, by the
    /// service's clock.
    pub(crate) fn begin(
        &mut self,
        begin: Begin<'_>,
        change: impl FnOnce(u64) -> Option<Change>,
    ) -> Result<String, ServiceError> {
        let Begin { machine, kind, made, twist, foreign } = begin;
        let speed = self.options.speed;
        let machine = self.estate.find(&machine)?;
        let trouble = machine.trouble();
        let obstacle = if foreign { None } else { self.obstacle(machine) };
        let refused = obstacle.is_some();
        let requested = !foreign && matches!(kind, Kind::Create { .. });
        let deployment = machine.deployment_id.as_deref();
        if !refused {
            self.occupied.begin(&machine.id, deployment);
        }
        if requested {
            self.requested.begin(&machine.id, deployment);
            self.stats.see(&self.requested, deployment);
        }

        let fails = if refused {
            Some(obstacle)
        } else if let Some(failure) = &twist.fails {
            Some(failure.message.clone())
        } else {
            (trouble == Some(Trouble::Failing)).then(|| Some(kind.failure().to_owned()))
        };
        let factor = if trouble == Some(Trouble::Slow) { 10 } else { 1 };
        let usual = match kind {
            Kind::Create { memory: false } => self.snapshot_ms(&machine.id),
            other => other.duration_ms(),
        };
        let duration = twist.duration_ms.unwrap_or(usual.saturating_mul(factor));
        let ends = self.now.saturating_add(speed.scale(duration));
        let is_done = fails.is_none() || !refused && twist.fails.as_ref().is_some_and(|it| it.done);

        let path = format!("/iaas/api/machines/{}", machine.id);
        let named = self.options.tracker_resources;
        let made = made.filter(|_| named == TrackerResources::Snapshot);
        let machine_id = machine.id.clone();
        let tracker = Tracker {
            id: ids::uuid(&mut self.random),
            kind,
            machine: machine_id.clone(),
            deployment: machine.deployment_id.clone(),
            made: made.map(|id| format!("{path}/snapshots/{id}")),
            resources: (named != TrackerResources::None).then(|| vec![path]),
            begins: self.now,
            ends,
            fails,
            phases: twist.tracker.iter().map(|phase: &Phase| phase.at(speed)).collect(),
        };
        let id = tracker.id.clone();
        let change = if is_done { change(self.clock(ends)) } else { None };
        let end = Ended { machine: machine_id, frees: !refused, requested, change };
        self.operations.begin(tracker, end, speed.scale(twist.listed_after_ms));
        Ok(id)
    }

    /// How long a snapshot without memory takes on a machine: always the same, whoever asks and when.
    fn snapshot_ms(&self, machine: &str) -> u64 {
        let Options { seed, snapshot_ms, snapshot_spread, .. } = self.options;
        let drawn = Rng::with_seed(ids::hash(seed, machine)).f64();
        snapshot_spread.spread(snapshot_ms, drawn)
    }
}
