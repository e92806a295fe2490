//! `SnapshotOperation`

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::Shell;
use super::client::promise;
use super::clock::now;
use super::config::{self, Submit};
use super::events::tell;
use super::failure::{invalid, to_error};
use super::iterators::TrackerIterator;
use super::task::{Driven, Task};
use super::value::{Js, to_js};
use super::wait::{Limits, Wait, deadline};
use crate::{Error, Goal, InvalidInput, Operation};

/// The task of an operation, as its waits and readers share it.
pub(super) type OperationTask = Task<Operation<Js>>;

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
}

/// One operation. `js/index.d.ts` documents it as its users see it.
#[wasm_bindgen]
pub struct SnapshotOperation {
    task: OperationTask,
    options: Submit,
    /// The error as the user saw it first: it stays the same object.
    error: RefCell<Option<JsValue>>,
}

impl SnapshotOperation {
    pub(super) fn new(shell: &Rc<Shell>, operation: Operation<Js>, options: Submit) -> Self {
        let operation = operation.sharing(shell.claims.clone());
        Self { task: Task::new(shell.clone(), operation), options, error: RefCell::default() }
    }

    /// Submits, with the options of the preparation where no others are given.
    pub(super) fn submitted(
        &self,
        options: Option<Submit>,
    ) -> Result<impl Future<Output = Result<JsValue, JsValue>> + 'static, JsValue> {
        let Submit { signal, checkpoint, .. } = options.unwrap_or_default();
        let signal = signal.or_else(|| self.options.signal.clone());
        let checkpoint = checkpoint.or_else(|| self.options.checkpoint.clone());
        let task = self.task.clone();
        // Before the machine is told: what has been aborted sends nothing, and may be submitted again.
        let mut wait = Wait::new(&task, Limits { signal, deadline: None })?;
        task.machine.borrow_mut().submit().map_err(invalid)?;
        *task.driver.checkpoint.borrow_mut() = checkpoint;
        Ok(async move {
            let accepted = wait.until(|operation| answer(operation, Goal::Accepted)).await?;
            accepted.map(|()| JsValue::UNDEFINED).map_err(|error| failed(&task, error))
        })
    }

    fn peek<T>(&self, look: impl FnOnce(&Operation<Js>) -> T) -> T {
        look(&self.task.machine.borrow())
    }
}

#[wasm_bindgen]
#[allow(missing_docs)]
impl SnapshotOperation {
    #[wasm_bindgen(getter)]
    pub fn id(&self) -> String {
        self.peek(|operation| operation.id().into())
    }

    #[wasm_bindgen(getter)]
    pub fn kind(&self) -> String {
        self.peek(|operation| operation.kind().as_str().into())
    }

    #[wasm_bindgen(getter, js_name = machineId)]
    pub fn machine_id(&self) -> String {
        self.peek(|operation| operation.machine_id().into())
    }

    #[wasm_bindgen(getter)]
    pub fn phase(&self) -> String {
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
        self.peek(|operation| operation.eta(now()).map(|eta| eta as f64))
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
        let submitted = config::submit(&options)
            .map_err(invalid)
            .and_then(|options| self.submitted(Some(options)));
        promise(async move { submitted?.await })
    }

    pub fn watch(&self, options: JsValue) -> Result<TrackerIterator, JsValue> {
        let options = config::wait(&options).map_err(invalid)?;
        Ok(TrackerIterator::new(self.task.clone(), options))
    }

    #[wasm_bindgen(js_name = "[Symbol.asyncIterator]")]
    pub fn async_iterator(&self) -> Result<TrackerIterator, JsValue> {
        self.watch(JsValue::UNDEFINED)
    }

    pub fn result(&self, options: JsValue) -> Promise {
        let task = self.task.clone();
        promise(async move {
            let options = config::wait(&options).map_err(invalid)?;
            let limits = Limits { signal: options.signal, deadline: deadline(options.timeout_ms) };
            let mut seen = task.machine.borrow().revision();
            let mut wait = Wait::new(&task, limits)?;
            loop {
                let (revision, end) = wait
                    .until(|operation| {
                        let end = answer(operation, Goal::Ended);
                        let revision = operation.revision();
                        (end.is_some() || revision != seen).then_some((revision, end))
                    })
                    .await?;
                if let Some(callback) = &options.on_progress
                    && revision != seen
                {
                    let tracker = value(task.machine.borrow().tracker());
                    tell(callback, &tracker);
                }
                seen = revision;
                match end {
                    Some(Ok(())) => return Ok(value(task.machine.borrow().snapshot())),
                    Some(Err(error)) => return Err(failed(&task, error)),
                    None => {}
                }
            }
        })
    }

    pub fn refresh(&self, options: JsValue) -> Promise {
        let task = self.task.clone();
        promise(async move {
            let limits = config::call(&options).map_err(invalid)?;
            if !task.machine.borrow().has_tracker() {
                return Err(invalid(InvalidInput(
                    "refresh: there is no request tracker to poll yet".into(),
                )));
            }
            let polls = task.machine.borrow().polls();
            let mut wait = Wait::new(&task, limits)?;
            task.driver.nudge();
            match wait.until(|operation| answer(operation, Goal::Polled(polls))).await? {
                Ok(()) => Ok(value(task.machine.borrow().tracker())),
                Err(error) => Err(failed(&task, error)),
            }
        })
    }

    #[wasm_bindgen(js_name = toJSON)]
    pub fn to_json(&self) -> JsValue {
        self.peek(|operation| to_js(&operation.state()))
    }
}

/// The machine's answer, of which nothing is borrowed.
pub(super) fn answer(operation: &Operation<Js>, goal: Goal) -> Option<Result<(), Error<Js>>> {
    operation.answer(goal)
}

/// An error of a wait, with the state unless the operation is over.
pub(super) fn failed(task: &OperationTask, error: Error<Js>) -> JsValue {
    let operation = task.machine.borrow();
    let state = (!operation.is_over()).then(|| to_js(&operation.state()));
    drop(operation);
    to_error(error, state)
}

pub(super) fn value(js: Option<&Js>) -> JsValue {
    js.map_or(JsValue::UNDEFINED, |js| js.0.clone())
}
