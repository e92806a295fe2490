//! The platform's clocks, timers and random numbers.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::Shell;
use super::nudges::Nudges;
use super::task::{Driver, NEVER};
use crate::{Ms, Now};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn monotonic() -> f64;
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn wall() -> f64;
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn fill(bytes: &mut [u8]);
    // A number in browsers, an object in Node.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &JsValue, ms: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
    #[wasm_bindgen(js_namespace = Math)]
    fn random() -> f64;
}

/// The longest delay that a timer holds.
const MAX_TIMER: Ms = (1 << 31) - 1;

pub(super) fn read_clocks() -> Now {
    Now { monotonic: monotonic() as Ms, wall: wall() as Ms }
}

/// For jitter.
pub(super) fn random_u32() -> u32 {
    (random() * 4_294_967_296.0) as u32
}

/// 128 random bits, for the id of an operation.
pub(super) fn random_id() -> String {
    let mut bytes = [0; 16];
    fill(&mut bytes);
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The drivers that run, and the one timer for all of them: a thousand operations that rest cost one.
pub(super) struct Scheduler {
    /// By their numbers.
    running: RefCell<Vec<Option<Rc<Driver>>>>,
    free: RefCell<Vec<u32>>,
    timer: RefCell<JsValue>,
    /// When the timer ends.
    armed: Cell<Ms>,
    callback: OnceCell<Closure<dyn FnMut()>>,
    nudges: OnceCell<Nudges>,
}

impl Default for Scheduler {
    fn default() -> Self {
        Self {
            running: RefCell::default(),
            free: RefCell::default(),
            timer: RefCell::new(JsValue::UNDEFINED),
            armed: Cell::new(NEVER),
            callback: OnceCell::new(),
            nudges: OnceCell::new(),
        }
    }
}

impl Scheduler {
    /// A driver that runs from now on; gives its number.
    pub(super) fn add(&self, driver: Rc<Driver>) -> u32 {
        let mut running = self.running.borrow_mut();
        let number = self.free.borrow_mut().pop().unwrap_or(running.len() as u32);
        match running.get_mut(number as usize) {
            Some(free) => *free = Some(driver),
            None => running.push(Some(driver)),
        }
        number
    }

    pub(super) fn remove(&self, number: u32) {
        let mut running = self.running.borrow_mut();
        let driver = running.get_mut(number as usize).and_then(Option::take);
        let mut free = self.free.borrow_mut();
        if driver.is_some() {
            free.push(number);
        }
        if free.len() == running.len() {
            // A timer would keep a process alive that has nothing more to do.
            self.disarm();
        }
    }

    /// The driver of that number, if it runs.
    pub(super) fn numbered(&self, number: u32) -> Option<Rc<Driver>> {
        self.running.borrow().get(number as usize)?.clone()
    }

    fn all(&self) -> Vec<Rc<Driver>> {
        self.running.borrow().iter().flatten().cloned().collect()
    }

    fn disarm(&self) {
        if self.armed.replace(NEVER) != NEVER {
            clear_timeout(&self.timer.borrow());
        }
    }

    fn next(&self) -> Ms {
        self.running.borrow().iter().flatten().map(|driver| driver.due()).min().unwrap_or(NEVER)
    }
}

impl Shell {
    /// Sees to it that whoever is due by then runs then. A timer that ends sooner is left alone: it does
    /// no harm, and another would cost more.
    pub(super) fn arm(shell: &Rc<Self>, due: Ms, now: Now) {
        let scheduler = &shell.scheduler;
        if due >= scheduler.armed.get() {
            return;
        }
        scheduler.disarm();
        scheduler.nudges.get_or_init(|| Nudges::new(shell));
        let callback = scheduler.callback.get_or_init(|| {
            let shell = Rc::downgrade(shell);
            Closure::new(move || {
                if let Some(shell) = shell.upgrade() {
                    Self::ring(&shell);
                }
            })
        });
        scheduler.armed.set(due);
        let delay = due.saturating_sub(now.monotonic).min(MAX_TIMER);
        *scheduler.timer.borrow_mut() = set_timeout(callback.as_ref(), delay as f64);
    }

    /// The timer has ended. It may have ended early, or have held less than was asked: the clock tells.
    fn ring(shell: &Rc<Self>) {
        let now = read_clocks();
        // Whoever runs arms it for itself, and for no other.
        shell.scheduler.armed.set(NEVER);
        for driver in shell.scheduler.all() {
            if driver.due() <= now.monotonic {
                driver.run(now);
            }
        }
        Self::arm(shell, shell.scheduler.next(), now);
    }

    /// Everything that waits looks again now.
    pub(super) fn nudge(&self) {
        for driver in self.scheduler.all() {
            driver.nudge();
        }
    }
}
