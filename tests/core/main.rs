//! The core as whoever drives it meets it: events in, actions out, at times that the tests choose.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A failing test may panic.

mod bench;
mod calls;
mod exchange;
mod fixtures;
mod fleet;
mod lives;
mod models;
mod names;
mod operation;
mod pages;
mod plan;
mod properties;
mod prune;
mod replies;
mod service;
mod simulated;
mod single;
mod throttle;
mod tracking;
