//! The one driver: it sends, sleeps, reports, and stops when nobody waits.
//!
//! It is no future but a function, [`Driver::run`], called when something has happened: an outcome, a
//! time, a wait. An operation that rests costs its state, and no closure and no timer of its own.

pub(crate) mod claim;
pub(crate) mod polls;
pub(crate) mod task;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortSignal;

use crate::engine::contract::{Action, Event, SendId};
use crate::engine::outcome::Outcome;
use crate::protocol::call::Call;
use crate::util::clock::{Ms, Now};
use crate::web::Shell;
use crate::web::attempt::{Attempt, Sender};
use crate::web::clock::{random_u32, read_clocks};
use crate::web::events::console_error;
use crate::web::value::{Js, answer_of};
use crate::web::wait::{Limits, Listener, Ready, Waiter, Wake};
use polls::Held;
use task::Driven;

/// What drives a machine, whatever its type: one copy of this code serves all.
pub(crate) struct Driver {
    pub(crate) shell: Rc<Shell>,
    pub(crate) machine: Rc<RefCell<dyn Driven>>,
    /// The user's checkpoint.
    pub(crate) checkpoint: RefCell<Option<Function>>,
    waiters: RefCell<Vec<Waiter>>,
    pub(crate) inbox: RefCell<Vec<Event<Js>>>,
    open: RefCell<Vec<Rc<Attempt>>>,
    /// The polls that a list may answer, each as it would be sent.
    pub(crate) held: RefCell<Vec<Held>>,
    /// So many of them are to be sent after all, when their turn comes.
    pub(crate) released: Cell<u32>,
    /// Its number among those of the client that run.
    pub(crate) number: Cell<u32>,
    /// Whether anything is to be done.
    running: Cell<bool>,
    /// Whether it goes on when nobody waits, until the machine is done.
    detached: Cell<bool>,
    /// Whether others wait for it: it does not queue with them.
    pub(crate) goes_first: Cell<bool>,
    /// Whether it stands in the client's line of those that wait until they may send.
    pub(crate) is_in_line: Cell<bool>,
    /// Whether the next poll is sent by itself, and not answered by the next list.
    pub(crate) polls_singly: Cell<bool>,
    /// What ends it, whoever waits.
    stopper: OnceCell<Listener>,
    /// The `id` of the state that it drives.
    claimed: OnceCell<String>,
    /// Whether another object has taken the state over.
    is_lost: Cell<bool>,
    /// Whether it is in the midst of a run.
    is_busy: Cell<bool>,
    /// Whether it is about to run.
    queued: Cell<bool>,
    /// When to run again at the latest, on the monotonic clock.
    due: Cell<Ms>,
    /// Counts the runs, so that nothing late is taken for an event of a later one.
    runs: Cell<u32>,
}

/// So many attempts are begun in one go.
const AT_A_TIME: u32 = 16;

/// Not before something happens.
pub(crate) const NEVER: Ms = Ms::MAX;

impl Driver {
    pub(crate) fn new(shell: Rc<Shell>, machine: Rc<RefCell<dyn Driven>>) -> Self {
        Self {
            shell,
            machine,
            checkpoint: RefCell::default(),
            waiters: RefCell::default(),
            inbox: RefCell::default(),
            open: RefCell::default(),
            held: RefCell::default(),
            released: Cell::default(),
            number: Cell::default(),
            running: Cell::default(),
            detached: Cell::default(),
            goes_first: Cell::default(),
            is_in_line: Cell::default(),
            polls_singly: Cell::default(),
            stopper: OnceCell::new(),
            claimed: OnceCell::new(),
            is_lost: Cell::default(),
            is_busy: Cell::default(),
            queued: Cell::default(),
            due: Cell::new(NEVER),
            runs: Cell::default(),
        }
    }

    /// Waits for something of the machine, which is driven as long as anybody does: the promise settles
    /// with what `ready` gives, or with what ends the wait early.
    pub(crate) fn wait(self: &Rc<Self>, limits: Limits, ready: Ready) -> Promise {
        if let Some(reason) = limits.aborted().or_else(|| self.ended()) {
            return Promise::reject(&reason);
        }
        let (promise, waiter) = Waiter::new(self.waker(), limits, ready);
        self.waiters.borrow_mut().push(waiter);
        self.begin();
        promise
    }

    /// Goes on from now on even if nobody waits, until the machine is done, or this signal aborts.
    pub(crate) fn detach(self: &Rc<Self>, signal: Option<AbortSignal>) {
        self.detached.set(true);
        if let Some(signal) = signal {
            let _ = self.stopper.set(Listener::new(signal, self.waker()));
        }
    }

    /// Begins to drive, if it does not yet.
    pub(crate) fn begin(self: &Rc<Self>) {
        if !self.running.replace(true) {
            self.number.set(self.shell.scheduler.add(self.clone()));
            self.machine.borrow_mut().pulled();
        }
        self.wake();
    }

    /// Goes on with what is new, if anybody has ever wanted anything of it.
    pub(crate) fn go_on_if_begun(self: &Rc<Self>) {
        if self.runs.get() > 0 || self.running.get() {
            self.begin();
        }
    }

    /// The machine's state, if it has one to be taken up again.
    pub(crate) fn state(&self) -> Option<JsValue> {
        self.machine.borrow().state()
    }

    pub(crate) fn due(&self) -> Ms {
        self.due.get()
    }

    /// Polls now, and not with the next list: also where a poll waits for that list already.
    pub(crate) fn hurry(self: &Rc<Self>) {
        self.polls_singly.set(true);
        self.release_all();
        self.nudge();
    }

    /// Runs at this time at the latest.
    pub(crate) fn run_by(self: &Rc<Self>, at: Ms, now: Now) {
        if at < self.due.get() {
            self.due.set(at);
            Shell::arm(&self.shell, at, now);
        }
    }

    /// Makes the machine look again now.
    pub(crate) fn nudge(self: &Rc<Self>) {
        self.inbox.borrow_mut().push(Event::Nudge);
        self.wake();
    }

    /// Runs soon, and not before the caller is done: it may be in the midst of the user's code.
    pub(crate) fn wake(self: &Rc<Self>) {
        if !self.queued.replace(true) {
            let driver = self.clone();
            spawn_local(async move { driver.run(read_clocks()) });
        }
    }

    /// What wakes it, as long as it lives.
    fn waker(self: &Rc<Self>) -> Weak<dyn Wake> {
        let waker: Rc<dyn Wake> = self.clone();
        Rc::downgrade(&waker)
    }

    /// Takes note of an event, and goes on. To be called from the event loop alone.
    fn tell(self: &Rc<Self>, event: Event<Js>, now: Now) {
        if self.running.get() {
            self.inbox.borrow_mut().push(event);
            self.run(now);
        }
    }

    /// Goes on as far as it can. Nothing is borrowed while the user's code runs, which may ask anything of
    /// the operation; it is never entered twice, for all that does wakes it instead.
    pub(crate) fn run(self: &Rc<Self>, now: Now) {
        self.queued.set(false);
        if self.running.get() {
            self.is_busy.set(true);
            self.go_on(now);
            self.pass_on();
            self.is_busy.set(false);
        }
        // There may be room for another now, or this one did not need its own.
        Shell::admit_next(&self.shell, now);
    }

    fn go_on(self: &Rc<Self>, now: Now) {
        if let Some(reason) = self.ended() {
            for waiter in self.waiters.take() {
                waiter.reject(&waiter.aborted().unwrap_or_else(|| reason.clone()));
            }
            return self.stop(now);
        }
        self.expire(now);
        let events = self.inbox.take();
        for event in events {
            self.machine.borrow_mut().handle(event, now, random_u32());
        }
        // Those who wait look first: they may be content, and then nothing more is sent.
        self.settle(now);
        if self.is_alone() && !self.detached.get() {
            return self.stop(now);
        }
        let until = self.act(now);
        let deadlines = self.waiters.borrow().iter().filter_map(Waiter::deadline).min();
        let limit = self.open.borrow().iter().map(|attempt| attempt.deadline.get()).min();
        self.due.set(until.min(deadlines.unwrap_or(NEVER)).min(limit.unwrap_or(NEVER)));
        Shell::arm(&self.shell, self.due.get(), now);
    }

    /// Does what the machine says; gives until when it rests. While nothing may be sent the machine goes on with all
    /// else: a result, a checkpoint and a cancellation wait for no throttle.
    fn act(self: &Rc<Self>, now: Now) -> Ms {
        let mut sent = 0;
        let (until, is_held_back) = loop {
            // The user's code has run, and may have ended it. It has been woken, to stop.
            if self.ended().is_some() {
                break (NEVER, false);
            }
            // A page is to draw in between: each `fetch` takes a part of a millisecond to begin.
            let may_send = sent < AT_A_TIME && self.shell.may_send(self, now);
            if may_send && let Some(Held { id, call, number, .. }) = self.next_released() {
                self.send(id, call, number, now);
                sent += 1;
                continue;
            }
            let action = self.machine.borrow_mut().next_action(now, may_send);
            match action {
                Action::Send { id, call, attempt } => {
                    if !self.hold(id, &call, attempt, now) {
                        self.send(id, call, attempt, now);
                        sent += 1;
                    }
                }
                Action::Cancel { id } => {
                    if self.unhold(id).is_some() {
                        self.shell.tracking.borrow_mut().withdraw(self.number.get(), id);
                    }
                    self.cancel(&|attempt| attempt.id == id, now);
                }
                Action::Persist => self.persist(now),
                Action::Wait { until } => {
                    break (until.unwrap_or(NEVER), self.released.get() > 0);
                }
                Action::Throttled { until } => break (until.unwrap_or(NEVER), true),
                Action::Done => {
                    // It may have come to an end without an event.
                    self.settle(now);
                    if self.is_alone() {
                        self.stop(now);
                    }
                    if !(self.running.get() && self.detached.get()) {
                        break (NEVER, false);
                    }
                    // Somebody came while it came to rest.
                    self.machine.borrow_mut().pulled();
                }
            }
        };
        let mut opens_at = NEVER;
        if is_held_back {
            let throttle = self.shell.throttle.borrow();
            opens_at = Some(throttle.opens_at()).filter(|at| *at > now.monotonic).unwrap_or(NEVER);
            drop(throttle);
            if sent == AT_A_TIME {
                return now.monotonic;
            }
            if !self.goes_first.get() {
                self.shell.line.join(self);
            }
        } else {
            self.shell.line.leave(self);
            self.polls_singly.set(false);
        }
        let rests_until = until.min(opens_at);
        if rests_until != NEVER && rests_until != self.due.get() && rests_until > now.monotonic {
            let delay = rests_until.saturating_sub(now.monotonic);
            self.shell.events.wait(delay, || self.machine.borrow().id().map(str::to_owned));
        }
        // A driver in line is woken when it is the first there.
        if self.goes_first.get() { rests_until } else { until }
    }

    fn is_alone(&self) -> bool {
        self.waiters.borrow().is_empty()
    }

    /// Lets go those who have what they waited for, or may not wait on.
    fn settle(&self, now: Now) {
        // Taken out, for what they ask may call the user's code, and that may wait for more.
        let mut waiters = self.waiters.take();
        waiters.retain_mut(|waiter| !waiter.settle(&|| self.state(), now));
        self.put_back(waiters);
    }

    /// Puts back waiters that were taken out while the user's code ran, before those who came meanwhile.
    fn put_back(&self, mut waiters: Vec<Waiter>) {
        let mut all = self.waiters.borrow_mut();
        waiters.append(&mut all);
        *all = waiters;
    }

    /// Nobody waits any more.
    fn stop(self: &Rc<Self>, now: Now) {
        self.running.set(false);
        self.runs.set(self.runs.get().wrapping_add(1));
        self.due.set(NEVER);
        self.shell.line.leave(self);
        // Another one may have its number from now on.
        self.shell.tracking.borrow_mut().forget(self.number.get());
        self.shell.scheduler.remove(self.number.get());
        self.cancel(&|_| true, now);
        self.held.take();
        self.released.set(0);
        self.inbox.take();
        self.machine.borrow_mut().handle(Event::Abandoned, now, random_u32());
    }

    fn send(self: &Rc<Self>, id: SendId, call: Rc<Call>, number: u32, now: Now) {
        // One call a turn, while others wait for theirs.
        self.shell.line.leave(self);
        let sender: Rc<dyn Sender> = self.clone();
        let attempt = Attempt::begin(&self.shell, Rc::downgrade(&sender), id, call, number, now);
        self.open.borrow_mut().push(attempt);
    }

    /// Ends the attempts that have taken too long.
    fn expire(&self, now: Now) {
        while let Some(attempt) = self.take_open(|it| it.deadline.get() <= now.monotonic) {
            let outcome = attempt.expire(&self.shell, now);
            self.inbox.borrow_mut().push(Event::Outcome { id: attempt.id, outcome });
        }
    }

    fn cancel(&self, which: &dyn Fn(&Attempt) -> bool, now: Now) {
        while let Some(attempt) = self.take_open(which) {
            attempt.cancel(&self.shell, now);
        }
    }

    fn take_open(&self, which: impl Fn(&Attempt) -> bool) -> Option<Rc<Attempt>> {
        let mut open = self.open.borrow_mut();
        let place = open.iter().position(|attempt| which(attempt))?;
        Some(open.swap_remove(place))
    }

    /// Awaits the user's checkpoint before anything goes out that must not be repeated.
    fn persist(self: &Rc<Self>, now: Now) {
        let checkpoint = self.checkpoint.borrow().clone();
        let Some(checkpoint) = checkpoint else {
            return self.machine.borrow_mut().handle(Event::Persisted, now, random_u32());
        };
        let (driver, run) = (self.clone(), self.runs.get());
        spawn_local(async move {
            // The state of a driver that has ended must not replace what the next one has stored.
            if driver.runs.get() != run || driver.ended().is_some() {
                return;
            }
            let state = driver.machine.borrow().unsaved().unwrap_or(JsValue::UNDEFINED);
            let stored = answer_of(&checkpoint, &state).await;
            if driver.runs.get() != run {
                return;
            }
            match stored {
                Ok(_) => driver.tell(Event::Persisted, read_clocks()),
                Err(reason) => {
                    // Every present wait ends with what was thrown; and if nobody waits it is not to be lost.
                    let waiters = driver.waiters.take();
                    if waiters.is_empty() {
                        console_error(&reason);
                    }
                    for waiter in waiters {
                        waiter.reject(&reason);
                    }
                    driver.tell(Event::NotPersisted, read_clocks());
                }
            }
        });
    }
}

impl Wake for Driver {
    fn wake(self: Rc<Self>) {
        Driver::wake(&self);
    }
}

impl Sender for Driver {
    fn ended(&self) -> Option<JsValue> {
        Driver::ended(self)
    }

    fn take(self: Rc<Self>, id: SendId, outcome: Outcome<Js>, now: Now) {
        if self.take_open(|attempt| attempt.id == id).is_some() {
            self.tell(Event::Outcome { id, outcome }, now);
        }
    }
}
