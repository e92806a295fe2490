//! What takes too long for every change, and is run before a release.

use anyhow::Result;

use crate::command::{cargo, node, run};
use crate::{build, fuzz, stages};

/// Of simulated lives; a run of the tests has 24,000 of them.
const SEEDS: u64 = 1_000_000;
/// Of the fleet that is killed.
const MACHINES: u32 = 200;
const KILLS: u32 = 10;
/// Of the fleet on the edge worker, whose runtime is killed.
const WORKER_MACHINES: u32 = 300;
/// For each target.
const FUZZ_SECONDS: u32 = 60;

/// Runs all of it.
pub fn run_all() -> Result<()> {
    println!("\n== the package, built twice");
    build::package()?;
    run(node("xtask/reproduce.mjs", &[]))?;

    println!("\n== the crate, as it is published");
    run(cargo(&["package", "--quiet", "--package", "vra-snapshots", "--allow-dirty", "--locked"]))?;

    println!("\n== the worker in Rust");
    worker("clippy", &["--", "-D", "warnings"])?;
    worker("build", &["--release"])?;

    println!("\n== {SEEDS} simulated lives");
    stages::soak(SEEDS)?;

    println!("\n== the simulator's budgets of time");
    run(cargo(&[
        "test",
        "--quiet",
        "--package",
        "vra-simulator",
        "--",
        "--ignored",
        "--nocapture",
        "--test-threads=1",
    ]))?;

    println!("\n== a fleet of {MACHINES} machines, killed {KILLS} times");
    stages::killed_fleet(MACHINES, KILLS)?;

    println!("\n== a fleet of {WORKER_MACHINES} machines on the edge worker, killed {KILLS} times");
    stages::killed_worker(WORKER_MACHINES, KILLS)?;

    println!("\n== thousands of machines in the console");
    stages::thousand()?;

    println!("\n== a fleet of 1,000 machines on the edge worker: processor and memory");
    run(node("bench/edge.mjs", &["--speed", "10"]))?;

    println!("\n== fuzzing");
    if fuzz::is_installed() {
        fuzz::run_all(FUZZ_SECONDS)
    } else {
        println!("skipped: there is no cargo-fuzz on a nightly toolchain");
        Ok(())
    }
}

/// A command of cargo on the example, which is no member of the workspace.
fn worker(subcommand: &str, more: &[&str]) -> Result<()> {
    let mut cargo =
        cargo(&[subcommand, "--quiet", "--locked", "--target", "wasm32-unknown-unknown"]);
    cargo.args(["--manifest-path", "examples/worker/Cargo.toml", "--target-dir", "target/worker"]);
    cargo.args(more);
    run(cargo)
}
