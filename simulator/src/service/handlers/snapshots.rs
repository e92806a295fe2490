//! The snapshots of a machine.

use super::begin::Begin;
use super::{Answer, Asked};
use crate::http::error::ServiceError;
use crate::http::message::Response;
use crate::http::specification::Specification;
use crate::inventory::machine::{Machine, PowerState};
use crate::inventory::snapshots::Snapshot;
use crate::inventory::{ORG_ID, OWNER};
use crate::operations::Change;
use crate::operations::kind::Kind;
use crate::options::DeleteAnswer;
use crate::service::Simulator;
use crate::util::ids;

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

    pub(super) fn create_snapshot(&mut self, machine: &str, asked: Asked<'_>) -> Answer {
        let Asked { request, number: by, twist, .. } = asked;
        let mut specification = Specification::read(request, self.options.strict_bodies)?;
        twist.shorten(&mut specification);
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
        let kind = Kind::Create { memory };
        let begin =
            Begin { machine: id.clone(), kind, made: Some(made.clone()), twist, foreign: false };
        let tracker = self.begin(begin, |ends| {
            let mut snapshot = new_snapshot(made, number, specification, ends);
            snapshot.made_by = Some(by);
            Some(Change::Add(snapshot.into()))
        })?;
        *self.stats.created.entry(id).or_default() += 1;
        self.accepted(&tracker)
    }

    pub(super) fn revert_snapshot(
        &mut self,
        machine: &str,
        snapshot: &str,
        asked: Asked<'_>,
    ) -> Answer {
        let machine = self.machine_with(machine, snapshot)?;
        if !machine.can_revert() {
            return Err(not_supported("revert", &machine.name));
        }
        let machine = machine.id.clone();
        self.begin_change(machine, Kind::Revert, Change::Revert(snapshot.to_owned()), asked)
    }

    pub(super) fn delete_snapshot(
        &mut self,
        machine: &str,
        snapshot: &str,
        asked: Asked<'_>,
    ) -> Answer {
        let machine = self.machine_with(machine, snapshot)?;
        let id = machine.id.clone();
        match self.options.delete_answer {
            DeleteAnswer::Tracker => {
                self.begin_change(id, Kind::Delete, Change::Remove(snapshot.to_owned()), asked)
            }
            DeleteAnswer::None => {
                self.estate.find_mut(&id)?.snapshots.remove(snapshot);
                Ok(Response::empty(204))
            }
        }
    }

    /// The machine, if it may be acted on and has this snapshot.
    fn machine_with(&self, machine: &str, snapshot: &str) -> Result<&Machine, ServiceError> {
        let machine = self.machine_for_action(machine)?;
        if machine.snapshots.has(snapshot) { Ok(machine) } else { Err(no_snapshot(snapshot)) }
    }

    /// Begins an operation that makes no snapshot, and answers with its tracker.
    fn begin_change(
        &mut self,
        machine: String,
        kind: Kind,
        change: Change,
        asked: Asked<'_>,
    ) -> Answer {
        let begin = Begin { machine, kind, made: None, twist: asked.twist, foreign: false };
        let tracker = self.begin(begin, |_| Some(change))?;
        self.accepted(&tracker)
    }

    fn accepted(&self, tracker: &str) -> Answer {
        let sent = self.operations.known(tracker).map(|tracker| tracker.sent(self.now));
        Ok(Response::json(202, &sent))
    }
}

pub(crate) fn new_snapshot(
    id: String,
    number: usize,
    asked: Specification,
    created_ms: u64,
) -> Snapshot {
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
