//! A wait: for something of a machine, until an abort, or until a time.

use std::rc::{Rc, Weak};

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::clock::read_clocks;
use super::failure::to_error;
use super::value::get;
use crate::error::{Code, Error};
use crate::util::clock::{Ms, Now};

/// What somebody waits for, once it is there. It is asked whenever the machine has changed, while nothing
/// of the machine is borrowed.
pub(crate) type Ready = Box<dyn FnMut() -> Option<Result<JsValue, JsValue>>>;

#[wasm_bindgen(raw_module = "./host.js")]
extern "C" {
    /// A promise, and what settles it.
    pub(crate) type Deferred;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new() -> Deferred;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn promise(this: &Deferred) -> Promise;

    #[wasm_bindgen(method)]
    pub(crate) fn resolve(this: &Deferred, value: &JsValue);

    #[wasm_bindgen(method)]
    fn reject(this: &Deferred, reason: &JsValue);
}

/// What ends a wait early.
#[derive(Default, Clone)]
pub(crate) struct Limits {
    pub(crate) signal: Option<AbortSignal>,
    /// On the monotonic clock.
    pub(crate) deadline: Option<Ms>,
}

impl Limits {
    /// The reason of the abort, if there was one.
    pub(crate) fn aborted(&self) -> Option<JsValue> {
        reason_of(self.signal.as_ref()?)
    }
}

/// The reason of a signal that has aborted.
fn reason_of(signal: &AbortSignal) -> Option<JsValue> {
    signal.aborted().then(|| get(signal, "reason"))
}

/// A driver, as those see it who only wake it.
pub(crate) trait Wake {
    /// Runs it soon, and not before the caller has returned.
    fn wake(self: Rc<Self>);
}

/// Somebody who waits.
pub(crate) struct Waiter {
    ready: Ready,
    promise: Deferred,
    limits: Limits,
    _listener: Option<Listener>,
}

impl Waiter {
    pub(crate) fn new(waker: Weak<dyn Wake>, limits: Limits, ready: Ready) -> (Promise, Self) {
        let promise = Deferred::new();
        let listener = limits.signal.clone().map(|signal| Listener::new(signal, waker));
        (promise.promise(), Self { ready, promise, limits, _listener: listener })
    }

    pub(crate) fn deadline(&self) -> Option<Ms> {
        self.limits.deadline
    }

    /// The reason of its own signal's abort, if there was one.
    pub(crate) fn aborted(&self) -> Option<JsValue> {
        self.limits.aborted()
    }

    pub(crate) fn reject(&self, reason: &JsValue) {
        self.promise.reject(reason);
    }

    /// Settles the promise if there is anything to settle it with; `state` is what a wait that took too long keeps.
    pub(crate) fn settle(&mut self, state: &dyn Fn() -> Option<JsValue>, now: Now) -> bool {
        match self.end(state, now) {
            None => return false,
            Some(Ok(value)) => self.promise.resolve(&value),
            Some(Err(reason)) => self.reject(&reason),
        }
        true
    }

    fn end(
        &mut self,
        state: &dyn Fn() -> Option<JsValue>,
        now: Now,
    ) -> Option<Result<JsValue, JsValue>> {
        if let Some(reason) = self.aborted() {
            return Some(Err(reason));
        }
        if let Some(end) = (self.ready)() {
            return Some(end);
        }
        let late = self.limits.deadline.is_some_and(|deadline| deadline <= now.monotonic);
        late.then(|| Err(timed_out(state())))
    }
}

fn timed_out(state: Option<JsValue>) -> JsValue {
    let message = "The wait took longer than `timeoutMs`. What was begun goes on at the service, \
                   and can be waited on again";
    to_error(Error::new(Code::Timeout, message).again(), state)
}

/// When a wait of this length ends, if it does.
pub(crate) fn deadline(timeout_ms: f64) -> Option<Ms> {
    timeout_ms.is_finite().then(|| read_clocks().monotonic.saturating_add(timeout_ms as Ms))
}

/// Listens to a signal, and leaves nothing on it when it is dropped: a signal may live for days.
pub(crate) struct Listener {
    signal: AbortSignal,
    callback: Closure<dyn FnMut()>,
}

impl Listener {
    pub(crate) fn new(signal: AbortSignal, waker: Weak<dyn Wake>) -> Self {
        let callback = Closure::new(move || {
            if let Some(waker) = waker.upgrade() {
                waker.wake();
            }
        });
        let _ = signal.add_event_listener_with_callback("abort", callback.as_ref().unchecked_ref());
        Self { signal, callback }
    }

    /// The reason of the abort, if there was one.
    pub(crate) fn aborted(&self) -> Option<JsValue> {
        reason_of(&self.signal)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.callback.as_ref().unchecked_ref();
        let _ = self.signal.remove_event_listener_with_callback("abort", callback);
    }
}
