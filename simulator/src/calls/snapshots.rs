//! The snapshots of a machine.

use super::Answer;
use crate::error::ServiceError;
use crate::estate::{ORG_ID, OWNER, PowerState, Snapshot, Trouble};
use crate::http::{Request, Response};
use crate::ids;
use crate::operations::{Change, Kind, Tracker};
use crate::options::{DeleteAnswer, TrackerResources};
use crate::service::Simulator;
use crate::specification::Specification;

impl Simulator {
    pub(super) fn list_snapshots(&self, machine: &str) -> Answer {
        let machine = self.estate.find(machine)?;
        Ok(Response::json(200, &machine.snapshots.to_json(&machine.id)))
    }

    pub(super) fn get_snapshot(&self, machine: &str, snapshot: &str) -> Answer {
        let machine = self.estate.find(machine)?;
        let found = machine.snapshots.one_to_json(&machine.id, snapshot);
        let found = found.ok_or_else(|| no_snapshot(snapshot))?;
        Ok(Response::json(200, &found))
    }

    pub(super) fn create_snapshot(&mut self, machine: &str, request: &Request) -> Answer {
        let specification = Specification::read(request, self.options.strict_bodies)?;
        let machine = self.machine_for_action(machine)?;
        if !machine.can_snapshot() {
            return Err(not_supported("snapshots", &machine.name));
        }
        if let Some(limit) = machine.snapshot_limit().filter(|max| machine.snapshots.len() >= *max)
        {
            let name = &machine.name;
            let message = format!("The snapshot limit of {limit} is reached on machine '{name}'");
            return Err(ServiceError::bad_request(message));
        }
        // A machine that is not running has no memory to take.
        let memory = specification.memory && machine.power_state == PowerState::On;
        let number = machine.snapshots.len() + 1;
        let id = machine.id.clone();

        let made = ids::any(&mut self.random);
        self.begin(&id, Kind::Create { memory }, Some(made.clone()), |ends| {
            Change::Add(new_snapshot(made, number, specification, ends))
        })
    }

    pub(super) fn revert_snapshot(&mut self, machine: &str, snapshot: &str) -> Answer {
        let machine = self.machine_for_action(machine)?;
        if !machine.snapshots.has(snapshot) {
            return Err(no_snapshot(snapshot));
        }
        if !machine.can_revert() {
            return Err(not_supported("revert", &machine.name));
        }
        let id = machine.id.clone();
        self.begin(&id, Kind::Revert, None, |_| Change::Revert(snapshot.to_owned()))
    }

    pub(super) fn delete_snapshot(&mut self, machine: &str, snapshot: &str) -> Answer {
        let machine = self.machine_for_action(machine)?;
        if !machine.snapshots.has(snapshot) {
            return Err(no_snapshot(snapshot));
        }
        let id = machine.id.clone();
        match self.options.delete_answer {
            DeleteAnswer::Tracker => {
                self.begin(&id, Kind::Delete, None, |_| Change::Remove(snapshot.to_owned()))
            }
            DeleteAnswer::None => {
                self.estate.find_mut(&id)?.snapshots.remove(snapshot);
                Ok(Response::empty(204))
            }
        }
    }

    /// Begins an operation and answers with its tracker. `change` is told when the operation will end.
    fn begin(
        &mut self,
        machine: &str,
        kind: Kind,
        made: Option<String>,
        change: impl FnOnce(u64) -> Change,
    ) -> Answer {
        let machine = self.estate.find_mut(machine)?;
        machine.occupied = true;
        let trouble = machine.trouble();
        let factor = if trouble == Some(Trouble::Slow) { 10 } else { 1 };
        let duration = self.options.speed.scale(kind.duration_ms() * factor);
        let ends = self.now.saturating_add(duration);
        let fails = trouble == Some(Trouble::Failing);

        let path = format!("/iaas/api/machines/{}", machine.id);
        let named = self.options.tracker_resources;
        let made = made.filter(|_| named == TrackerResources::Snapshot);
        let tracker = Tracker {
            id: ids::uuid(&mut self.random),
            kind,
            machine: machine.id.clone(),
            deployment: machine.deployment_id.clone(),
            made: made.map(|id| format!("{path}/snapshots/{id}")),
            resources: (named != TrackerResources::None).then(|| vec![path]),
            begins: self.now,
            ends,
            fails,
        };
        let response = Response::json(202, &tracker.at(self.now));
        self.operations.begin(tracker, (!fails).then(|| change(ends)));
        Ok(response)
    }
}

fn new_snapshot(id: String, number: usize, asked: Specification, created_ms: u64) -> Snapshot {
    let name = asked.name.unwrap_or_else(|| format!("Snapshot {number}"));
    let mut snapshot = Snapshot::new(id, name, created_ms);
    snapshot.description = asked.description;
    snapshot.owner = asked.owner.unwrap_or_else(|| OWNER.into());
    snapshot.owner_type = asked.owner_type.unwrap_or_else(|| "user".into());
    snapshot.org_id = asked.org_id.unwrap_or_else(|| ORG_ID.into());
    snapshot
}

fn no_snapshot(id: &str) -> ServiceError {
    ServiceError::not_found(format!("Snapshot with id '{id}' not found"))
}

fn not_supported(operation: &str, machine: &str) -> ServiceError {
    let message = format!("Operation '{operation}' is not supported by machine '{machine}'");
    ServiceError::bad_request(message)
}
