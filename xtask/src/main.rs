//! The tasks behind the npm scripts: `cargo xtask <task>`.

mod bench;
mod build;
mod command;
mod fuzz;
mod long;
mod stages;
mod trap;
mod weight;

use std::process::ExitCode;

use anyhow::{Result, bail};
use lexopt::prelude::*;

const USAGE: &str = "\
cargo xtask build                 the package, complete in dist/
cargo xtask start [--port N]      the console against the simulator
cargo xtask build-www             the console for any static host, in www/static
cargo xtask edge [OPTIONS]        the edge worker, the simulator and the console
cargo xtask build-edge            what the edge worker is made of, for wrangler
cargo xtask screenshots           pictures of the console's states, in test-results/screenshots
cargo xtask test [--stage NAMES]  every test, or some stages of them: core,lint
cargo xtask test-long             what takes too long for every change
cargo xtask size                  what a browser loads of the package
cargo xtask bench [PARTS]         side by side with what else a user would pick
cargo xtask bench-fleet [OPTIONS] whole fleets, side by side with loops
cargo xtask bench-edge [OPTIONS]  a fleet on the edge worker: counts, processor, memory, costs
cargo xtask soak --seeds N        so many simulated lives of an operation
cargo xtask fuzz [--seconds N]    every fuzz target, for so long each (20)";

fn main() -> ExitCode {
    match task() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn task() -> Result<()> {
    let mut parser = lexopt::Parser::from_env();
    let Some(task) = parser.next()? else { bail!("which task?\n{USAGE}") };
    match task {
        Value(task) if task == "build" => build::package(),
        Value(task) if task == "start" => stages::start(parser.raw_args()?.collect()),
        Value(task) if task == "build-www" => stages::build_www(),
        Value(task) if task == "edge" => stages::edge(parser.raw_args()?.collect()),
        Value(task) if task == "build-edge" => stages::build_edge(),
        Value(task) if task == "screenshots" => stages::screenshots(),
        Value(task) if task == "bench" => bench::run_all(parser.raw_args()?.collect()),
        Value(task) if task == "bench-fleet" => bench::run_fleets(parser.raw_args()?.collect()),
        Value(task) if task == "bench-edge" => bench::run_edge(parser.raw_args()?.collect()),
        Value(task) if task == "size" => {
            build::package()?;
            stages::size()?;
            weight::print()
        }
        Value(task) if task == "soak" => match parser.next()? {
            Some(Long("seeds")) => stages::soak(parser.value()?.parse()?),
            _ => bail!("how many seeds?\n{USAGE}"),
        },
        Value(task) if task == "fuzz" => {
            let seconds = match parser.next()? {
                Some(Long("seconds")) => parser.value()?.parse()?,
                Some(other) => bail!("{}\n{USAGE}", other.unexpected()),
                None => 20,
            };
            fuzz::run_all(seconds)
        }
        Value(task) if task == "test-long" => long::run_all(),
        Value(task) if task == "test" => {
            let stage = match parser.next()? {
                Some(Long("stage")) => Some(parser.value()?.string()?),
                Some(other) => bail!("{}\n{USAGE}", other.unexpected()),
                None => None,
            };
            stages::test(stage.as_deref())
        }
        Long("help") => {
            println!("{USAGE}");
            Ok(())
        }
        other => bail!("{}\n{USAGE}", other.unexpected()),
    }
}
