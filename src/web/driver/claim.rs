//! A stored state has one driver in a process.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::Driver;
use crate::engine::ownership::{Owner, Owners};
use crate::error::InvalidInput;
use crate::web::failure::invalid;
use crate::web::wait::Listener;

thread_local! {
    /// Of all clients: this module is loaded once in a page, worker or process, as a rule.
    static OWNERS: Owners<Driver> = const { Owners::new() };
}

impl Driver {
    /// Becomes the one driver of the stored state of this `id` in this process.
    pub(super) fn claim(self: &Rc<Self>, id: String) -> Result<(), InvalidInput> {
        OWNERS.with(|owners| owners.claim(&id, self))?;
        let _ = self.claimed.set(id);
        Ok(())
    }

    /// What ended it for good, if anything has: the reason of its signal's abort, or that another object has taken the
    /// state over. It counts from the abort on, before the driver runs again: the user may resume the state at once.
    pub(crate) fn ended(&self) -> Option<JsValue> {
        self.stopper.get().and_then(Listener::aborted).or_else(|| self.lost().err().map(invalid))
    }

    /// Whether the state is still this driver's own.
    pub(crate) fn lost(&self) -> Result<(), InvalidInput> {
        match self.is_lost.get() {
            false => Ok(()),
            true => Err(InvalidInput(
                "the state of this object has been resumed as another object, which drives it from then on; use that one".into(),
            )),
        }
    }
}

impl Owner for Driver {
    fn is_active(&self) -> bool {
        let is_awaited = || {
            let waiters = self.waiters.take();
            let is_awaited = waiters.iter().any(|waiter| waiter.aborted().is_none());
            self.put_back(waiters);
            is_awaited
        };
        self.running.get()
            && self.ended().is_none()
            && (self.detached.get() || self.is_busy.get() || is_awaited())
    }

    fn lose(&self) {
        self.is_lost.set(true);
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(id) = self.claimed.get() {
            OWNERS.with(|owners| owners.release(id));
        }
    }
}
