//! The fuzz targets. They need a nightly toolchain and cargo-fuzz, which no other task does.

use std::fs;

use anyhow::{Result, ensure};

use crate::command::{command, root, run};

/// The targets, each with the folder of what it begins with.
const TARGETS: [(&str, &str); 3] = [
    ("bodies", "tests/fixtures"),
    ("states", "fuzz/seeds/states"),
    ("retry_after", "fuzz/seeds/retry_after"),
];

/// Whether it can be fuzzed here.
pub fn is_installed() -> bool {
    let mut version = command("rustup", &["run", "nightly", "cargo", "fuzz", "--version"]);
    version.output().is_ok_and(|output| output.status.success())
}

/// Runs each target for so many seconds. What one finds becomes a test.
pub fn run_all(seconds: u32) -> Result<()> {
    ensure!(
        is_installed(),
        "`rustup toolchain install nightly` and `cargo install cargo-fuzz` come first"
    );
    for (target, seeds) in TARGETS {
        let corpus = format!("fuzz/corpus/{target}");
        fs::create_dir_all(root().join(&corpus))?;
        println!("\n== {target}");
        let limit = format!("-max_total_time={seconds}");
        run(command(
            "rustup",
            &["run", "nightly", "cargo", "fuzz", "run", target, &corpus, seeds, "--", &limit],
        ))?;
    }
    Ok(())
}
