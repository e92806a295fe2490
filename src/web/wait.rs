//! A wait: for something of a machine, until an abort, or until a time.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::clock::{Sleep, now};
use super::failure::to_error;
use super::notify::Bell;
use super::task::{Driven, Driver, Seat, Task};
use super::value::get;
use crate::{Code, Error, Ms};

/// What ends a wait early.
#[derive(Default, Clone)]
pub(super) struct Limits {
    pub(super) signal: Option<AbortSignal>,
    /// On the monotonic clock.
    pub(super) deadline: Option<Ms>,
}

/// Somebody waits, as long as this lives.
pub(super) struct Wait<M: Driven> {
    machine: Rc<RefCell<M>>,
    watcher: Watcher,
}

/// The part of a wait that is the same for every machine.
struct Watcher {
    driver: Rc<Driver>,
    _seat: Seat,
    abort: Option<Listener>,
    deadline: Option<Sleep>,
}

impl<M: Driven> Wait<M> {
    /// Begins to wait, or rejects at once if the signal has been aborted.
    pub(super) fn new(task: &Task<M>, limits: Limits) -> Result<Self, JsValue> {
        Ok(Self { machine: task.machine.clone(), watcher: Watcher::new(&task.driver, limits)? })
    }

    /// Waits until the machine has an answer.
    pub(super) async fn until<T>(
        &mut self,
        mut ready: impl FnMut(&mut M) -> Option<T>,
    ) -> Result<T, JsValue> {
        loop {
            let rings = self.watcher.look()?;
            let answer = ready(&mut self.machine.borrow_mut());
            if let Some(answer) = answer {
                return Ok(answer);
            }
            self.watcher.change(rings).await?;
        }
    }
}

impl Watcher {
    fn new(driver: &Rc<Driver>, limits: Limits) -> Result<Self, JsValue> {
        if let Some(signal) = &limits.signal
            && signal.aborted()
        {
            return Err(reason(signal));
        }
        Ok(Self {
            driver: driver.clone(),
            _seat: driver.sit(),
            abort: limits.signal.map(Listener::new),
            deadline: limits.deadline.map(Sleep::until),
        })
    }

    /// How often the machine has changed - or what ends every wait.
    fn look(&self) -> Result<u32, JsValue> {
        let interrupt = self.driver.interrupt.borrow().clone();
        interrupt.map_or_else(|| Ok(self.driver.changed.rings()), Err)
    }

    async fn change(&mut self, rings: u32) -> Result<(), JsValue> {
        std::future::poll_fn(|cx| {
            if let Some(listener) = &self.abort
                && listener.poll(cx).is_ready()
            {
                return Poll::Ready(Err(reason(&listener.signal)));
            }
            if self.driver.changed.poll_since(rings, cx).is_ready() {
                return Poll::Ready(Ok(()));
            }
            let late =
                self.deadline.as_mut().is_some_and(|sleep| Pin::new(sleep).poll(cx).is_ready());
            if late { Poll::Ready(Err(self.timed_out())) } else { Poll::Pending }
        })
        .await
    }

    fn timed_out(&self) -> JsValue {
        let message = "The wait took longer than `timeoutMs`. What was begun goes on at the service, \
                       and can be waited on again";
        to_error(Error::new(Code::Timeout, message).again(), self.driver.state())
    }
}

/// When a wait of this length ends, if it does.
pub(super) fn deadline(timeout_ms: f64) -> Option<Ms> {
    timeout_ms.is_finite().then(|| now().monotonic.saturating_add(timeout_ms as Ms))
}

fn reason(signal: &AbortSignal) -> JsValue {
    get(signal, "reason")
}

/// Listens to a signal, and leaves nothing on it when it is dropped: a signal may live for days.
struct Listener {
    signal: AbortSignal,
    aborted: Rc<(Cell<bool>, Bell)>,
    callback: Closure<dyn FnMut()>,
}

impl Listener {
    fn new(signal: AbortSignal) -> Self {
        let aborted = Rc::new((Cell::new(false), Bell::default()));
        let heard = aborted.clone();
        let callback = Closure::new(move || {
            heard.0.set(true);
            heard.1.ring();
        });
        let _ = signal.add_event_listener_with_callback("abort", callback.as_ref().unchecked_ref());
        Self { signal, aborted, callback }
    }

    fn poll(&self, cx: &mut std::task::Context<'_>) -> Poll<()> {
        if self.aborted.0.get() {
            Poll::Ready(())
        } else {
            self.aborted.1.poll_since(self.aborted.1.rings(), cx)
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.callback.as_ref().unchecked_ref();
        let _ = self.signal.remove_event_listener_with_callback("abort", callback);
    }
}
