//! What is run, in which order, and how long each took.

use std::ffi::OsString;
use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

use crate::build;
use crate::command::{cargo, command, node, root, run};

const VITE: &str = "node_modules/vite/bin/vite.js";
const PLAYWRIGHT: &str = "node_modules/@playwright/test/cli.js";
const BIOME: &str = "node_modules/@biomejs/biome/bin/biome";

const CRATES: [&str; 4] = ["--package", "vra-snapshots", "--package", "vra-simulator"];
const CLIENT: &str = "vra-snapshots/client";
/// On wasm32: the core alone, as a Rust program has it, and all that the npm package has.
const WASM_FEATURES: [&str; 2] = ["", "vra-snapshots/npm"];

/// A stage of the tests: its name, and what it does.
type Stage = (&'static str, fn() -> Result<()>);

/// What cargo does for this machine: most of it by one core, and beside the package, which cargo builds elsewhere.
const RUST: [Stage; 2] = [("core", core), ("lint", lint)];
/// The package, and what needs no more than that.
const PACKAGE: [Stage; 3] = [("build", build_all), ("types", types), ("size", size)];
/// In a browser.
const PAGES: [Stage; 3] = [("console", console), ("element", element), ("csp", csp)];
/// These wait more than they work, and so do those in a browser: both run at once.
const BESIDE: [Stage; 3] = [("runtimes", runtimes), ("edge", edge_worker), ("bundlers", bundlers)];
/// This one waits for nearly all of its time, as long as a reader of the README would.
const WAITING: [Stage; 1] = [("package", package)];

/// Runs the stages of these names, separated by commas - or every one - and prints what each took.
pub fn test(only: Option<&str>) -> Result<()> {
    let Some(only) = only else { return test_all() };
    let lanes: [&[Stage]; 5] = [&RUST, &PACKAGE, &PAGES, &BESIDE, &WAITING];
    let all = lanes.concat();
    let mut chosen = Vec::new();
    for name in only.split(',') {
        let Some(stage) = all.iter().find(|(known, _)| *known == name) else {
            bail!("there is no stage {name}; there are: {}", names(&all).join(", "));
        };
        chosen.push(*stage);
    }
    run_in_order(&chosen)
}

fn test_all() -> Result<()> {
    let start = Instant::now();
    let rust = Beside::start(&names(&RUST))?;
    let package = run_in_order(&PACKAGE);
    let rust = rust.end();
    package.and(rust)?;
    // Both would install the one and build the other.
    chromium()?;
    worker_of_tests()?;
    let beside = [Beside::start(&names(&BESIDE))?, Beside::start(&names(&WAITING))?];
    let mut end = run_in_order(&PAGES);
    for lane in beside {
        end = end.and(lane.end());
    }
    println!("\nall in {:.1} s", start.elapsed().as_secs_f64());
    end
}

fn names(stages: &[Stage]) -> Vec<&'static str> {
    stages.iter().map(|(name, _)| *name).collect()
}

fn run_in_order(stages: &[Stage]) -> Result<()> {
    let mut times = Vec::new();
    for &(name, stage) in stages {
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
}

/// The stages that run in a process of their own. What they print is printed when they are over.
struct Beside {
    process: Child,
    printed: PathBuf,
}

impl Beside {
    fn start(names: &[&str]) -> Result<Self> {
        println!("\nbeside what follows: {}", names.join(", "));
        let printed = root().join(format!("target/beside-{}.log", names.join("-")));
        let file = File::create(&printed)?;
        let mut stages = Command::new(std::env::current_exe()?);
        stages.args(["test", "--stage", &names.join(",")]).current_dir(root());
        if let Some(worker) = WORKER.get() {
            stages.env(EDGE_WORKER, worker);
        }
        stages.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        Ok(Self { process: stages.spawn()?, printed })
    }

    fn end(mut self) -> Result<()> {
        let status = self.process.wait()?;
        print!("{}", String::from_utf8_lossy(&std::fs::read(self.printed)?));
        ensure!(status.success(), "a stage that ran beside the others failed");
        Ok(())
    }
}

fn core() -> Result<()> {
    let mut test = cargo(&["test", "--quiet"]);
    test.args(CRATES);
    run(test)
}

/// More of the simulated lives than the tests run; a failing seed is printed, and replayed by `LIFE_SEED` or
/// `FLEET_SEED`.
pub fn soak(seeds: u64) -> Result<()> {
    let mut test =
        cargo(&["test", "--quiet", "--package", "vra-snapshots", "--test", "core", "lives"]);
    // A fleet is dozens of lives.
    test.env("LIVES", seeds.to_string()).env("FLEETS", (seeds / 20).to_string());
    run(test)
}

const KILLED_FLEET: &str = "tests/runtimes/killed-fleet.test.mjs";

/// A larger fleet than that of the tests, killed more often.
pub fn killed_fleet(machines: u32, kills: u32) -> Result<()> {
    let mut test = node("--test", &["--test-reporter=spec", KILLED_FLEET]);
    test.env("FLEET_KILLED_MACHINES", machines.to_string());
    test.env("FLEET_KILLED_KILLS", kills.to_string());
    run(test)
}

fn lint() -> Result<()> {
    run(cargo(&["fmt", "--all", "--check"]))?;
    run(cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    for features in WASM_FEATURES {
        let mut clippy = cargo(&["clippy", "--quiet", "--target", "wasm32-unknown-unknown"]);
        clippy.args(CRATES).args(["--features", features, "--", "-D", "warnings"]);
        run(clippy)?;
    }
    for target in [&[][..], &["--target", "wasm32-unknown-unknown", "--features", CLIENT]] {
        let mut doc = cargo(&["doc", "--quiet", "--no-deps"]);
        doc.args(CRATES).args(target).env("RUSTDOCFLAGS", "-D warnings");
        run(doc)?;
    }
    run(node(BIOME, &["ci", "--error-on-warnings", "."]))?;
    node_tests(&["tests/release/workflow.test.mjs", "tests/structure/imports.test.mjs"])
}

fn build_all() -> Result<()> {
    build::package()?;
    console_build()
}

fn console_build() -> Result<()> {
    run(node(VITE, &["build", "www", "--logLevel", "warn"]))
}

/// The console in a folder for any static host.
pub fn build_www() -> Result<()> {
    build::package()?;
    console_for("static")
}

/// What the edge worker is made of: the package, and the console that it serves.
pub fn build_edge() -> Result<()> {
    build::package()?;
    console_for("edge")
}

fn console_for(mode: &str) -> Result<()> {
    run(node(VITE, &["build", "www", "--mode", mode, "--logLevel", "warn"]))
}

/// Builds all and runs the edge worker against the simulator, with the console, until it is stopped.
pub fn edge(args: Vec<OsString>) -> Result<()> {
    build_edge()?;
    let mut dev = node("edge/dev.mjs", &[]);
    dev.args(args);
    run(dev)
}

/// Pictures of the console's states.
pub fn screenshots() -> Result<()> {
    build_all()?;
    playwright("screenshots")
}

fn types() -> Result<()> {
    node_tests(&["tests/types/all.test.mjs"])
}

fn runtimes() -> Result<()> {
    run(in_chromium(node("tests/runtimes/matrix.mjs", &[]))?)?;
    node_tests(&[
        "tests/fleet-faults.test.mjs",
        "tests/runtimes/killed.test.mjs",
        KILLED_FLEET,
        "simulator/tests/fetch.test.mjs",
        "simulator/tests/serve.test.mjs",
        "simulator/tests/faults.test.mjs",
    ])
}

/// Names the file with the options of the edge worker that all tests of a run share.
const EDGE_WORKER: &str = "EDGE_WORKER";
static WORKER: OnceLock<PathBuf> = OnceLock::new();

/// Builds the edge worker for the tests, once for all stages.
fn worker_of_tests() -> Result<PathBuf> {
    if let Some(built) = WORKER.get() {
        return Ok(built.clone());
    }
    let options = match std::env::var_os(EDGE_WORKER) {
        Some(options) => options.into(),
        None => {
            let folder = root().join("target/edge-worker");
            run(node("tests/edge/build.mjs", &[&folder.to_string_lossy()]))?;
            folder.join("options.json")
        }
    };
    Ok(WORKER.get_or_init(|| options).clone())
}

const KILLED_WORKER: &str = "tests/edge/killed.test.mjs";

fn edge_worker() -> Result<()> {
    let mut test = node("--test", &["--test-reporter=spec", "--test-concurrency=2", HUNG]);
    test.args(
        [
            "refusals",
            "gateway",
            "fleets",
            "changes",
            "events",
            "restarts",
            "random-actions",
            "readme",
        ]
        .map(|name| format!("tests/edge/{name}.test.mjs")),
    );
    test.arg(KILLED_WORKER);
    test.env(EDGE_WORKER, worker_of_tests()?);
    run(test)
}

/// A larger fleet than that of the tests on the worker, whose runtime is killed more often.
pub fn killed_worker(machines: u32, kills: u32) -> Result<()> {
    let mut test = node("--test", &["--test-reporter=spec", KILLED_WORKER]);
    test.env("EDGE_KILLED_MACHINES", machines.to_string());
    test.env("EDGE_KILLED_KILLS", kills.to_string());
    run(test)
}

fn bundlers() -> Result<()> {
    let test = node("--test", &["--test-reporter=spec", HUNG, "tests/bundlers/bundlers.test.mjs"]);
    run(in_chromium(test)?)
}

fn package() -> Result<()> {
    // Both wait for the README's examples, which take the time that they take.
    let pages = std::thread::spawn(|| playwright("package"));
    let others = node_tests(&[
        "tests/package/files.test.mjs",
        "tests/package/entries.test.mjs",
        "tests/package/readme.test.mjs",
    ]);
    pages.join().expect("nothing in it panics")?;
    others
}

fn csp() -> Result<()> {
    playwright("csp")
}

fn console() -> Result<()> {
    let worker = worker_of_tests()?;
    let mut tests = in_chromium(playwright_of("console"))?;
    tests.env(EDGE_WORKER, worker);
    run(tests)
}

/// Thousands of machines in the console, and how long that keeps the page's thread busy.
pub fn thousand() -> Result<()> {
    console_build()?;
    playwright("thousand")
}

fn element() -> Result<()> {
    playwright("element")
}

/// A test that has not ended by then hangs: so long as none takes on a machine that is busy.
const HUNG: &str = "--test-timeout=1800000";

fn node_tests(files: &[&str]) -> Result<()> {
    let mut test = node("--test", &["--test-reporter=spec", HUNG]);
    test.args(files);
    run(test)
}

fn playwright(project: &str) -> Result<()> {
    run(in_chromium(playwright_of(project))?)
}

fn playwright_of(project: &str) -> Command {
    node(PLAYWRIGHT, &["test", "--config", "tests/playwright.config.ts", "--project", project])
}

/// Tells a program which Chromium to start.
fn in_chromium(mut program: Command) -> Result<Command> {
    program.env("CHROMIUM_PATH", chromium()?);
    Ok(program)
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
