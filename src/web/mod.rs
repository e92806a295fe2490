//! The shell: fetch, timers, aborts, tokens and the JavaScript classes. Nothing here decides.

mod access;
mod attempt;
mod client;
mod clock;
mod config;
mod events;
mod failure;
mod fields;
mod fleet;
mod fleet_config;
mod iterators;
mod nudges;
mod operation;
mod polls;
mod session;
mod task;
mod value;
mod wait;

pub use client::SnapshotClient;
pub use fleet::SnapshotFleet;
pub use iterators::Reader;
pub use operation::SnapshotOperation;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::Function;

use crate::{Claims, Policy, Throttle, Tracking};
use attempt::{Attempts, Done, Masks};
use clock::Scheduler;
use events::Events;
use session::Session;
use task::Driver;
use value::Js;

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
    throttle: RefCell<Throttle>,
    /// How polls of trackers are answered: singly, or many by a list.
    tracking: Rc<RefCell<Tracking<Js>>>,
    /// What drives it, while it has anything to do.
    lister: RefCell<Weak<Driver>>,
    scheduler: Scheduler,
    attempts: Attempts,
    done: OnceCell<Done>,
    masks: OnceCell<Masks>,
    /// The user's own `fetch`.
    fetch: Option<Function>,
    /// Whether the service is on another origin than the page.
    cross_origin: bool,
    /// Whether any answer has been read.
    answered: Cell<bool>,
    request_timeout_ms: u64,
    max_body_bytes: usize,
}
