//! How many operations are under way: in all, on a machine, in a deployment.

use std::collections::HashMap;

/// Counts what is under way.
#[derive(Default)]
pub(crate) struct Tally {
    all: u64,
    /// By the ids of machines, and of deployments. What nothing is under way in is not in here.
    machines: HashMap<String, u64>,
    deployments: HashMap<String, u64>,
}

impl Tally {
    pub(crate) fn begin(&mut self, machine: &str, deployment: Option<&str>) {
        self.all += 1;
        add(&mut self.machines, machine);
        if let Some(deployment) = deployment {
            add(&mut self.deployments, deployment);
        }
    }

    pub(crate) fn end(&mut self, machine: &str, deployment: Option<&str>) {
        self.all = self.all.saturating_sub(1);
        remove(&mut self.machines, machine);
        if let Some(deployment) = deployment {
            remove(&mut self.deployments, deployment);
        }
    }

    pub(crate) fn all(&self) -> u64 {
        self.all
    }

    pub(crate) fn on_machine(&self, id: &str) -> u64 {
        self.machines.get(id).copied().unwrap_or_default()
    }

    pub(crate) fn in_deployment(&self, id: &str) -> u64 {
        self.deployments.get(id).copied().unwrap_or_default()
    }
}

fn add(counts: &mut HashMap<String, u64>, id: &str) {
    match counts.get_mut(id) {
        Some(count) => *count += 1,
        None => drop(counts.insert(id.to_owned(), 1)),
    }
}

fn remove(counts: &mut HashMap<String, u64>, id: &str) {
    match counts.get_mut(id) {
        Some(count) if *count > 1 => *count -= 1,
        _ => drop(counts.remove(id)),
    }
}
