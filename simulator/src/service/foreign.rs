//! What somebody else begins on a machine.

use crate::faults::foreign::{Foreign, ForeignOperation};
use crate::faults::operation::OperationFault;
use crate::http::error::ServiceError;
use crate::http::specification::Specification;
use crate::operations::Change;
use crate::operations::kind::Kind;
use crate::service::Simulator;
use crate::service::handlers::begin::Begin;
use crate::service::handlers::snapshots::new_snapshot;
use crate::util::ids;
use crate::util::options_error::OptionsError;

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
