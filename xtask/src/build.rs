//! The npm package: wasm, its bindings, the optimiser, and the hand-written entries.

use std::collections::HashMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::{Context, Result};
use walrus::Module as Wasm;
use wasm_bindgen_cli_support::Bindgen;

use crate::command::{cargo, node, root, run};
use crate::trap;

const TARGET: &str = "wasm32-unknown-unknown";

/// One wasm module of the package.
struct Module {
    /// The crate that it is made of.
    package: &'static str,
    /// What of it is for the package alone.
    features: &'static str,
    /// The name of its files.
    name: &'static str,
    /// Whether panics and formatting become traps.
    traps: bool,
}

const MODULES: [Module; 2] = [
    Module { package: "vra-snapshots", features: "npm", name: "core", traps: true },
    Module { package: "vra-simulator", features: "", name: "simulator_core", traps: false },
];

/// Builds `dist/`, complete. It is put in place in one step: whoever reads it meanwhile sees the old one whole.
pub fn package() -> Result<()> {
    let dist = root().join("target").join("dist");
    remove(&dist)?;
    fs::create_dir_all(&dist)?;
    for module in &MODULES {
        build(module, &dist)?;
    }
    for entry in fs::read_dir(root().join("js"))? {
        let entry = entry?;
        fs::copy(entry.path(), dist.join(entry.file_name()))?;
    }
    let place = root().join("dist");
    remove(&place)?;
    fs::rename(&dist, &place).context("dist/ could not be put in place")
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("{} could not be removed", folder.display()))?;
    }
    Ok(())
}

fn build(module: &Module, dist: &Path) -> Result<()> {
    // Asking cargo for the one crate type keeps link-time optimisation on: with an rlib beside the cdylib it
    // would be switched off without a word.
    let args = [
        "rustc",
        "--quiet",
        "--lib",
        "--crate-type",
        "cdylib",
        "--profile",
        "wasm",
        "--target",
        TARGET,
    ];
    let mut compile = cargo(&args);
    compile.args(["--package", module.package, "--no-default-features"]);
    compile.args(["--features", module.features]);
    compile.env("CARGO_ENCODED_RUSTFLAGS", without_paths_of_this_machine());
    run(compile)?;

    let target = root().join("target");
    let wasm = target
        .join(TARGET)
        .join("wasm")
        .join(module.package.replace('-', "_"))
        .with_extension("wasm");
    let bindings = target.join("bindings").join(module.name);
    let mut bound = Bindgen::new()
        .input_path(wasm)
        .out_name(module.name)
        .web(true)?
        // The entries name the wasm, each in the way of its runtime.
        .omit_default_module_path(true)
        .remove_producers_section(true)
        .typescript(true)
        .generate_output()
        .context("the bindings could not be generated")?;
    if module.traps {
        trap::panics(bound.wasm_mut())?;
    }
    let names = shorten(bound.wasm_mut());
    bound.emit(&bindings)?;

    let glue = fs::read_to_string(bindings.join(format!("{}.js", module.name)))?;
    fs::write(dist.join(format!("{}.js", module.name)), rename(&glue, &names))?;
    let wasm = format!("{}_bg.wasm", module.name);
    optimise(&bindings.join(&wasm), &dist.join(&wasm))
}

/// The same module on every machine: panics name source files, and those lie somewhere.
fn without_paths_of_this_machine() -> String {
    let home = |variable: &str, folder: &str| {
        std::env::var(variable)
            .or_else(|_| std::env::var("HOME").map(|home| format!("{home}/{folder}")))
    };
    let root = root();
    let folders = [
        home("CARGO_HOME", ".cargo").ok(),
        home("RUSTUP_HOME", ".rustup").ok(),
        root.to_str().map(Into::into),
    ];
    let remapped =
        folders.into_iter().flatten().map(|folder| format!("--remap-path-prefix={folder}=."));
    remapped.collect::<Vec<_>>().join("\x1f")
}

/// Gives what the module imports and exports short names: no user sees them, and every user loads them twice.
fn shorten(wasm: &mut Wasm) -> HashMap<String, String> {
    // What is imported from a module of ours as it is keeps the name that it has there.
    let imports = wasm.imports.iter_mut().filter(|import| import.module.ends_with("_bg.js"));
    let imports = imports.map(|import| &mut import.name);
    let exports = wasm.exports.iter_mut().map(|export| &mut export.name);
    let mut names = HashMap::new();
    for name in imports.chain(exports).filter(|name| *name != "memory") {
        let next = format!("${}", names.len());
        *name = names.entry(name.clone()).or_insert(next).clone();
    }
    names
}

/// The glue with the short names. Each of the old ones is a whole word there.
fn rename(glue: &str, names: &HashMap<String, String>) -> String {
    let is_word = |character: char| character.is_alphanumeric() || matches!(character, '_' | '$');
    let mut renamed = String::with_capacity(glue.len());
    let mut rest = glue;
    while let Some(start) = rest.find(is_word) {
        let (before, word) = rest.split_at(start);
        let (word, after) =
            word.split_at(word.find(|character| !is_word(character)).unwrap_or(word.len()));
        renamed.push_str(before);
        renamed.push_str(names.get(word).map_or(word, String::as_str));
        rest = after;
    }
    renamed + rest
}

fn optimise(from: &Path, to: &Path) -> Result<()> {
    wasm_opt(from, to, &["--strip-debug", "--strip-producers"])
}

/// The same module as the one in the package, with the names of its functions.
pub fn optimise_with_names(from: &Path, to: &Path) -> Result<()> {
    wasm_opt(from, to, &["--debuginfo"])
}

/// The optimiser takes longer than all else together where nothing has changed, so what it made is found again by what it was
/// made of.
fn wasm_opt(from: &Path, to: &Path, more: &[&str]) -> Result<()> {
    let mut made_of = DefaultHasher::new();
    fs::read(from)?.hash(&mut made_of);
    fs::read(root().join("node_modules/binaryen/package.json"))?.hash(&mut made_of);
    more.hash(&mut made_of);
    let folder = root().join("target/optimised");
    let made = folder.join(format!("{:016x}.wasm", made_of.finish()));
    if !made.exists() {
        fs::create_dir_all(&folder)?;
        let unfinished = made.with_extension(std::process::id().to_string());
        let (from, unfinished_path) = (from.to_string_lossy(), unfinished.to_string_lossy());
        let mut optimise = node(
            "node_modules/binaryen/bin/wasm-opt",
            &[&*from, "-o", &*unfinished_path, "-Oz", "--converge"],
        );
        optimise.args(more);
        run(optimise)?;
        fs::rename(&unfinished, &made)?;
    }
    fs::copy(&made, to)?;
    Ok(())
}
