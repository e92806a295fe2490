//! The one driver: it sends, sleeps, reports, and stops when nobody waits.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;

use super::Shell;
use super::clock::{Sleep, now, random_u32};
use super::notify::{Bell, Either, first, yield_now};
use super::nudges::Nudges;
use super::value::Js;
use crate::{
    Action, Call, Checking, Event, Failure, FailureKind, Ms, Outcome, Pages, Pruning, SendId,
    Single, StateMachine,
};

/// What the driver needs of a machine besides the contract.
pub(super) trait Driven: StateMachine<Js> + 'static {
    /// Somebody waits, and nobody did.
    fn pulled(&mut self) {}
    /// The state, for the user's checkpoint and for errors.
    fn state(&self) -> Option<JsValue> {
        None
    }
    /// For events.
    fn id(&self) -> Option<&str> {
        None
    }
}

impl Driven for Checking<Js> {}
impl Driven for Pruning<Js> {}
impl Driven for Single<Js> {}
impl Driven for Pages<Js> {}

/// A machine, by its own type, and what drives it.
pub(super) struct Task<M> {
    pub(super) machine: Rc<RefCell<M>>,
    pub(super) driver: Rc<Driver>,
}

impl<M> Clone for Task<M> {
    fn clone(&self) -> Self {
        Self { machine: self.machine.clone(), driver: self.driver.clone() }
    }
}

impl<M: Driven> Task<M> {
    pub(super) fn new(shell: Rc<Shell>, machine: M) -> Self {
        let machine = Rc::new(RefCell::new(machine));
        Self { driver: Rc::new(Driver::new(shell, machine.clone())), machine }
    }
}

/// What drives a machine, whatever its type: one copy of this code serves all.
pub(super) struct Driver {
    shell: Rc<Shell>,
    machine: Rc<RefCell<dyn Driven>>,
    /// The user's checkpoint.
    pub(super) checkpoint: RefCell<Option<Function>>,
    /// What the checkpoint threw: every present wait ends with it.
    pub(super) interrupt: RefCell<Option<JsValue>>,
    /// Rings for those who wait.
    pub(super) changed: Bell,
    /// Rings for the driver.
    bell: Bell,
    inbox: RefCell<Vec<Event<Js>>>,
    open: RefCell<Vec<(SendId, AbortController)>>,
    seats: Cell<usize>,
    running: Cell<bool>,
    /// Counts the runs, so that nothing late is taken for an event of a later one.
    runs: Cell<u32>,
}

/// Somebody waits, as long as this lives.
pub(super) struct Seat(Rc<Driver>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.seats.set(self.0.seats.get() - 1);
        self.0.bell.ring();
    }
}

impl Driver {
    fn new(shell: Rc<Shell>, machine: Rc<RefCell<dyn Driven>>) -> Self {
        Self {
            shell,
            machine,
            checkpoint: RefCell::default(),
            interrupt: RefCell::default(),
            changed: Bell::default(),
            bell: Bell::default(),
            inbox: RefCell::default(),
            open: RefCell::default(),
            seats: Cell::default(),
            running: Cell::default(),
            runs: Cell::default(),
        }
    }

    /// Takes a seat; the machine is driven while there is one.
    pub(super) fn sit(self: &Rc<Self>) -> Seat {
        if self.seats.replace(self.seats.get() + 1) == 0 {
            self.interrupt.take();
            self.machine.borrow_mut().pulled();
        }
        if !self.running.replace(true) {
            spawn(self.clone().run());
        }
        self.bell.ring();
        Seat(self.clone())
    }

    /// The machine's state, if it has one to be taken up again.
    pub(super) fn state(&self) -> Option<JsValue> {
        self.machine.borrow().state()
    }

    /// Makes the machine look again now.
    pub(super) fn nudge(&self) {
        self.push(Event::Nudge);
    }

    fn push(&self, event: Event<Js>) {
        self.inbox.borrow_mut().push(event);
        self.bell.ring();
    }

    async fn run(self: Rc<Self>) {
        let _nudges = Nudges::new(&self);
        loop {
            let heard = self.bell.rings();
            if self.deliver() {
                // Those who wait look first: they may be content, and then nothing more is sent.
                yield_now().await;
            }
            if self.seats.get() == 0 {
                break;
            }
            let opens_at = self.shell.gate.borrow().opens_at();
            if opens_at > now().monotonic {
                // The service has asked this client for patience, whichever call it was.
                self.rest(heard, Some(opens_at)).await;
                continue;
            }
            let action = self.machine.borrow_mut().poll(now());
            match action {
                Action::Send { id, call, attempt } => self.send(id, call, attempt),
                Action::Cancel { id } => self.cancel(|open| open == id),
                Action::Persist => spawn(self.clone().persist()),
                Action::Wait { until } => self.rest(heard, until).await,
                Action::Done => {
                    self.changed.ring();
                    self.rest(heard, None).await;
                }
            }
        }
        self.running.set(false);
        self.runs.set(self.runs.get().wrapping_add(1));
        self.cancel(|_| true);
        self.inbox.take();
        self.machine.borrow_mut().handle(Event::Abandoned, now(), random_u32());
    }

    /// Tells the machine what happened, if anything did.
    fn deliver(&self) -> bool {
        let events = self.inbox.take();
        let any = !events.is_empty();
        for event in events {
            self.machine.borrow_mut().handle(event, now(), random_u32());
        }
        if any {
            self.changed.ring();
        }
        any
    }

    /// Until something happens, or until a time.
    async fn rest(&self, heard: u32, until: Option<Ms>) {
        let bell = pin!(std::future::poll_fn(|cx| self.bell.poll_since(heard, cx)));
        let Some(until) = until else { return bell.await };
        let delay = until.saturating_sub(now().monotonic);
        // Copied out: the callback may ask anything of the operation.
        let id = self.machine.borrow().id().map(str::to_owned);
        self.shell.events.wait(delay, id.as_deref());
        let _: Either<(), ()> = first(bell, pin!(Sleep::until(until))).await;
    }

    fn send(self: &Rc<Self>, id: SendId, call: Rc<Call>, attempt: u32) {
        let controller = match AbortController::new() {
            Ok(controller) => controller,
            Err(reason) => return self.push(Event::Outcome { id, outcome: unsent(reason) }),
        };
        self.open.borrow_mut().push((id, controller.clone()));
        let task = self.clone();
        spawn(async move {
            let outcome = task.attempt(call, attempt, controller).await;
            let mut open = task.open.borrow_mut();
            let Some(place) = open.iter().position(|(open, _)| *open == id) else { return };
            open.swap_remove(place);
            drop(open);
            task.push(Event::Outcome { id, outcome });
        });
    }

    fn attempt(
        &self,
        call: Rc<Call>,
        attempt: u32,
        controller: AbortController,
    ) -> impl Future<Output = Outcome<Js>> {
        let shell = self.shell.clone();
        async move {
            shell.events.request(&call, attempt);
            let start = now().monotonic;
            let outcome = shell.clone().attempt(call.clone(), controller).await;
            let duration = now().monotonic.saturating_sub(start);
            shell.gate.borrow_mut().note(&outcome, now());
            shell.events.response(&call, attempt, &outcome, duration);
            outcome
        }
    }

    fn cancel(&self, which: impl Fn(SendId) -> bool) {
        let mut ended = Vec::new();
        self.open.borrow_mut().retain(|(id, controller)| {
            let end = which(*id);
            if end {
                ended.push(controller.clone());
            }
            !end
        });
        // An abort runs the listeners of the user's `fetch`.
        for controller in ended {
            controller.abort();
        }
    }

    /// Awaits the user's checkpoint before anything goes out that must not be repeated.
    async fn persist(self: Rc<Self>) {
        let checkpoint = self.checkpoint.borrow().clone();
        let Some(checkpoint) = checkpoint else { return self.push(Event::Persisted) };
        let run = self.runs.get();
        let state = self.machine.borrow().state().unwrap_or(JsValue::UNDEFINED);
        let stored = match checkpoint.call1(&JsValue::UNDEFINED, &state) {
            Ok(promise) => JsFuture::from(Promise::resolve(&promise)).await.map(|_| ()),
            Err(reason) => Err(reason),
        };
        match stored {
            _ if self.runs.get() != run => {}
            Ok(()) => self.push(Event::Persisted),
            Err(reason) => {
                *self.interrupt.borrow_mut() = Some(reason);
                self.push(Event::NotPersisted);
            }
        }
    }
}

/// Runs it; boxed, so that one copy of the executor's code serves all.
pub(super) fn spawn(future: impl Future<Output = ()> + 'static) {
    spawn_local(Box::pin(future) as Pin<Box<dyn Future<Output = ()>>>);
}

fn unsent(reason: JsValue) -> Outcome<Js> {
    Outcome::Failure(Failure {
        kind: FailureKind::Network,
        status: None,
        cause: Some(Js(reason)),
        detail: "this platform has no AbortController".into(),
    })
}
