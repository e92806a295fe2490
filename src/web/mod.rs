//! The shell: fetch, timers, aborts, tokens and the JavaScript classes. Nothing here decides.

mod attempt;
mod body;
mod client;
mod clock;
mod config;
mod decode;
mod events;
mod failure;
mod fields;
mod iterators;
mod notify;
mod operation;
mod session;
mod task;
mod value;
mod wait;

use std::rc::Rc;

use js_sys::Function;

use crate::{Claims, Policy};
use events::Events;
use session::Session;

// Two kilobytes less, compressed, than the default one.
#[cfg(all(feature = "npm", not(target_feature = "atomics")))]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// What all calls of one client share.
struct Shell {
    policy: Rc<Policy>,
    claims: Claims,
    session: Session,
    events: Events,
    /// The user's own `fetch`.
    fetch: Option<Function>,
    request_timeout_ms: u64,
    max_body_bytes: usize,
}
