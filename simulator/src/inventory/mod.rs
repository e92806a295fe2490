//! The machines that the service knows.

pub(crate) mod generated;
pub(crate) mod known;
pub(crate) mod machine;
pub(crate) mod outline;
pub(crate) mod snapshots;

use fastrand::Rng;
use indexmap::IndexMap;

use crate::http::error::ServiceError;
use crate::http::filter::Filter;
use crate::util::list;
use machine::Machine;

/// The organization that everything belongs to.
pub(crate) const ORG_ID: &str = "5c2f6a1e-0d4b-4f7a-8f3c-9b1e6d2a7c40";
/// Who owns what nobody else is named for.
pub(crate) const OWNER: &str = "operator@example.com";

/// The machines, in the order in which lists show them.
pub(crate) struct Estate(IndexMap<String, Machine>);

impl Estate {
    /// The well-known machines, generated ones up to the number, and those of these names.
    pub(crate) fn new(machines: usize, names: &[String], random: &mut Rng) -> Self {
        let known = known::machines();
        let generated = machines.saturating_sub(known.len());
        let all = known.into_iter().take(machines).chain(generated::machines(generated, random));
        let all = all.chain((1..).zip(names).map(|(number, name)| known::named(number, name)));
        Self(all.map(|machine| (machine.id.clone(), machine)).collect())
    }

    pub(crate) fn machines(&self) -> impl Iterator<Item = &Machine> + Clone {
        self.0.values()
    }

    /// The machines that pass a filter.
    pub(crate) fn passing(&self, filter: &Filter) -> Vec<&Machine> {
        list::passing(&self.0, filter, |machine| machine)
    }

    pub(crate) fn find(&self, id: &str) -> Result<&Machine, ServiceError> {
        self.0.get(id).ok_or_else(|| no_machine(id))
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Result<&mut Machine, ServiceError> {
        self.0.get_mut(id).ok_or_else(|| no_machine(id))
    }
}

fn no_machine(id: &str) -> ServiceError {
    ServiceError::not_found(format!("Machine with id '{id}' not found"))
}
