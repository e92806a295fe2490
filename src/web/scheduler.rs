//! The drivers that run, and the platform's timer that wakes them.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::Shell;
use super::clock::read_clocks;
use super::driver::{Driver, NEVER};
use super::events::console_error;
use super::nudges::Nudges;
use crate::util::clock::{Ms, Now};

#[wasm_bindgen]
extern "C" {
    // A number in browsers, an object in Node.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &JsValue, ms: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
}

/// The longest delay that a timer holds.
const MAX_TIMER: Ms = (1 << 31) - 1;

/// The drivers that run, and the one timer for all of them: a thousand operations that rest cost one.
pub(crate) struct Scheduler {
    /// By their numbers.
    running: RefCell<Vec<Option<Rc<Driver>>>>,
    free: RefCell<Vec<u32>>,
    timer: RefCell<JsValue>,
    /// What the user gave in place of the platform's timers.
    own: Option<Function>,
    /// When the timer ends.
    armed: Cell<Ms>,
    /// Never dropped from here: who has been given it may call it at any time.
    callback: OnceCell<JsValue>,
    nudges: OnceCell<Nudges>,
}

impl Scheduler {
    pub(crate) fn new(own: Option<Function>) -> Self {
        Self {
            running: RefCell::default(),
            free: RefCell::default(),
            timer: RefCell::new(JsValue::UNDEFINED),
            own,
            armed: Cell::new(NEVER),
            callback: OnceCell::new(),
            nudges: OnceCell::new(),
        }
    }

    /// A driver that runs from now on; gives its number.
    pub(crate) fn add(&self, driver: Rc<Driver>) -> u32 {
        let mut running = self.running.borrow_mut();
        let number = self.free.borrow_mut().pop().unwrap_or(running.len() as u32);
        match running.get_mut(number as usize) {
            Some(free) => *free = Some(driver),
            None => running.push(Some(driver)),
        }
        number
    }

    pub(crate) fn remove(&self, number: u32) {
        let mut running = self.running.borrow_mut();
        let driver = running.get_mut(number as usize).and_then(Option::take);
        let mut free = self.free.borrow_mut();
        if driver.is_some() {
            free.push(number);
        }
        let is_idle = free.len() == running.len();
        drop((running, free));
        // A timer would keep a process alive that has nothing more to do.
        if is_idle && self.armed.replace(NEVER) != NEVER {
            self.clear();
        }
    }

    /// The driver of that number, if it runs.
    pub(crate) fn numbered(&self, number: u32) -> Option<Rc<Driver>> {
        self.running.borrow().get(number as usize)?.clone()
    }

    fn all(&self) -> Vec<Rc<Driver>> {
        self.running.borrow().iter().flatten().cloned().collect()
    }

    fn set(&self, delay: Ms) {
        let Some(callback) = self.callback.get() else { return };
        let delay = delay.min(MAX_TIMER) as f64;
        match &self.own {
            Some(own) => tell(own, &delay.into(), callback),
            None => *self.timer.borrow_mut() = set_timeout(callback, delay),
        }
    }

    fn clear(&self) {
        match (&self.own, self.callback.get()) {
            (Some(own), Some(callback)) => tell(own, &JsValue::UNDEFINED, callback),
            _ => clear_timeout(&self.timer.take()),
        }
    }

    fn next(&self) -> Ms {
        self.running.borrow().iter().flatten().map(|driver| driver.due()).min().unwrap_or(NEVER)
    }
}

impl Shell {
    /// Sets the timer so that every driver that is due at `due` runs then. A timer that ends sooner stays set: it does no
    /// harm, and to set another one costs more.
    pub(crate) fn arm(shell: &Rc<Self>, due: Ms, now: Now) {
        let scheduler = &shell.scheduler;
        if due >= scheduler.armed.get() {
            return;
        }
        scheduler.nudges.get_or_init(|| Nudges::new(shell));
        scheduler.callback.get_or_init(|| wake_up(shell));
        // The user's own forgets what it was told before.
        if scheduler.armed.replace(due) != NEVER && scheduler.own.is_none() {
            scheduler.clear();
        }
        scheduler.set(due.saturating_sub(now.monotonic));
    }

    /// The timer has ended. It may have ended early, or have held less than was asked: the clock tells.
    fn ring(shell: &Rc<Self>) {
        let now = read_clocks();
        // A driver that runs sets the timer for itself only; the last line sets it for the others.
        shell.scheduler.armed.set(NEVER);
        for driver in shell.scheduler.all() {
            if driver.due() <= now.monotonic {
                driver.run(now);
            }
        }
        Self::arm(shell, shell.scheduler.next(), now);
    }

    /// Every driver that runs checks now what it waits for.
    pub(crate) fn nudge(&self) {
        for driver in self.scheduler.all() {
            driver.nudge();
        }
    }
}

/// What the timer calls.
fn wake_up(shell: &Rc<Shell>) -> JsValue {
    let shell = Rc::downgrade(shell);
    let wake = move || {
        let Some(shell) = shell.upgrade() else { return };
        // Not at once: a timer of the user's, or a clock that a test sets forward, may call this in the midst of a driver.
        spawn_local(async move { Shell::ring(&shell) });
    };
    Closure::<dyn FnMut()>::new(wake).into_js_value()
}

/// Calls the user's own timer. An error that it throws is printed, and no operation ends by it.
fn tell(own: &Function, delay: &JsValue, wake: &JsValue) {
    if let Err(reason) = own.call2(&JsValue::UNDEFINED, delay, wake) {
        console_error(&reason);
    }
}
