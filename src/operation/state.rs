//! An operation written down, and taken up again.

use std::mem::take;
use std::rc::Rc;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::{IdempotencyKey, Operation};
use crate::names::names;
use crate::text::{concat, digits};
use crate::value::{optional, required, write_some};
use crate::{
    Claims, Error, Id, InvalidInput, Policy, Progress, RequestTracker, Snapshot,
    SnapshotSpecification, Unreadable, Value,
};

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Create,
    Revert,
    Delete,
}

names! {
    Kind {
        Create = "create",
        Revert = "revert",
        Delete = "delete",
    }
}

/// Where an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Nothing that has an effect has been sent.
    Prepared,
    /// The request is about to be sent, or has been, and no answer has come.
    Submitting,
    /// It has been sent, and no readable answer will come.
    Reconciling,
    /// The service accepted.
    Tracking,
    /// The request is over as far as its tracker can tell; the snapshot is looked up.
    Resolving,
    /// Over, and done.
    Finished,
    /// Over, and not done.
    Failed,
}

names! {
    Phase {
        Prepared = "prepared",
        Submitting = "submitting",
        Reconciling = "reconciling",
        Tracking = "tracking",
        Resolving = "resolving",
        Finished = "finished",
        Failed = "failed",
    }
}

/// The version of the state that this library writes.
const VERSION: u32 = 1;

/// An operation written down. It holds no secret, and nothing that only one process understands.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // the fields are those of the operation
pub struct OperationState<V> {
    pub version: u32,
    pub id: String,
    pub kind: Kind,
    pub base_url: String,
    /// Empty where the machine of a tracked request is not known yet.
    pub machine_id: String,
    pub phase: Phase,
    pub specification: SnapshotSpecification,
    pub snapshot_id: Option<String>,
    pub idempotency_key: Option<String>,
    pub baseline: Option<Vec<String>>,
    pub tracker_id: Option<String>,
    pub tracker: Option<V>,
    pub progress: Option<u8>,
    pub snapshot: Option<V>,
    pub error: Option<Error<V>>,
}

impl<V: Value> Serialize for OperationState<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("version", &self.version)?;
        object.serialize_entry("id", &self.id)?;
        object.serialize_entry("kind", self.kind.as_str())?;
        object.serialize_entry("baseUrl", &self.base_url)?;
        object.serialize_entry("machineId", &self.machine_id)?;
        object.serialize_entry("phase", self.phase.as_str())?;
        object.serialize_entry("specification", &self.specification)?;
        write_some(&mut object, "snapshotId", self.snapshot_id.as_ref())?;
        write_some(&mut object, "idempotencyKey", self.idempotency_key.as_ref())?;
        write_some(&mut object, "baseline", self.baseline.as_ref())?;
        write_some(&mut object, "trackerId", self.tracker_id.as_ref())?;
        write_some(&mut object, "tracker", self.tracker.as_ref())?;
        write_some(&mut object, "progress", self.progress.as_ref())?;
        write_some(&mut object, "snapshot", self.snapshot.as_ref())?;
        write_some(&mut object, "error", self.error.as_ref())?;
        object.end()
    }
}

impl<V: Value> OperationState<V> {
    /// Reads what was written down.
    pub fn read(value: &V) -> Result<Self, Unreadable> {
        // Filled in field by field: what is not whole yet is then dropped in one place, not in twenty.
        let mut state = Self {
            version: required(value, "version")?,
            id: String::new(),
            kind: required(value, "kind")?,
            base_url: String::new(),
            machine_id: String::new(),
            phase: required(value, "phase")?,
            specification: SnapshotSpecification::default(),
            snapshot_id: None,
            idempotency_key: None,
            baseline: None,
            tracker_id: None,
            tracker: value.field("tracker"),
            progress: optional(value, "progress")?,
            snapshot: value.field("snapshot"),
            error: None,
        };
        state.id = required(value, "id")?;
        state.base_url = required(value, "baseUrl")?;
        state.machine_id = required(value, "machineId")?;
        state.specification = required(value, "specification")?;
        state.snapshot_id = optional(value, "snapshotId")?;
        state.idempotency_key = optional(value, "idempotencyKey")?;
        state.baseline = optional(value, "baseline")?;
        state.tracker_id = optional(value, "trackerId")?;
        if let Some(error) = value.field("error") {
            state.error = Some(Error::read(&error)?);
        }
        Ok(state)
    }
}

impl<V: Value> Operation<V> {
    /// The operation as it is now.
    pub fn state(&self) -> OperationState<V> {
        OperationState {
            version: VERSION,
            id: self.id.clone(),
            kind: self.kind,
            base_url: self.policy.base.as_str().into(),
            machine_id: self.machine_id().into(),
            phase: self.phase,
            specification: self.specification.clone(),
            snapshot_id: self.target.as_ref().map(|id| id.as_str().into()),
            idempotency_key: self.key.as_ref().map(|key| key.as_str().into()),
            baseline: self.baseline.clone(),
            tracker_id: self.tracker_id.as_ref().map(|id| id.as_str().into()),
            tracker: self.tracker.clone(),
            progress: self.progress.percent(),
            snapshot: self.snapshot.clone(),
            error: self.error.clone(),
        }
    }

    /// Takes an operation up where its state left it. What could not have been written is refused.
    pub fn resume(
        mut state: OperationState<V>,
        policy: impl Into<Rc<Policy>>,
        claims: Claims,
    ) -> Result<Self, InvalidInput> {
        let policy = policy.into();
        check(&state, &policy)?;
        let mut operation = Self::new(take(&mut state.id), state.kind, policy, None);
        operation.claims = claims;
        operation.phase = state.phase;
        // Whatever was sent was sent by another process.
        operation.tainted = matches!(state.phase, Phase::Submitting | Phase::Reconciling);
        operation.progress = Progress::resumed(match state.phase {
            Phase::Finished => Some(100),
            _ => state.progress.map(|percent| percent.min(99)),
        });
        if let Some(text) = &state.tracker_id {
            operation.tracker_id = Some(id("trackerId", text)?);
        }
        if !state.machine_id.is_empty() || state.tracker_id.is_none() {
            operation.machine = Some(id("machineId", &state.machine_id)?);
        }
        if let Some(text) = &state.snapshot_id {
            operation.target = Some(id("snapshotId", text)?);
        }
        if let Some(text) = &state.idempotency_key {
            operation.key = Some(IdempotencyKey::new("the state's idempotencyKey", text)?);
        }
        if let Some(tracker) = &state.tracker {
            let seen: RequestTracker =
                tracker.decode().map_err(|Unreadable| broken("its tracker"))?;
            operation.revision = 1;
            operation.shown = Some(seen.fingerprint());
            // One that was only waited out says nothing about what is ours.
            if operation.tracker_id.as_ref().is_some_and(|own| own.as_str() == seen.id) {
                operation.resources = seen.resources.unwrap_or_default();
            }
        }
        if let Some(snapshot) = &state.snapshot {
            let made: Snapshot = snapshot.decode().map_err(|Unreadable| broken("its snapshot"))?;
            operation.claims.claim(operation.claimant(), &made.id);
        }
        operation.specification = take(&mut state.specification);
        operation.baseline = take(&mut state.baseline);
        operation.tracker = take(&mut state.tracker);
        operation.snapshot = take(&mut state.snapshot);
        operation.error = take(&mut state.error);
        Ok(operation)
    }
}

fn id(field: &str, text: &str) -> Result<Id, InvalidInput> {
    Id::new(&concat(&["the state's ", field]), text)
}

/// Whether the state is one that an operation of this library, on this service, could have written.
fn check<V>(state: &OperationState<V>, policy: &Policy) -> Result<(), InvalidInput> {
    if state.version != VERSION {
        return Err(InvalidInput(concat(&[
            "the state has version ",
            &digits(state.version.into()),
            ", and this library reads version ",
            &digits(VERSION.into()),
        ])));
    }
    if state.base_url != policy.base.as_str() {
        return Err(InvalidInput(
            "the state belongs to another service: resume it with a client of its baseUrl".into(),
        ));
    }
    if state.id.is_empty() {
        return Err(broken("its id"));
    }
    let is_create = state.kind == Kind::Create;
    // A tracked request has a tracker in place of what it was made of.
    let is_whole = if is_create { state.baseline.is_some() } else { state.snapshot_id.is_some() };
    let has_what_its_phase_needs = match state.phase {
        // A tracker comes with the answer to a request.
        Phase::Prepared => (is_create || is_whole) && state.tracker_id.is_none(),
        Phase::Submitting => is_whole && state.tracker_id.is_none(),
        Phase::Reconciling => is_whole || state.tracker_id.is_some(),
        Phase::Tracking | Phase::Resolving => state.tracker_id.is_some(),
        Phase::Finished => !is_create || state.snapshot.is_some(),
        Phase::Failed => state.error.is_some(),
    };
    if has_what_its_phase_needs { Ok(()) } else { Err(broken("what its phase needs")) }
}

fn broken(what: &str) -> InvalidInput {
    InvalidInput(concat(&[
        "the state has been changed or cut: ",
        what,
        " is not there or cannot be read",
    ]))
}
