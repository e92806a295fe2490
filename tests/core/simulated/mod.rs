//! The core against the simulated service.

mod lists;
mod machines;
mod service;
mod tokens;
