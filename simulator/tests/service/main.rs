//! The simulated service as a client meets it: requests in, responses out, at times that the tests choose.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // A failing test may panic.

mod access;
mod bench;
mod contract;
mod estate;
mod faults;
mod fleet;
mod snapshots;
mod trackers;
