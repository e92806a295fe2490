//! What must be true of a fleet at any moment.

use serde_json::Value as Json;
use vra_snapshots::{Fleet, MachineStatus, Now};

use super::model::Model;
use super::plan::Plan;

pub(super) struct Watch {
    progress: u8,
    revision: u32,
    /// What was seen of each machine at that revision.
    seen: Vec<Option<(MachineStatus, Option<u8>)>>,
    looks: u32,
}

impl Watch {
    pub(super) fn new(size: usize) -> Self {
        Self { progress: 0, revision: 0, seen: vec![None; size], looks: 0 }
    }

    /// Another process, or something is asked for again: what has been done may be less.
    pub(super) fn forgive(&mut self) {
        self.progress = 0;
        self.revision = 0;
        self.seen.fill(None);
    }

    /// Large fleets are looked at now and then.
    pub(super) fn look(&mut self, fleet: &Fleet<Json>, model: &Model) {
        self.looks += 1;
        let size = self.seen.len() as u32;
        if !self.looks.is_multiple_of(1 + size / 4) {
            return;
        }
        let progress = fleet.progress();
        assert!(progress >= self.progress, "progress fell from {} to {progress}", self.progress);
        self.progress = progress;
        let mut counts = [0; 7];
        let mut over = 0;
        let changed: Vec<&str> =
            fleet.changed_since(self.revision).map(|entry| entry.machine_id()).collect();
        for (number, entry) in fleet.entries().enumerate() {
            let status = entry.status();
            counts[status as usize] += 1;
            over += u32::from(status.is_over());
            let now = Some((status, entry.progress()));
            let before = std::mem::replace(&mut self.seen[number], now);
            let is_told =
                before.is_none() || before == now || changed.contains(&entry.machine_id());
            assert!(is_told, "m-{number} was {before:?}, is {now:?}, and nobody was told");
            let has_error = entry.error().is_some();
            match status {
                MachineStatus::Finished => {
                    let snapshot = entry.snapshot().expect("a snapshot")["id"].as_str().unwrap();
                    assert_eq!(model.made(number), [snapshot], "its own");
                }
                MachineStatus::Failed | MachineStatus::Unknown => {
                    assert!(has_error && entry.reason().is_some());
                }
                MachineStatus::Skipped => assert!(entry.reason().is_some()),
                _ => assert!(entry.snapshot().is_none()),
            }
        }
        self.revision = fleet.revision();
        for status in MachineStatus::ALL {
            assert_eq!(fleet.count(status), counts[status as usize], "{status:?}");
        }
        assert!(progress < 100 || over == size, "100 % before the end");
        assert!(over < size || progress == 100, "{progress} % at the end");
    }

    /// So many are under way at the service: those that the fleet has given up, or is to look for again once there is
    /// room, do not count.
    pub(super) fn crowd(&self, model: &Model, fleet: Option<&Fleet<Json>>, plan: &Plan, now: Now) {
        let Some(fleet) = fleet else { return };
        let ours = model.under_way(now.monotonic).filter(|request| {
            let entry = fleet.entry(&format!("m-{}", request.machine)).unwrap();
            !matches!(entry.status(), MachineStatus::Unknown | MachineStatus::Queued)
        });
        let count = ours.count() as u32;
        let most = plan.options.concurrency;
        assert!(count <= most, "{count} at once at the service, and {most} may be");
    }
}
