//! An operation written down, and taken up again.

use std::rc::Rc;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::Operation;
use super::key::IdempotencyKey;
use crate::engine::policy::Policy;
use crate::engine::polling::Progress;
use crate::error::{Error, InvalidInput};
use crate::operation::claims::Claims;
use crate::protocol::call::Id;
use crate::protocol::model::{RequestTracker, Snapshot};
use crate::util::names::names;
use crate::util::text::{concat, digits};
use crate::util::value::{FromValue, Unreadable, Value, optional, required, write_some};

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
pub(crate) const VERSION: u32 = 1;

/// An operation as it is written down. It holds no secret, and nothing that only one process understands.
#[derive(Debug)]
pub struct OperationState<'a, V>(&'a Operation<V>);

impl<V: Value> Serialize for OperationState<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(operation) = self;
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("version", &VERSION)?;
        object.serialize_entry("id", &operation.id)?;
        object.serialize_entry("kind", operation.kind.as_str())?;
        object.serialize_entry("baseUrl", operation.policy.base.as_str())?;
        // Empty where the machine of a tracked request is not known yet.
        object.serialize_entry("machineId", operation.machine_id())?;
        object.serialize_entry("phase", operation.phase.as_str())?;
        object.serialize_entry("specification", &operation.specification)?;
        write_some(&mut object, "snapshotId", operation.target.as_ref().map(Id::as_str))?;
        let key = operation.key.as_ref().map(IdempotencyKey::as_str);
        write_some(&mut object, "idempotencyKey", key)?;
        write_some(&mut object, "baseline", operation.baseline.as_ref())?;
        write_some(&mut object, "trackerId", operation.tracker_id.as_ref().map(Id::as_str))?;
        write_some(&mut object, "tracker", operation.tracker.as_ref())?;
        write_some(&mut object, "progress", operation.progress.percent().as_ref())?;
        write_some(&mut object, "snapshot", operation.snapshot.as_ref())?;
        write_some(&mut object, "error", operation.error.as_ref())?;
        object.end()
    }
}

impl<V: Value> Operation<V> {
    /// The operation as it is now, to be written down.
    pub fn state(&self) -> OperationState<'_, V> {
        OperationState(self)
    }

    /// Takes an operation up where its state left it. What could not have been written is refused.
    pub fn resume(
        state: &V,
        policy: impl Into<Rc<Policy>>,
        claims: Claims,
    ) -> Result<Self, InvalidInput> {
        let mut operation = Self::new(String::new(), Kind::Create, policy.into(), None);
        operation.claims = claims;
        operation.read(state)?;
        Ok(operation)
    }

    /// Field by field: what is not whole yet is then dropped in one place, not in twenty.
    fn read(&mut self, state: &V) -> Result<(), InvalidInput> {
        of_this_version(state, &self.policy)?;
        self.id = needed(state, "id")?;
        if self.id.is_empty() {
            return Err(broken("`id`"));
        }
        self.kind = needed(state, "kind")?;
        self.phase = needed(state, "phase")?;
        // Whatever was sent was sent by another process.
        self.tainted = matches!(self.phase, Phase::Submitting | Phase::Reconciling);
        self.specification = needed(state, "specification")?;
        self.target = given(state, "snapshotId")?;
        self.key = given(state, "idempotencyKey")?;
        self.baseline = given(state, "baseline")?;
        self.tracker_id = given(state, "trackerId")?;
        let machine: String = needed(state, "machineId")?;
        if !machine.is_empty() || self.tracker_id.is_none() {
            self.machine = given(state, "machineId")?;
        }
        let percent: Option<u8> = given(state, "progress")?;
        self.progress = Progress::resumed(match self.phase {
            Phase::Finished => Some(100),
            _ => percent.map(|percent| percent.min(99)),
        });
        if let Some(error) = state.field("error") {
            self.error = Some(Error::read(&error).map_err(|Unreadable| broken("`error`"))?);
        }
        self.read_tracker(state)?;
        let made: Option<Snapshot> = given(state, "snapshot")?;
        self.snapshot = state.field("snapshot");
        if !self.has_what_its_phase_needs() {
            return Err(broken("what its phase needs"));
        }
        if let Some(made) = made {
            self.claims.claim(self.claimant(), &made.id);
        }
        Ok(())
    }

    fn read_tracker(&mut self, state: &V) -> Result<(), InvalidInput> {
        let Some(seen) = given::<RequestTracker, V>(state, "tracker")? else { return Ok(()) };
        self.tracker = state.field("tracker");
        self.revision = 1;
        self.shown = Some(seen.fingerprint());
        // One that was only waited out says nothing about what is ours.
        if self.tracker_id.as_ref().is_some_and(|own| own.as_str() == seen.id) {
            self.resources = seen.resources.unwrap_or_default();
        }
        Ok(())
    }

    /// Whether an operation of this library could have written it.
    fn has_what_its_phase_needs(&self) -> bool {
        let is_create = self.kind == Kind::Create;
        // A tracked request has a tracker in place of what it was made of.
        let is_whole = match self.kind {
            Kind::Create => self.baseline.is_some() || self.key.is_some(),
            Kind::Revert | Kind::Delete => self.target.is_some(),
        };
        match self.phase {
            // A tracker comes with the answer to a request.
            Phase::Prepared => (is_create || is_whole) && self.tracker_id.is_none(),
            Phase::Submitting => is_whole && self.tracker_id.is_none(),
            Phase::Reconciling => is_whole || self.tracker_id.is_some(),
            Phase::Tracking | Phase::Resolving => self.tracker_id.is_some(),
            Phase::Finished => !is_create || self.snapshot.is_some(),
            Phase::Failed => self.error.is_some(),
        }
    }
}

/// Whether this library wrote it, for this service.
pub(crate) fn of_this_version<V: Value>(state: &V, policy: &Policy) -> Result<(), InvalidInput> {
    let version: u32 = needed(state, "version")?;
    if version != VERSION {
        return Err(InvalidInput(concat(&[
            "the state has version ",
            &digits(version.into()),
            ", and this library reads version ",
            &digits(VERSION.into()),
        ])));
    }
    let base: String = needed(state, "baseUrl")?;
    if base != policy.base.as_str() {
        return Err(InvalidInput(
            "the state belongs to another service: resume it with a client of its baseUrl".into(),
        ));
    }
    Ok(())
}

/// A field of a state that may be left out.
pub(crate) fn given<T: FromValue, V: Value>(
    state: &V,
    name: &'static str,
) -> Result<Option<T>, InvalidInput> {
    optional(state, name).map_err(|Unreadable| broken(&concat(&["`", name, "`"])))
}

/// A field that every state has.
pub(crate) fn needed<T: FromValue, V: Value>(
    state: &V,
    name: &'static str,
) -> Result<T, InvalidInput> {
    required(state, name).map_err(|Unreadable| broken(&concat(&["`", name, "`"])))
}

pub(crate) fn broken(what: &str) -> InvalidInput {
    InvalidInput(concat(&[
        "the state must be what toJSON() or a checkpoint gave, unchanged: ",
        what,
        " is not there or cannot be read",
    ]))
}
