//! What `for await` reads from.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Object, Promise};
use wasm_bindgen::prelude::*;

use super::config::Waiting;
use super::events::tell;
use super::failure::to_error;
use super::fleet::{FleetTask, update};
use super::operation::{OperationTask, failed, value};
use super::task::{Driver, Task};
use super::value::{Js, set};
use super::wait::{Limits, deadline};
use crate::engine::pages::Pages;
use crate::fleet::view::FleetGoal;
use crate::operation::view::Goal;

/// What a reader asks for, by its place in the protocol of asynchronous iteration.
fn step(value: Option<JsValue>) -> JsValue {
    let step = Object::new();
    set(&step, "done", value.is_none());
    set(&step, "value", value.unwrap_or(JsValue::UNDEFINED));
    step.into()
}

/// The next item, or the end, or what ends it early - once it is there. It runs the user's `onProgress`, which may read on:
/// so it is called without a borrow, and what it remembers is in cells.
type Next = Box<dyn Fn() -> Option<Result<Option<JsValue>, JsValue>>>;

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
    fn new(driver: Rc<Driver>, limits: Limits, timeout_ms: Option<f64>, next: Next) -> Self {
        Self(Rc::new(Reading {
            driver,
            next,
            limits: RefCell::new(limits),
            timeout_ms: Cell::new(timeout_ms),
            left: Cell::default(),
        }))
    }

    /// The trackers of an operation, as they change. A failed operation ends the iteration as a finished
    /// one does: its result tells.
    pub(super) fn of_trackers(task: OperationTask, options: Waiting) -> Self {
        let limits = Limits { signal: options.signal, deadline: None };
        let driver = task.driver.clone();
        let given = Cell::new(0);
        let next = move || {
            let operation = task.machine.borrow();
            let end = operation.answer(Goal::Changed(given.get()))?;
            let error = end.err().filter(|_| !operation.is_over());
            let revision = operation.revision();
            let tracker = (given.replace(revision) != revision).then(|| value(operation.tracker()));
            drop(operation);
            if let (Some(tracker), Some(callback)) = (&tracker, &options.on_progress) {
                tell(callback, tracker);
            }
            Some(match (tracker, error) {
                (None, Some(error)) => Err(failed(&task, error)),
                (tracker, _) => Ok(tracker),
            })
        };
        Self::new(driver, limits, Some(options.timeout_ms), Box::new(next))
    }

    /// What a fleet has come to, as it changes: a slow reader gets it all at once.
    pub(super) fn of_fleet(task: FleetTask, options: Waiting) -> Self {
        let limits = Limits { signal: options.signal, deadline: None };
        let (machine, driver) = (task.machine, task.driver);
        let given = Cell::new(0);
        let next = move || {
            let fleet = machine.borrow();
            if let Err(error) = fleet.answer(FleetGoal::Changed(given.get()))? {
                return Some(Err(to_error(error, None)));
            }
            let revision = fleet.revision();
            let before = given.replace(revision);
            let update = (revision != before).then(|| update(&fleet, before));
            drop(fleet);
            if let (Some(update), Some(callback)) = (&update, &options.on_progress) {
                tell(callback, update);
            }
            Some(Ok(update))
        };
        Self::new(driver, limits, Some(options.timeout_ms), Box::new(next))
    }

    /// The items of a list, a page at a time.
    pub(super) fn of_pages(task: Task<Pages<Js>>, limits: Limits) -> Self {
        let (machine, driver) = (task.machine, task.driver);
        let next = move || {
            let item = machine.borrow_mut().take_next()?;
            Some(item.map(|item| item.map(|js| js.0)).map_err(|error| to_error(error, None)))
        };
        Self::new(driver, limits, None, Box::new(next))
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
