//! What can be done to a machine: whether it can be snapshot, and which of its snapshots are old.

pub(crate) mod check;
pub(crate) mod prune;
