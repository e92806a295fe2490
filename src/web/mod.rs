//! The shell: fetch, timers, aborts, tokens and the JavaScript classes. Nothing here decides.

pub(crate) mod access;
pub(crate) mod attempt;
pub(crate) mod client;
pub(crate) mod clock;
pub(crate) mod config;
pub(crate) mod driver;
pub(crate) mod events;
pub(crate) mod failure;
pub(crate) mod fields;
pub(crate) mod fleet;
pub(crate) mod fleet_config;
pub(crate) mod iterators;
pub(crate) mod line;
pub(crate) mod nudges;
pub(crate) mod operation;
pub(crate) mod scheduler;
pub(crate) mod session;
pub(crate) mod value;
pub(crate) mod wait;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::Function;

use crate::engine::policy::Policy;
use crate::engine::throttle::Throttle;
use crate::operation::claims::Claims;
use crate::poll_batch::Tracking;
use attempt::{Attempts, Done, Masks};
use driver::Driver;
use events::Events;
use line::Line;
use scheduler::Scheduler;
use session::Session;
use value::Js;

// Two kilobytes less, compressed, than the default one.
#[cfg(all(feature = "npm", not(target_feature = "atomics")))]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// What all calls of one client share.
pub(crate) struct Shell {
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
    line: Line,
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
