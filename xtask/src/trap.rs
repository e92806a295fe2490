//! Panics as traps.
//!
//! A panic formats a message that nobody sees: on this target the standard library prints it nowhere. Here the entries
//! to panics and to formatting become a trap, at once, and the optimiser then drops what nothing calls any more. What a
//! user sees of a panic stays the same: a `RuntimeError` that says where it was.

use anyhow::{Result, bail};
use walrus::ir::{Call, Visitor, dfs_in_order};
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};

/// Makes them traps. Fails if the crate itself formats anything, for that would be a trap too.
pub fn panics(wasm: &mut Module) -> Result<()> {
    let named = |is: fn(&str) -> bool| -> Vec<FunctionId> {
        let has_name = |name: Option<&str>| name.is_some_and(is);
        let functions = wasm.funcs.iter().filter(|function| has_name(function.name.as_deref()));
        functions.map(|function| function.id()).collect()
    };
    let (panics, formatting) = (named(is_panic), named(is_formatting));
    for id in panics.into_iter().chain(formatting.iter().copied()) {
        trap(wasm, id);
    }
    for function in wasm.funcs.iter() {
        let FunctionKind::Local(body) = &function.kind else { continue };
        let mut calls = Calls { to: &formatting, found: false };
        dfs_in_order(&mut calls, body, body.entry_block());
        if calls.found {
            let name = function.name.as_deref().unwrap_or("a function without a name");
            bail!(
                "{name} formats a text, which would be a trap: use the functions of src/util/text.rs"
            );
        }
    }
    Ok(())
}

/// The entries to the panics of the standard library, as it names them.
fn is_panic(name: &str) -> bool {
    const PANICS: [&str; 7] = [
        "panicking::",
        "panic_already_",
        "_fail",
        "_failed",
        "handle_error",
        "handle_alloc_error",
        "panic_poisoned",
    ];
    is_of_the_standard_library(name) && PANICS.iter().any(|panic| name.contains(panic))
}

fn is_formatting(name: &str) -> bool {
    const FORMATTING: [&str; 5] = [
        "::fmt::write",
        "::fmt::format",
        "fmt::Formatter>",
        "fmt::Display>::fmt",
        "fmt::Debug>::fmt",
    ];
    is_of_the_standard_library(name) && FORMATTING.iter().any(|part| name.contains(part))
}

/// Its own functions bear the hash of their crate: `core[c5930c85a12de822]::...`.
fn is_of_the_standard_library(name: &str) -> bool {
    ["core[", "alloc[", "std["].iter().any(|of| name.contains(of))
}

fn trap(wasm: &mut Module, id: FunctionId) {
    let function = wasm.funcs.get(id);
    let FunctionKind::Local(old) = &function.kind else { return };
    let (name, ty) = (function.name.clone(), wasm.types.get(old.ty()));
    let (params, results) = (ty.params().to_vec(), ty.results().to_vec());
    let args = params.iter().map(|ty| wasm.locals.add(*ty)).collect();
    let mut builder = FunctionBuilder::new(&mut wasm.types, &params, &results);
    builder.func_body().unreachable();
    wasm.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(args));
    wasm.funcs.get_mut(id).name = name;
}

/// Looks for calls.
struct Calls<'a> {
    to: &'a [FunctionId],
    found: bool,
}

impl<'instr> Visitor<'instr> for Calls<'_> {
    fn visit_call(&mut self, call: &Call) {
        self.found |= self.to.contains(&call.func);
    }
}
