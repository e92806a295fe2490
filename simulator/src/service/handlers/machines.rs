//! Machines.

use super::{Answer, Asked};
use crate::http::error::ServiceError;
use crate::http::filter::{Fields, Filter};
use crate::http::message::{Query, Response};
use crate::http::paging::Page;
use crate::inventory::machine::{Machine, Trouble};
use crate::options::{Busy, BusyScope};
use crate::service::Simulator;

impl Simulator {
    pub(super) fn list_machines(&self, asked: Asked<'_>) -> Answer {
        let query = asked.query;
        let page = Page::read(query)?;
        let filter = Filter::read::<Machine>(query.get("$filter"))?;
        let operation_links = query.get("skipOperationLinks") != Some("true");

        let mut found = self.estate.passing(&filter);
        match query.get("$orderby").map(sort_key).transpose()? {
            Some((name, is_descending)) => {
                found.sort_by(|one, other| one.field(name).cmp(&other.field(name)));
                if is_descending {
                    found.reverse();
                }
            }
            None => page.turn(&mut found, asked.turn_list_by),
        }
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
            _ => match self.obstacle(machine) {
                Some(obstacle) if self.options.busy == Busy::Refused => {
                    Err(ServiceError::conflict(obstacle))
                }
                _ => Ok(machine),
            },
        }
    }

    /// Why no operation can run on a machine now, if another one is in its way.
    pub(super) fn obstacle(&self, machine: &Machine) -> Option<String> {
        let Machine { id, name, deployment_id, .. } = machine;
        if self.occupied.on_machine(id) > 0 || machine.trouble() == Some(Trouble::Busy) {
            return Some(format!("Another operation is in progress on machine '{name}'"));
        }
        let deployment = deployment_id.as_deref()?;
        let is_occupied = self.options.busy_scope == BusyScope::Deployment
            && self.occupied.in_deployment(deployment) > 0;
        is_occupied
            .then(|| format!("Another operation is in progress in deployment '{deployment}'"))
    }
}

/// `$orderby`: a field, and whether the order is descending.
fn sort_key(text: &str) -> Result<(&str, bool), ServiceError> {
    let (name, direction) = text.trim().split_once(' ').unwrap_or((text.trim(), "asc"));
    let is_known = <Machine as Fields>::NAMES.contains(&name);
    match direction.trim().to_ascii_lowercase().as_str() {
        "asc" if is_known => Ok((name, false)),
        "desc" if is_known => Ok((name, true)),
        _ => Err(ServiceError::bad_request(format!("Invalid $orderby: '{text}'"))),
    }
}
