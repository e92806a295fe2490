//! A fleet written down, whole or what has changed of it, and taken up again.

use std::rc::Rc;

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::Fleet;
use super::entry::{Entry, MachineStatus, NONE, Skipped};
use super::options::FleetOptions;
use crate::engine::policy::Policy;
use crate::error::{Error, InvalidInput};
use crate::operation::Operation;
use crate::operation::claims::Claims;
use crate::operation::state::{Kind, Phase, broken, given, needed, of_this_version};
use crate::util::index::Index;
use crate::util::text::concat;
use crate::util::value::{Unreadable, Value, write_some};

/// A fleet as it is written down: its plan, and the machines that have changed since a revision. With all machines it
/// can be taken up again. It holds no secret.
#[derive(Debug)]
pub struct FleetState<'a, V> {
    fleet: &'a Fleet<V>,
    since: u32,
}

/// No fleet comes so far; there is room for a lifetime of changes beyond it.
const LAST_REVISION: u32 = u32::MAX / 2;

/// The machines of a state.
struct Machines<'a, V>(&'a FleetState<'a, V>);

/// One of them, and its place.
struct Written<'a, V>(u32, &'a Fleet<V>, &'a Entry<V>);

impl<V: Value> Serialize for FleetState<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fleet = self.fleet;
        let options = &fleet.options;
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("version", &crate::operation::state::VERSION)?;
        object.serialize_entry("id", &fleet.id)?;
        object.serialize_entry("baseUrl", fleet.policy.base.as_str())?;
        object.serialize_entry("revision", &fleet.ledger.revision)?;
        object.serialize_entry("size", &fleet.size())?;
        object.serialize_entry("date", &fleet.date)?;
        object.serialize_entry("specification", &fleet.specification)?;
        object.serialize_entry("concurrency", &options.concurrency)?;
        // A number as JavaScript has them.
        object
            .serialize_entry("submitIntervalMs", &(options.submit_interval_us as f64 / 1000.0))?;
        write_some(&mut object, "idempotencyKey", options.key_prefix.as_ref())?;
        write_some(&mut object, "stopAfterFailures", options.stop_after_failures.as_ref())?;
        object.serialize_entry("order", options.order.as_str())?;
        object.serialize_entry("paused", &fleet.is_paused)?;
        object.serialize_entry("entries", &Machines(self))?;
        object.end()
    }
}

impl<V: Value> Serialize for Machines<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(FleetState { fleet, since }) = self;
        let mut list = serializer.serialize_seq(None)?;
        if *since == 0 {
            for (place, entry) in (0..).zip(&fleet.entries) {
                list.serialize_element(&Written(place, fleet, entry))?;
            }
        } else {
            for (place, entry) in fleet.ledger.since(&fleet.entries, *since) {
                if entry.moved > *since {
                    list.serialize_element(&Written(place, fleet, entry))?;
                }
            }
        }
        list.end()
    }
}

impl<V: Value> Serialize for Written<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(place, fleet, entry) = self;
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("place", place)?;
        object.serialize_entry("machineId", entry.machine.as_str())?;
        write_some(&mut object, "name", entry.name.as_deref())?;
        let deployment = fleet.queue.deployments.get(entry.deployment as usize);
        write_some(&mut object, "deploymentId", deployment.map(|it| &it.name))?;
        write_some(&mut object, "specification", entry.specification.as_deref())?;
        object.serialize_entry("status", entry.status.as_str())?;
        write_some(&mut object, "attempt", Some(&entry.attempt).filter(|it| **it > 0))?;
        for (name, flag) in
            [("again", entry.again), ("retried", entry.retried), ("quiet", entry.quiet)]
        {
            write_some(&mut object, name, Some(&flag).filter(|it| **it))?;
        }
        write_some(&mut object, "skipped", entry.skipped.map(Skipped::as_str))?;
        let operation = entry.operation.as_ref().map(|operation| operation.state());
        write_some(&mut object, "operation", operation.as_ref())?;
        write_some(&mut object, "snapshot", entry.snapshot.as_ref())?;
        write_some(&mut object, "error", entry.error.as_ref())?;
        object.end()
    }
}

impl<V: Value> Fleet<V> {
    /// The fleet as it is now, to be written down.
    pub fn state(&self) -> FleetState<'_, V> {
        self.changes_since(0)
    }

    /// The same with those machines only that have changed since this revision, for a store that has the others.
    pub fn changes_since(&self, revision: u32) -> FleetState<'_, V> {
        FleetState { fleet: self, since: revision }
    }

    /// The revision whose changes are kept.
    pub fn kept(&self) -> u32 {
        self.keeping.kept
    }

    /// Takes a fleet up where its state left it; its machines may stand in any order. What could not have been written
    /// is refused.
    pub fn resume(
        state: &V,
        policy: impl Into<Rc<Policy>>,
        claims: Claims,
    ) -> Result<Self, InvalidInput> {
        let policy = policy.into();
        of_this_version(state, &policy)?;
        let interval: f64 = needed(state, "submitIntervalMs")?;
        let options = FleetOptions {
            concurrency: needed(state, "concurrency")?,
            // 1.001 × 1000 is 1000.9999999999999.
            submit_interval_us: (interval * 1000.0).round() as u64,
            key_prefix: given(state, "idempotencyKey")?,
            stop_after_failures: given(state, "stopAfterFailures")?,
            order: needed(state, "order")?,
        };
        options.check()?;
        let id: String = needed(state, "id")?;
        if id.is_empty() {
            return Err(broken("`id`"));
        }
        let specification = needed(state, "specification")?;
        let date = needed(state, "date")?;
        let mut fleet = Self::empty(id, policy, specification, options, date).sharing(claims);
        fleet.is_paused = needed(state, "paused")?;
        fleet.read_entries(state)?;
        // It is as it was written down; what changes from now on is yet to be kept.
        let revision: u32 = needed(state, "revision")?;
        fleet.ledger.revision = fleet.ledger.revision.max(revision.min(LAST_REVISION));
        fleet.keeping.kept = fleet.ledger.revision;
        fleet.settle();
        fleet.line_up();
        Ok(fleet)
    }

    fn read_entries(&mut self, state: &V) -> Result<(), InvalidInput> {
        let size: u32 = needed(state, "size")?;
        let items = state.field("entries").and_then(|entries| entries.items());
        let items = items.ok_or_else(|| broken("`entries`"))?;
        // By their places: a store gives them back in an order of its own.
        let mut places = vec![NONE; items.len()];
        for (number, item) in (0..).zip(&items) {
            let place: u32 = needed(item, "place")?;
            match places.get_mut(place as usize) {
                Some(known @ &mut NONE) => *known = number,
                _ => return Err(incomplete()),
            }
        }
        if items.len() as u64 != u64::from(size) {
            return Err(incomplete());
        }
        self.make_room(items.len());
        let mut deployments = Index::with_room(items.len());
        for number in places {
            let Some(item) = items.get(number as usize) else { return Err(incomplete()) };
            let entry = self.read_entry(item, &mut deployments)?;
            self.enlist(entry)?;
        }
        Ok(())
    }

    fn read_entry(&mut self, item: &V, deployments: &mut Index) -> Result<Entry<V>, InvalidInput> {
        let mut entry = Entry::new(needed(item, "machineId")?);
        entry.name = given::<String, V>(item, "name")?.map(Into::into);
        entry.deployment = self.deployment(given(item, "deploymentId")?, deployments);
        entry.specification = given(item, "specification")?.map(Box::new);
        entry.status = needed(item, "status")?;
        entry.attempt = given(item, "attempt")?.unwrap_or(0);
        entry.again = given(item, "again")?.unwrap_or(false);
        entry.retried = given(item, "retried")?.unwrap_or(false);
        entry.quiet = given(item, "quiet")?.unwrap_or(false);
        entry.skipped = given(item, "skipped")?;
        entry.snapshot = item.field("snapshot");
        if let Some(error) = item.field("error") {
            entry.error = Some(Error::read(&error).map_err(|Unreadable| broken("`error`"))?);
        }
        if let Some(operation) = item.field("operation") {
            let claims = self.claims.clone();
            let operation = Operation::resume(&operation, self.policy.clone(), claims)?;
            if operation.kind() != Kind::Create || operation.machine_id() != entry.machine.as_str()
            {
                return Err(broken("`operation`"));
            }
            entry.operation = Some(Box::new(operation));
        }
        let phase = entry.operation.as_ref().map(|operation| operation.phase());
        let is_whole = match entry.status {
            MachineStatus::Queued | MachineStatus::Skipped => true,
            MachineStatus::Submitting | MachineStatus::InProgress => phase.is_some(),
            MachineStatus::Finished => entry.snapshot.is_some(),
            MachineStatus::Failed => entry.error.is_some(),
            MachineStatus::Unknown => phase.is_some() && entry.error.is_some(),
        };
        if !is_whole {
            return Err(broken(&concat(&["what machine ", entry.machine.as_str(), " needs"])));
        }
        if entry.status.is_over() {
            entry.percent = 100;
        }
        Ok(entry)
    }

    /// What was about to be sent is asked for again.
    fn settle(&mut self) {
        for place in 0..self.entries.len() as u32 {
            let Some(entry) = self.entries.get_mut(place as usize) else { return };
            if entry.status != MachineStatus::Submitting || entry.again {
                continue;
            }
            let phase = entry.operation.as_ref().map(|operation| operation.phase());
            let mut status = MachineStatus::Submitting;
            if phase == Some(Phase::Prepared) {
                entry.operation = None;
                status = MachineStatus::Queued;
            } else {
                // It may have left: its key tells whether it was carried out; and if not, it is still wanted.
                entry.again = true;
            }
            self.note(place, status, 0, true);
        }
    }
}

fn incomplete() -> InvalidInput {
    InvalidInput(
        "the state must have every machine of the fleet once: put the changes that a checkpoint or changesSince() gave \
         in the place of the entries that were stored before them"
            .into(),
    )
}
