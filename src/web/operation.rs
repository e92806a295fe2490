//! `SnapshotOperation`

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::clock::read_clocks;
use super::config::{Submit, Waiting};
use super::driver::task::{Driven, Task};
use super::events::tell;
use super::failure::{invalid, refused, to_error};
use super::iterators::Reader;
use super::value::{Js, to_js};
use super::wait::{Limits, deadline};
use super::{Shell, config};
use crate::engine::contract::SendId;
use crate::error::{Error, InvalidInput};
use crate::operation::Operation;
use crate::operation::view::Goal;

/// The task of an operation, as its waits and readers share it.
pub(crate) type OperationTask = Task<Operation<Js>>;

impl Driven for Operation<Js> {
    fn pulled(&mut self) {
        self.pull();
    }

    fn state(&self) -> Option<JsValue> {
        Some(to_js(&Operation::state(self)))
    }

    fn id(&self) -> Option<&str> {
        Some(Operation::id(self))
    }

    fn polled(&self, id: SendId) -> Option<String> {
        Operation::polled(self, id).map(str::to_owned)
    }
}

/// One operation. `js/index.d.ts` documents it as its users see it.
#[wasm_bindgen]
#[derive(Clone)]
pub struct SnapshotOperation {
    task: OperationTask,
    options: Submit,
    /// The error as the user saw it first: it stays the same object.
    error: Rc<RefCell<Option<JsValue>>>,
}

impl SnapshotOperation {
    pub(crate) fn new(
        shell: &Rc<Shell>,
        operation: Operation<Js>,
        options: Submit,
    ) -> Result<Self, JsValue> {
        let task = Task::new(shell.clone(), operation.sharing(shell.claims.clone()));
        task.claim()?;
        Ok(Self { task, options, error: Rc::default() })
    }

    /// Submits, with the options of the preparation where no others are given; `given` is what the promise
    /// settles with.
    pub(crate) fn submitted(
        &self,
        options: Submit,
        given: impl FnOnce() -> JsValue + 'static,
    ) -> Promise {
        let signal = options.signal.or_else(|| self.options.signal.clone());
        let limits = Limits { signal, deadline: None };
        // Before the machine is told: what has been aborted sends nothing, and may be submitted again.
        if let Some(reason) = limits.aborted().or_else(|| self.task.driver.ended()) {
            return Promise::reject(&reason);
        }
        if let Err(error) = self.task.machine.borrow_mut().submit() {
            return refused(error);
        }
        let checkpoint = options.checkpoint.or_else(|| self.options.checkpoint.clone());
        *self.task.driver.checkpoint.borrow_mut() = checkpoint;
        let (task, mut given) = (self.task.clone(), Some(given));
        let ready = move || {
            let answer = task.machine.borrow().answer(Goal::Accepted)?;
            Some(match answer {
                Ok(()) => Ok(given.take().map_or(JsValue::UNDEFINED, |given| given())),
                Err(error) => Err(failed(&task, error)),
            })
        };
        self.task.driver.wait(limits, Box::new(ready))
    }

    fn peek<T>(&self, look: impl FnOnce(&Operation<Js>) -> T) -> T {
        look(&self.task.machine.borrow())
    }
}

#[wasm_bindgen]
#[allow(missing_docs)]
impl SnapshotOperation {
    #[wasm_bindgen(getter)]
    pub fn id(&self) -> JsValue {
        self.peek(|operation| operation.id().into())
    }

    #[wasm_bindgen(getter)]
    pub fn kind(&self) -> JsValue {
        self.peek(|operation| operation.kind().as_str().into())
    }

    #[wasm_bindgen(getter, js_name = machineId)]
    pub fn machine_id(&self) -> JsValue {
        self.peek(|operation| operation.machine_id().into())
    }

    #[wasm_bindgen(getter)]
    pub fn phase(&self) -> JsValue {
        self.peek(|operation| operation.phase().as_str().into())
    }

    #[wasm_bindgen(getter)]
    pub fn tracker(&self) -> JsValue {
        self.peek(|operation| value(operation.tracker()))
    }

    #[wasm_bindgen(getter)]
    pub fn progress(&self) -> Option<u8> {
        self.peek(Operation::progress)
    }

    #[wasm_bindgen(getter, js_name = etaMs)]
    pub fn eta_ms(&self) -> Option<f64> {
        self.peek(|operation| operation.eta(read_clocks()).map(|eta| eta as f64))
    }

    #[wasm_bindgen(getter)]
    pub fn snapshot(&self) -> JsValue {
        self.peek(|operation| value(operation.snapshot()))
    }

    #[wasm_bindgen(getter)]
    pub fn error(&self) -> JsValue {
        let Some(error) = self.peek(|operation| operation.error().cloned()) else {
            return JsValue::UNDEFINED;
        };
        self.error.borrow_mut().get_or_insert_with(|| to_error(error, None)).clone()
    }

    pub fn submit(&self, options: JsValue) -> Promise {
        match config::submit(&options) {
            Ok(options) => self.submitted(options, || JsValue::UNDEFINED),
            Err(error) => refused(error),
        }
    }

    pub fn watch(&self, options: JsValue) -> Result<Reader, JsValue> {
        let options = config::wait(&options, config::AN_HOUR).map_err(invalid)?;
        Ok(trackers_of(self.task.clone(), options))
    }

    #[wasm_bindgen(js_name = "[Symbol.asyncIterator]")]
    pub fn async_iterator(&self) -> Result<Reader, JsValue> {
        self.watch(JsValue::UNDEFINED)
    }

    pub fn result(&self, options: JsValue) -> Promise {
        let options = match config::wait(&options, config::AN_HOUR) {
            Ok(options) => options,
            Err(error) => return refused(error),
        };
        let limits = Limits { signal: options.signal, deadline: deadline(options.timeout_ms) };
        let task = self.task.clone();
        let mut seen = self.peek(Operation::revision);
        let ready = move || {
            let operation = task.machine.borrow();
            let end = operation.answer(Goal::Ended);
            let revision = operation.revision();
            if let Some(callback) = &options.on_progress
                && revision != seen
            {
                let tracker = value(operation.tracker());
                drop(operation);
                tell(callback, &tracker);
            } else {
                drop(operation);
            }
            seen = revision;
            Some(match end? {
                Ok(()) => Ok(value(task.machine.borrow().snapshot())),
                Err(error) => Err(failed(&task, error)),
            })
        };
        self.task.driver.wait(limits, Box::new(ready))
    }

    pub fn refresh(&self, options: JsValue) -> Promise {
        let limits = match config::call(&options) {
            Ok(limits) => limits,
            Err(error) => return refused(error),
        };
        if !self.peek(Operation::has_tracker) {
            return refused(InvalidInput(
                "refresh: there is no request tracker to poll yet".into(),
            ));
        }
        let (task, polls) = (self.task.clone(), self.peek(Operation::polls));
        let ready = move || {
            let operation = task.machine.borrow();
            Some(match operation.answer(Goal::Polled(polls))? {
                Ok(()) => Ok(value(operation.tracker())),
                Err(error) => {
                    drop(operation);
                    Err(failed(&task, error))
                }
            })
        };
        let promise = self.task.driver.wait(limits, Box::new(ready));
        self.task.driver.hurry();
        promise
    }

    #[wasm_bindgen(js_name = toJSON)]
    pub fn to_json(&self) -> JsValue {
        self.peek(|operation| to_js(&operation.state()))
    }
}

/// An error of a wait, with the state unless the operation is over.
pub(crate) fn failed(task: &OperationTask, error: Error<Js>) -> JsValue {
    let operation = task.machine.borrow();
    let state = (!operation.is_over()).then(|| to_js(&operation.state()));
    drop(operation);
    to_error(error, state)
}

pub(crate) fn value(js: Option<&Js>) -> JsValue {
    js.map_or(JsValue::UNDEFINED, |js| js.0.clone())
}

/// The trackers of an operation, as they change. A failed operation ends the iteration as a finished
/// one does: its result tells.
fn trackers_of(task: OperationTask, options: Waiting) -> Reader {
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
    Reader::new(driver, limits, Some(options.timeout_ms), Box::new(next))
}
