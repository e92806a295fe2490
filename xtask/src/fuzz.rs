//! The fuzz targets. They need a nightly toolchain and cargo-fuzz, which no other task does.

use std::fs;

use anyhow::{Context, Result};

use crate::command::{command, root, run};

/// The targets, each with the folder of what it begins with.
const TARGETS: [(&str, &str); 3] = [
    ("bodies", "tests/fixtures"),
    ("states", "fuzz/seeds/states"),
    ("retry_after", "fuzz/seeds/retry_after"),
];

/// Runs each target for so many seconds. What one finds becomes a test.
pub fn run_all(seconds: u32) -> Result<()> {
    let version = command("rustup", &["run", "nightly", "cargo", "fuzz", "--version"]);
    run(version)
        .context("`rustup toolchain install nightly` and `cargo install cargo-fuzz` come first")?;
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
