//! What is driven: a state machine, and what its driver needs of it besides the contract.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::Driver;
use crate::engine::contract::{SendId, StateMachine};
use crate::engine::pages::Pages;
use crate::engine::single::Single;
use crate::fleet::plan::Planning;
use crate::inspect::check::Checking;
use crate::inspect::prune::Pruning;
use crate::poll_batch::{Told, Tracking};
use crate::web::Shell;
use crate::web::failure::invalid;
use crate::web::value::Js;

/// What the driver needs of a machine besides the contract.
pub(crate) trait Driven: StateMachine<Js> + 'static {
    /// Somebody waits, and nobody did.
    fn pulled(&mut self) {}
    /// The state, for the user's checkpoint and for errors.
    fn state(&self) -> Option<JsValue> {
        None
    }
    /// What the user's checkpoint is to keep.
    fn unsaved(&self) -> Option<JsValue> {
        self.state()
    }
    /// For events.
    fn id(&self) -> Option<&str> {
        None
    }
    /// The tracker that this attempt polls, if it polls one for a machine that takes it from a list too.
    fn polled(&self, _: SendId) -> Option<String> {
        None
    }
    /// What it has to tell other machines.
    fn told(&mut self) -> Option<Told<Js>> {
        None
    }
}

impl Driven for Checking<Js> {}
impl Driven for Pruning<Js> {}
impl Driven for Single<Js> {}
impl Driven for Pages<Js> {}
impl Driven for Planning<Js> {}

impl Driven for Tracking<Js> {
    fn told(&mut self) -> Option<Told<Js>> {
        Tracking::told(self)
    }
}

/// A machine, by its own type, and what drives it.
pub(crate) struct Task<M> {
    pub(crate) machine: Rc<RefCell<M>>,
    pub(crate) driver: Rc<Driver>,
}

impl<M> Clone for Task<M> {
    fn clone(&self) -> Self {
        Self { machine: self.machine.clone(), driver: self.driver.clone() }
    }
}

impl<M: Driven> Task<M> {
    pub(crate) fn new(shell: Rc<Shell>, machine: M) -> Self {
        let machine = Rc::new(RefCell::new(machine));
        Self { driver: Rc::new(Driver::new(shell, machine.clone())), machine }
    }

    /// Makes this the one object of the process that drives the machine's state.
    pub(crate) fn claim(&self) -> Result<(), JsValue> {
        let id = self.machine.borrow().id().map(str::to_owned);
        self.driver.claim(id.unwrap_or_default()).map_err(invalid)
    }
}
