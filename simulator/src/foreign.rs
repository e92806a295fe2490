//! What somebody else does with a machine.

use serde::Deserialize;

use crate::calls::{Begin, new_snapshot};
use crate::error::ServiceError;
use crate::fault::OperationFault;
use crate::ids;
use crate::operations::{Change, Kind};
use crate::options::OptionsError;
use crate::service::Simulator;
use crate::specification::Specification;

/// An operation that somebody else begins, whatever is under way. It occupies the machine like any other. Its times
/// are those at speed 1.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Foreign {
    /// The id of the machine. Default: that of the call, if it comes with a fault.
    pub machine: Option<String>,
    /// What it does. Default: it switches the machine off, which changes no snapshot.
    pub operation: ForeignOperation,
    /// How long it takes. Default: as long as its kind does.
    pub duration_ms: Option<u64>,
    /// Whether it fails. Default: no.
    pub fails: bool,
    /// Whether there is a tracker for it. Default: yes.
    pub tracker: bool,
    /// The name of a snapshot that it makes. Default: that in the body of the call, if it comes with a fault.
    pub name: Option<String>,
    /// The description of a snapshot that it makes. Default: none.
    pub description: Option<String>,
    /// The id of the snapshot that it reverts to or deletes. Default: the newest.
    pub snapshot: Option<String>,
}

impl Default for Foreign {
    fn default() -> Self {
        Self {
            machine: None,
            operation: ForeignOperation::default(),
            duration_ms: None,
            fails: false,
            tracker: true,
            name: None,
            description: None,
            snapshot: None,
        }
    }
}

impl Foreign {
    /// Reads it from a JSON object. The error names what is unknown or of the wrong type.
    pub fn from_json(text: &str) -> Result<Self, OptionsError> {
        serde_json::from_str(text).map_err(OptionsError::of)
    }
}

/// What somebody else's operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ForeignOperation {
    /// Switches the machine off; it stays `ON` in lists.
    #[default]
    PowerOff,
    /// Makes a snapshot.
    CreateSnapshot,
    /// Reverts to a snapshot.
    RevertSnapshot,
    /// Deletes a snapshot.
    DeleteSnapshot,
}

impl Simulator {
    /// Lets somebody else begin an operation, and gives the id of its tracker.
    pub fn begin_foreign(
        &mut self,
        foreign: &Foreign,
        now_ms: u64,
    ) -> Result<String, OptionsError> {
        self.advance(now_ms);
        self.begin_others(foreign).map_err(|error| OptionsError::of(error.message()))
    }

    pub(crate) fn begin_others(&mut self, foreign: &Foreign) -> Result<String, ServiceError> {
        let no_machine = || ServiceError::bad_request("machine is required");
        let machine = self.estate.find(foreign.machine.as_deref().ok_or_else(no_machine)?)?;
        let id = machine.id.clone();
        let newest = machine.snapshots.newest().map(str::to_owned);
        let chosen = foreign.snapshot.clone().or(newest);
        let chosen = || chosen.ok_or_else(|| ServiceError::bad_request("there is no snapshot"));
        let number = machine.snapshots.len() + 1;

        let twist = OperationFault {
            duration_ms: foreign.duration_ms,
            fails: foreign.fails.then(Default::default),
            ..OperationFault::default()
        };
        let begin = |kind| Begin { machine: id, kind, made: None, twist: &twist, foreign: true };
        let tracker = match foreign.operation {
            ForeignOperation::PowerOff => self.begin(begin(Kind::PowerOff), |_| None),
            ForeignOperation::RevertSnapshot => {
                let chosen = chosen()?;
                self.begin(begin(Kind::Revert), |_| Some(Change::Revert(chosen)))
            }
            ForeignOperation::DeleteSnapshot => {
                let chosen = chosen()?;
                self.begin(begin(Kind::Delete), |_| Some(Change::Remove(chosen)))
            }
            ForeignOperation::CreateSnapshot => {
                let made = ids::any(&mut self.random);
                let asked = Specification {
                    name: foreign.name.clone(),
                    description: foreign.description.clone(),
                    ..Specification::default()
                };
                let begin =
                    Begin { made: Some(made.clone()), ..begin(Kind::Create { memory: false }) };
                self.begin(begin, |ends| {
                    Some(Change::Add(new_snapshot(made, number, asked, ends).into()))
                })
            }
        }?;
        if !foreign.tracker {
            self.operations.forget(&tracker, self.now)?;
        }
        Ok(tracker)
    }
}
