//! What the client's wasm is made of: the bytes of its code by the crate that they come from.

use std::collections::HashMap;
use std::fs;

use anyhow::{Context, Result};
use wasmparser::{KnownCustom, Name, Parser, Payload};

use crate::build::optimise_with_names;
use crate::command::root;

/// Prints the table, the heaviest first. Raw bytes: what compression makes of each cannot be told apart.
pub fn print() -> Result<()> {
    let bindings = root().join("target/bindings/core/core_bg.wasm");
    let named = root().join("target/size/named.wasm");
    optimise_with_names(&bindings, &named)?;
    let wasm = fs::read(&named).context("the module with names could not be read")?;
    let mut weights: Vec<(String, usize)> = by_crate(&wasm)?.into_iter().collect();
    weights.sort_by_key(|(name, bytes)| (usize::MAX - bytes, name.clone()));
    println!("\nof the wasm, KB raw, by crate:");
    for (name, bytes) in weights.iter().filter(|(_, bytes)| *bytes >= 200) {
        println!("{name:<28}{:8.1}", *bytes as f64 / 1000.0);
    }
    Ok(())
}

fn by_crate(wasm: &[u8]) -> Result<HashMap<String, usize>> {
    let (mut bodies, mut names, mut imported, mut data) = (Vec::new(), HashMap::new(), 0, 0);
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(section) => imported = section.count(),
            Payload::CodeSectionEntry(body) => bodies.push(body.range().len()),
            Payload::DataSection(section) => data = section.range().len(),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(section) = section.as_known() {
                    for subsection in section {
                        if let Name::Function(map) = subsection? {
                            for naming in map {
                                let naming = naming?;
                                names.insert(naming.index, naming.name);
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let mut weights = HashMap::from([("data: texts and tables".to_owned(), data)]);
    for (place, bytes) in (imported..).zip(bodies) {
        let name = names.get(&place).map_or("?", |name| crate_of(name));
        *weights.entry(name.to_owned()).or_default() += bytes;
    }
    Ok(weights)
}

/// The crate in a demangled name: the first path in it, whatever stands around it.
fn crate_of(name: &str) -> &str {
    let start = name.trim_start_matches(['<', '&', '(', '[']);
    let start = start.strip_prefix("dyn ").unwrap_or(start);
    let end = start
        .find(|character: char| !character.is_alphanumeric() && character != '_')
        .unwrap_or(start.len());
    match &start[..end] {
        name if name.starts_with("snapshot") || name.ends_with("iterator") => "vra_snapshots",
        name if name.starts_with("__rust") || name == "memcmp" => "alloc",
        name => name,
    }
}
