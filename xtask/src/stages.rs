//! What is run, in which order, and how long each took.

use std::ffi::OsString;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::build;
use crate::command::{cargo, command, node, root, run};

const VITE: &str = "node_modules/vite/bin/vite.js";
const PLAYWRIGHT: &str = "node_modules/@playwright/test/cli.js";
const TSC: &str = "node_modules/typescript/bin/tsc";
const BIOME: &str = "node_modules/@biomejs/biome/bin/biome";

/// A stage of the tests: its name, and what it does.
type Stage = (&'static str, fn() -> Result<()>);

const STAGES: [Stage; 8] = [
    ("core", core),
    ("lint", lint),
    ("build", build_all),
    ("types", types),
    ("size", size),
    ("console", console),
    ("runtimes", runtimes),
    ("package", package),
];

/// Runs every stage, or the one of that name, and prints what each took.
pub fn test(only: Option<&str>) -> Result<()> {
    let chosen: Vec<Stage> =
        STAGES.into_iter().filter(|(name, _)| only.is_none_or(|only| only == *name)).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = STAGES.iter().map(|(name, _)| *name).collect();
        bail!("there is no stage of that name; there are: {}", names.join(", "));
    }
    let mut times = Vec::new();
    for (name, stage) in chosen {
        println!("\n== {name}");
        let start = Instant::now();
        let end = stage();
        times.push((name, start.elapsed()));
        if let Err(error) = end {
            print_times(&times);
            bail!("stage {name}: {error:#}");
        }
    }
    print_times(&times);
    Ok(())
}

fn print_times(times: &[(&str, Duration)]) {
    println!();
    for (name, time) in times {
        println!("{name:>10} {:7.1} s", time.as_secs_f64());
    }
    println!(
        "{:>10} {:7.1} s",
        "all",
        times.iter().map(|(_, time)| time.as_secs_f64()).sum::<f64>()
    );
}

fn core() -> Result<()> {
    run(cargo(&["test", "--quiet", "--package", "vra-snapshots", "--package", "vra-simulator"]))
}

/// More of the simulated lives than the tests run; a failing seed is printed, and replayed by `LIFE_SEED`.
pub fn soak(seeds: u64) -> Result<()> {
    let mut test =
        cargo(&["test", "--quiet", "--package", "vra-snapshots", "--test", "core", "lives"]);
    test.env("LIVES", seeds.to_string());
    run(test)
}

fn lint() -> Result<()> {
    run(cargo(&["fmt", "--all", "--check"]))?;
    run(cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    let wasm = ["--target", "wasm32-unknown-unknown", "-p", "vra-snapshots", "-p", "vra-simulator"];
    let mut clippy = cargo(&["clippy", "--quiet"]);
    clippy.args(wasm).args(["--", "-D", "warnings"]);
    run(clippy)?;
    let mut doc =
        cargo(&["doc", "--quiet", "--no-deps", "-p", "vra-snapshots", "-p", "vra-simulator"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    run(doc)?;
    run(node(BIOME, &["ci", "--error-on-warnings", "."]))
}

fn build_all() -> Result<()> {
    build::package()?;
    console_build()
}

fn console_build() -> Result<()> {
    run(node(VITE, &["build", "www", "--logLevel", "warn"]))
}

fn types() -> Result<()> {
    let projects = ["www", "tests/console", "tests/types/tsconfig.bundler.json"];
    let more = ["tests/types/tsconfig.node16.json", "tests/types/tsconfig.nodenext.json"];
    for project in projects.into_iter().chain(more) {
        run(node(TSC, &["--project", project]))?;
    }
    node_tests(&["tests/types/drift.test.mjs"])
}

fn runtimes() -> Result<()> {
    playwright("runtimes")?;
    node_tests(&[
        "tests/runtimes/node.test.mjs",
        "tests/runtimes/killed.test.mjs",
        "simulator/tests/fetch.test.mjs",
        "simulator/tests/serve.test.mjs",
        "simulator/tests/faults.test.mjs",
    ])
}

fn package() -> Result<()> {
    playwright("package")?;
    node_tests(&["tests/package/node.test.mjs"])
}

fn console() -> Result<()> {
    playwright("console")
}

fn node_tests(files: &[&str]) -> Result<()> {
    let mut test = node("--test", &["--test-reporter=spec"]);
    test.args(files);
    run(test)
}

fn playwright(project: &str) -> Result<()> {
    let mut test =
        node(PLAYWRIGHT, &["test", "--config", "tests/playwright.config.ts", "--project", project]);
    test.env("CHROMIUM_PATH", chromium()?);
    run(test)
}

/// What a browser loads of the package; fails above the budget.
pub fn size() -> Result<()> {
    run(node("xtask/size.mjs", &[]))
}

/// Builds all and serves the console against the simulator until it is stopped.
pub fn start(args: Vec<OsString>) -> Result<()> {
    build_all()?;
    let mut serve = node("simulator/serve.mjs", &["--static", "www/dist"]);
    serve.args(args);
    run(serve)
}

/// A Chromium: the system's, else Playwright's own, else Debian's package.
fn chromium() -> Result<OsString> {
    if let Some(found) = find_chromium() {
        return Ok(found);
    }
    println!("there is no Chromium on this machine: trying Playwright's own");
    if run(node(PLAYWRIGHT, &["install", "chromium"])).is_ok()
        && let Some(found) = find_chromium()
    {
        return Ok(found);
    }
    println!("trying Debian's package");
    run(command("apt-get", &["update", "--quiet"]))?;
    run(command("apt-get", &["install", "--yes", "--quiet", "chromium"]))?;
    match find_chromium() {
        Some(found) => Ok(found),
        None => bail!("no Chromium could be installed: install one, or name one in CHROMIUM_PATH"),
    }
}

fn find_chromium() -> Option<OsString> {
    if let Some(path) = std::env::var_os("CHROMIUM_PATH") {
        return Some(path);
    }
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let on_path = std::env::split_paths(&std::env::var_os("PATH")?)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|path| path.is_file());
    on_path.map(Into::into).or_else(of_playwright)
}

fn of_playwright() -> Option<OsString> {
    let script = "process.stdout.write(require('@playwright/test').chromium.executablePath())";
    let output = Command::new("node").args(["-e", script]).current_dir(root()).output().ok()?;
    let path = String::from_utf8(output.stdout).ok()?;
    std::path::Path::new(&path).is_file().then(|| path.into())
}
