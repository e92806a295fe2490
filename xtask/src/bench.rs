//! The package side by side with what else a user would pick.

use std::ffi::OsString;

use anyhow::Result;

use crate::build;
use crate::command::{node, run};

/// Builds the package, unless another build is named in `VRA_DIST`, and runs the bench, which sets itself up.
pub fn run_all(args: Vec<OsString>) -> Result<()> {
    run_script("bench/main.mjs", args)
}

/// The same for whole fleets.
pub fn run_fleets(args: Vec<OsString>) -> Result<()> {
    run_script("bench/fleet.mjs", args)
}

/// A fleet on the edge worker, and what it costs.
pub fn run_edge(args: Vec<OsString>) -> Result<()> {
    run_script("bench/edge.mjs", args)
}

fn run_script(script: &str, args: Vec<OsString>) -> Result<()> {
    if std::env::var_os("VRA_DIST").is_none() {
        build::package()?;
    }
    let mut bench = node(script, &[]);
    bench.args(args);
    run(bench)
}
