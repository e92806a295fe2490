//! What `for await` reads from.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Object, Promise};
use wasm_bindgen::prelude::*;

use super::driver::Driver;
use super::value::set;
use super::wait::{Limits, deadline};

/// What a reader asks for, by its place in the protocol of asynchronous iteration.
fn step(value: Option<JsValue>) -> JsValue {
    let step = Object::new();
    set(&step, "done", value.is_none());
    set(&step, "value", value.unwrap_or(JsValue::UNDEFINED));
    step.into()
}

/// The next item, or the end, or what ends it early - once it is there. It runs the user's `onProgress`, which may read on:
/// so it is called without a borrow, and what it remembers is in cells.
pub(crate) type Next = Box<dyn Fn() -> Option<Result<Option<JsValue>, JsValue>>>;

/// The items of a list or the trackers of an operation, as they come.
#[wasm_bindgen]
pub struct Reader(Rc<Reading>);

struct Reading {
    driver: Rc<Driver>,
    next: Next,
    limits: RefCell<Limits>,
    /// Counts from the first read.
    timeout_ms: Cell<Option<f64>>,
    left: Cell<bool>,
}

impl Reader {
    pub(crate) fn new(
        driver: Rc<Driver>,
        limits: Limits,
        timeout_ms: Option<f64>,
        next: Next,
    ) -> Self {
        Self(Rc::new(Reading {
            driver,
            next,
            limits: RefCell::new(limits),
            timeout_ms: Cell::new(timeout_ms),
            left: Cell::default(),
        }))
    }
}

#[wasm_bindgen]
#[allow(missing_docs)]
impl Reader {
    #[allow(clippy::should_implement_trait)]
    pub fn next(&self) -> Promise {
        let reading = self.0.clone();
        if reading.left.get() {
            return Promise::resolve(&step(None));
        }
        if let Some(timeout_ms) = reading.timeout_ms.take() {
            reading.limits.borrow_mut().deadline = deadline(timeout_ms);
        }
        let limits = reading.limits.borrow().clone();
        let driver = reading.driver.clone();
        let ready = move || {
            if reading.left.get() {
                return Some(Ok(step(None)));
            }
            let next = (reading.next)()?;
            if !matches!(next, Ok(Some(_))) {
                reading.left.set(true);
            }
            Some(next.map(step))
        };
        driver.wait(limits, Box::new(ready))
    }

    #[wasm_bindgen(js_name = return)]
    pub fn leave(&self) -> Promise {
        self.0.left.set(true);
        // A read under way ends too.
        self.0.driver.wake();
        Promise::resolve(&step(None))
    }
}
