//! One machine of a fleet: where it is, and what there is to say of it.

use crate::error::{Code, Error};
use crate::operation::Operation;
use crate::operation::state::Phase;
use crate::protocol::call::Id;
use crate::protocol::model::SnapshotSpecification;
use crate::util::names::names;
use crate::util::value::Value;

/// Where a machine of a fleet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MachineStatus {
    /// Nothing has been sent for it yet.
    Queued,
    /// The request is about to be sent, or has been, and no answer has come.
    Submitting,
    /// The request is under way, or it is being found out what became of it.
    InProgress,
    /// There is the snapshot.
    Finished,
    /// There is none, and the error says why.
    Failed,
    /// Nobody can tell, and the error says why.
    Unknown,
    /// Nothing has been sent for it, and nothing will be.
    Skipped,
}

names! {
    MachineStatus {
        Queued = "queued",
        Submitting = "submitting",
        InProgress = "inProgress",
        Finished = "finished",
        Failed = "failed",
        Unknown = "unknown",
        Skipped = "skipped",
    }
}

impl MachineStatus {
    /// All, in the order of a machine's life.
    pub const ALL: [Self; 7] = [
        Self::Queued,
        Self::Submitting,
        Self::InProgress,
        Self::Finished,
        Self::Failed,
        Self::Unknown,
        Self::Skipped,
    ];

    /// Whether nothing more comes of it by itself.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Failed | Self::Unknown | Self::Skipped)
    }
}

/// Why a machine was skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skipped {
    /// Too many others have failed.
    Failures,
    /// Another operation may be under way on its deployment.
    Deployment,
}

names! {
    Skipped {
        Failures = "Not submitted: `stopAfterFailures` was reached. retry() submits it",
        Deployment = "Not submitted: what became of another machine of its deployment is not known. Look at that one, then retry()",
    }
}

/// No place in a list.
pub(super) const NONE: u32 = u32::MAX;

/// A machine of a fleet. Thousands wait in memory: what only one under way needs is in its operation.
#[derive(Debug)]
pub(super) struct Entry<V> {
    pub(super) machine: Id,
    pub(super) name: Option<Box<str>>,
    /// The number of its deployment.
    pub(super) deployment: u32,
    pub(super) specification: Option<Box<SnapshotSpecification>>,
    pub(super) status: MachineStatus,
    /// 0 to 100.
    pub(super) percent: u8,
    /// Counts what was asked of it anew by retry(): another attempt has another key.
    pub(super) attempt: u32,
    /// Its operation is to be submitted again if nothing is found of it, not only looked for.
    pub(super) again: bool,
    /// Somebody asked for it by name, and what stops the others does not stop it.
    pub(super) retried: bool,
    /// When its operation ended unknown, nothing was under way any more.
    pub(super) quiet: bool,
    /// It keeps its deployment from the others.
    pub(super) holds: bool,
    pub(super) skipped: Option<Skipped>,
    /// While it is under way, and where it may still be.
    pub(super) operation: Option<Box<Operation<V>>>,
    pub(super) snapshot: Option<V>,
    pub(super) error: Option<Error<V>>,
    /// Where it is under way.
    pub(super) slot: u32,
    /// The next one that waits for its deployment.
    pub(super) next_waiting: u32,
    /// The fleet's revision when anything of it changed last ...
    pub(super) changed: u32,
    /// ... and when something changed that a state needs.
    pub(super) moved: u32,
    /// Those that changed just before and after it.
    pub(super) older: u32,
    pub(super) newer: u32,
}

impl<V: Value> Entry<V> {
    pub(super) fn new(machine: Id) -> Self {
        Self {
            machine,
            name: None,
            deployment: NONE,
            specification: None,
            status: MachineStatus::Queued,
            percent: 0,
            attempt: 0,
            again: false,
            retried: false,
            quiet: false,
            holds: false,
            skipped: None,
            operation: None,
            snapshot: None,
            error: None,
            slot: NONE,
            next_waiting: NONE,
            changed: 0,
            moved: 0,
            older: NONE,
            newer: NONE,
        }
    }

    /// What stands for it in a name.
    pub(super) fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(self.machine.as_str())
    }

    /// Whether its operation is over at the service, as far as anybody can tell.
    pub(super) fn is_quiet(&self) -> bool {
        let Some(operation) = &self.operation else { return true };
        match operation.phase() {
            Phase::Prepared | Phase::Resolving | Phase::Finished | Phase::Failed => true,
            Phase::Submitting | Phase::Tracking | Phase::Reconciling => self.quiet,
        }
    }

    /// Its request is over at the service, and its snapshot is looked up: that needs neither room nor the deployment.
    pub(super) fn only_looks(&self) -> bool {
        self.operation.as_ref().is_some_and(|operation| operation.phase() == Phase::Resolving)
    }

    /// What its status asks of whoever looks after it.
    pub(super) fn reason(&self) -> Option<&'static str> {
        let code = self.error.as_ref().map(|error| error.code);
        match (self.status, code) {
            (MachineStatus::Queued, _) if self.next_waiting != NONE => None,
            (MachineStatus::Skipped, _) => self.skipped.map(Skipped::as_str),
            (MachineStatus::Failed, Some(Code::OperationFailed)) => {
                Some("The service reports that the request failed. retry() makes another one")
            }
            (MachineStatus::Failed, _) => Some(
                "Refused, or never sent: no snapshot was made. Once the cause is gone, retry() submits it again",
            ),
            (MachineStatus::Unknown, _) => Some(
                "A snapshot may have been made: look at the machine. retry() looks too, and sends again only if \
                 nothing is found",
            ),
            _ => None,
        }
    }
}

/// A machine of a fleet, as it can be seen from outside.
#[derive(Debug)]
pub struct FleetEntry<'a, V>(pub(super) &'a Entry<V>);

impl<'a, V: Value> FleetEntry<'a, V> {
    /// The machine.
    pub fn machine_id(&self) -> &'a str {
        self.0.machine.as_str()
    }

    /// The name that was given.
    pub fn name(&self) -> Option<&'a str> {
        self.0.name.as_deref()
    }

    /// Where it is.
    pub fn status(&self) -> MachineStatus {
        self.0.status
    }

    /// 0 to 100, once anything was reported.
    pub fn progress(&self) -> Option<u8> {
        match (self.0.status, &self.0.operation) {
            (MachineStatus::Finished, _) => Some(100),
            (_, operation) => operation.as_ref()?.progress(),
        }
    }

    /// The last tracker seen, while it is under way, and of one that failed.
    pub fn tracker(&self) -> Option<&'a V> {
        let entry = self.0;
        match &entry.operation {
            Some(operation) => operation.tracker(),
            None => entry.error.as_ref()?.tracker.as_ref(),
        }
    }

    /// The snapshot that was made.
    pub fn snapshot(&self) -> Option<&'a V> {
        self.0.snapshot.as_ref()
    }

    /// Why it failed, or is not known.
    pub fn error(&self) -> Option<&'a Error<V>> {
        self.0.error.as_ref()
    }

    /// What its status asks of whoever looks after it.
    pub fn reason(&self) -> Option<&'static str> {
        self.0.reason()
    }
}
