//! Machines.

use super::Answer;
use crate::error::ServiceError;
use crate::estate::{Machine, Trouble};
use crate::filter::Filter;
use crate::http::{Query, Response};
use crate::options::Busy;
use crate::paging::Page;
use crate::service::Simulator;

impl Simulator {
    pub(super) fn list_machines(&self, query: &Query) -> Answer {
        let page = Page::read(query)?;
        let filter = Filter::read::<Machine>(query.get("$filter"))?;
        let operation_links = query.get("skipOperationLinks") != Some("true");

        let found: Vec<_> = self.estate.machines().filter(|one| filter.passes(*one)).collect();
        let listing = page.of(found, self.options.total_elements);
        let select = query.get("$select");
        let listing = listing.map(|machine| machine.to_json(select, operation_links));
        Ok(Response::json(200, &listing))
    }

    pub(super) fn get_machine(&self, id: &str, query: &Query) -> Answer {
        let machine = self.estate.find(id)?;
        Ok(Response::json(200, &machine.to_json(query.get("$select"), true)))
    }

    /// The machine, if an operation may begin on it now.
    pub(super) fn machine_for_action(&self, id: &str) -> Result<&Machine, ServiceError> {
        let machine = self.estate.find(id)?;
        match machine.trouble() {
            Some(Trouble::Gone) => {
                Err(ServiceError::not_found(format!("Machine with id '{id}' not found")))
            }
            Some(Trouble::Denied) => Err(ServiceError::forbidden()),
            _ if machine.is_busy() && self.options.busy == Busy::Refused => {
                Err(ServiceError::conflict(under_way(&machine.name)))
            }
            _ => Ok(machine),
        }
    }
}

/// Why an operation cannot run on a machine.
pub(super) fn under_way(machine: &str) -> String {
    format!("Another operation is in progress on machine '{machine}'")
}
