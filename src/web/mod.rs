//! The shell: fetch, timers, aborts, tokens and the JavaScript classes. Nothing here decides.

mod attempt;
mod client;
mod clock;
mod config;
mod events;
mod failure;
mod fields;
mod iterators;
mod nudges;
mod operation;
mod session;
mod task;
mod value;
mod wait;

pub use client::SnapshotClient;
pub use iterators::Reader;
pub use operation::SnapshotOperation;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use js_sys::Function;

use crate::{Claims, Gate, Policy};
use attempt::{Attempts, Done};
use clock::Scheduler;
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
    /// Closed while the service asks for patience.
    gate: RefCell<Gate>,
    scheduler: Scheduler,
    attempts: Attempts,
    done: OnceCell<Done>,
    /// The user's own `fetch`.
    fetch: Option<Function>,
    /// Whether the service is on another origin than the page.
    cross_origin: bool,
    /// Whether any answer has been read.
    answered: Cell<bool>,
    request_timeout_ms: u64,
    max_body_bytes: usize,
}
