//! What `for await` reads from.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Object, Promise};
use wasm_bindgen::prelude::*;

use super::client::promise;
use super::config::Waiting;
use super::events::tell;
use super::failure::to_error;
use super::operation::{OperationTask, answer, failed, value};
use super::task::Task;
use super::value::{Js, set};
use super::wait::{Limits, Wait, deadline};
use crate::{Goal, Ms, Operation, Pages};

/// What a reader asks for, by its place in the protocol of asynchronous iteration.
fn step(value: Option<JsValue>) -> JsValue {
    let step = Object::new();
    set(&step, "done", value.is_none());
    set(&step, "value", value.unwrap_or(JsValue::UNDEFINED));
    step.into()
}

/// The trackers of an operation, as they change.
#[wasm_bindgen]
pub struct TrackerIterator(Rc<TrackerReader>);

struct TrackerReader {
    task: OperationTask,
    options: Waiting,
    /// Set by the first read, from which the time-out counts.
    deadline: Cell<Option<Option<Ms>>>,
    /// The revision given last.
    given: Cell<u32>,
    left: Cell<bool>,
}

impl TrackerIterator {
    pub(super) fn new(task: OperationTask, options: Waiting) -> Self {
        let (deadline, given, left) = (Cell::default(), Cell::default(), Cell::default());
        Self(Rc::new(TrackerReader { task, options, deadline, given, left }))
    }
}

#[wasm_bindgen]
#[allow(missing_docs)]
impl TrackerIterator {
    #[allow(clippy::should_implement_trait)]
    pub fn next(&self) -> Promise {
        let reader = self.0.clone();
        promise(async move { reader.next().await.map(step) })
    }

    #[wasm_bindgen(js_name = return)]
    pub fn leave(&self) -> Promise {
        self.0.left.set(true);
        // A read under way ends too.
        self.0.task.driver.changed.ring();
        promise(async { Ok(step(None)) })
    }
}

impl TrackerReader {
    async fn next(&self) -> Result<Option<JsValue>, JsValue> {
        if self.left.get() {
            return Ok(None);
        }
        let deadline = self.deadline.get().unwrap_or_else(|| deadline(self.options.timeout_ms));
        self.deadline.set(Some(deadline));
        let limits = Limits { signal: self.options.signal.clone(), deadline };
        let mut wait = Wait::new(&self.task, limits)?;
        let answer = wait
            .until(|operation: &mut Operation<Js>| {
                if self.left.get() {
                    return Some(Ok(None));
                }
                let given = self.given.get();
                // A failed operation ends the iteration as a finished one does: its result tells.
                let error = match answer(operation, Goal::Changed(given))? {
                    Err(error) if !operation.is_over() => Some(error),
                    _ => None,
                };
                if operation.revision() != given {
                    self.given.set(operation.revision());
                    return Some(Ok(operation.tracker().cloned()));
                }
                Some(error.map_or(Ok(None), Err))
            })
            .await?;
        drop(wait);
        match answer {
            Ok(Some(tracker)) => {
                if let Some(callback) = &self.options.on_progress {
                    tell(callback, &tracker.0);
                }
                Ok(Some(value(Some(&tracker))))
            }
            Ok(None) => {
                self.left.set(true);
                Ok(None)
            }
            Err(error) => {
                self.left.set(true);
                Err(failed(&self.task, error))
            }
        }
    }
}

/// Machines, a page at a time, as they are read.
#[wasm_bindgen]
pub struct MachineIterator(Rc<MachineReader>);

struct MachineReader {
    task: Task<Pages<Js>>,
    limits: RefCell<Limits>,
    left: Cell<bool>,
}

impl MachineIterator {
    pub(super) fn new(task: Task<Pages<Js>>, limits: Limits) -> Self {
        Self(Rc::new(MachineReader { task, limits: RefCell::new(limits), left: Cell::default() }))
    }
}

#[wasm_bindgen]
#[allow(missing_docs)]
impl MachineIterator {
    #[allow(clippy::should_implement_trait)]
    pub fn next(&self) -> Promise {
        let reader = self.0.clone();
        promise(async move { reader.next().await.map(step) })
    }

    #[wasm_bindgen(js_name = return)]
    pub fn leave(&self) -> Promise {
        self.0.left.set(true);
        self.0.task.driver.changed.ring();
        promise(async { Ok(step(None)) })
    }
}

impl MachineReader {
    async fn next(&self) -> Result<Option<JsValue>, JsValue> {
        if self.left.get() {
            return Ok(None);
        }
        let limits = self.limits.borrow().clone();
        let mut wait = Wait::new(&self.task, limits)?;
        let next = wait
            .until(|pages| if self.left.get() { Some(Ok(None)) } else { pages.take_next() })
            .await?;
        match next {
            Ok(Some(machine)) => Ok(Some(machine.0)),
            Ok(None) => {
                self.left.set(true);
                Ok(None)
            }
            Err(error) => {
                self.left.set(true);
                Err(to_error(error, None))
            }
        }
    }
}
